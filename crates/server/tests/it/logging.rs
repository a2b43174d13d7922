//! Log lines and the requests they belong to.

use serde_json::{Value, json};

use crate::process::{Running, Site, http};

async fn refresh(server: &Running, token: &Value, id: &str) -> (u16, Value) {
    let call = http().post(server.url("/auth/refresh")).header("X-Request-Id", id);
    let answer = call.json(&json!({"refresh_token": token})).send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

#[tokio::test]
async fn a_warning_and_the_line_of_its_request_name_the_same_id_address_user_and_session() {
    let site = Site::with(&["log.format=json", "token.refresh_grace=0s"]);
    let server = site.serve();
    let (email, password) = server.first_admin().expect("an admin");
    let body = json!({"email": email, "password": password, "delivery": "body"});
    let login = http().post(server.url("/auth/login")).json(&body).send().await.expect("an answer");
    let opened: Value = login.json().await.expect("JSON");
    let first = &opened["refresh_token"];
    assert_eq!(refresh(&server, first, "the-first").await.0, 200);
    assert_eq!(refresh(&server, first, "the-theft").await.0, 401);
    http().get(server.url("/nothing")).header("X-Request-Id", "a-stranger").send().await.expect("an answer");
    drop(server);
    let log = site.log();
    let lines: Vec<Value> = log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let of_request = |id: &str| {
        let mut found = lines.iter().filter(|line| line["message"] == "request" && line["request_id"] == id);
        found.next().unwrap_or_else(|| panic!("no line of {id} in {log}"))
    };
    let warning = lines.iter().find(|line| line["message"].as_str().is_some_and(|m| m.contains("reuse")));
    let warning = warning.unwrap_or_else(|| panic!("no warning in {log}"));
    let (theft, span) = (of_request("the-theft"), &warning["span"]);
    assert_eq!(span["request_id"], "the-theft");
    for name in ["method", "route", "ip", "user", "session"] {
        assert!(span[name].is_string() && span[name] == theft[name], "{name}: {warning} {theft}");
    }
    assert_eq!((&theft["user"], &theft["ip"]), (&opened["user"]["id"], &json!("127.0.0.1")));
    assert_eq!(of_request("the-first")["session"], theft["session"]);
    let stranger = of_request("a-stranger");
    assert!(stranger["user"].is_null() && stranger["ip"] == "127.0.0.1", "{stranger}");
    for secret in [first.as_str().expect("a token"), &password, email.as_str()] {
        assert!(!log.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn a_filter_that_shows_warnings_only_still_shows_their_requests() {
    let site = Site::with(&["log.level=warn", "token.refresh_grace=0s"]);
    let server = site.serve();
    let (email, password) = server.first_admin().expect("an admin");
    let body = json!({"email": email, "password": password, "delivery": "body"});
    let login = http().post(server.url("/auth/login")).json(&body).send().await.expect("an answer");
    let opened: Value = login.json().await.expect("JSON");
    assert_eq!(refresh(&server, &opened["refresh_token"], "the-first").await.0, 200);
    assert_eq!(refresh(&server, &opened["refresh_token"], "the-theft").await.0, 401);
    drop(server);
    let log = site.log();
    let line = log.lines().find(|line| line.contains("reuse")).unwrap_or_else(|| panic!("no warning in {log}"));
    assert!(line.contains("request_id=\"the-theft\"") && line.contains("route=\"/auth/refresh\""), "{line}");
    assert!(!log.contains("the-first"), "{log}");
}
