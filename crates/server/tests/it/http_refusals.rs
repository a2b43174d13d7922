//! Refusals in the audit log: each kind has one row a window, however many there are.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Client, TestServer};

async fn rows(root: &mut Client, event: &str) -> Vec<Value> {
    let path = format!("/admin/audit?limit=200&event={event}");
    let body = root.get(&path).bearer().send().await.expect(200).json();
    body["items"].as_array().expect("items").clone()
}

/// A server whose admin stays signed in while windows pass.
async fn server() -> (TestServer, Client) {
    let server = TestServer::new().await;
    let root = server.admin("root@example.com").await;
    (server, root)
}

async fn next_window(server: &TestServer, root: &mut Client) {
    server.advance(Duration::from_secs(15 * 60));
    root.refresh().await.expect(200);
}

#[tokio::test]
async fn a_caller_without_the_role_is_told_of_once_a_window() {
    let (server, mut root) = server().await;
    let mut ada = server.user("ada@example.com").await;
    for _ in 0..3 {
        ada.get("/admin/users").bearer().agent("curl/8").send().await.refused(403, "forbidden");
    }
    let denied = rows(&mut root, "access.denied").await;
    assert_eq!(denied.len(), 1);
    let id = server.id_of("ada@example.com").await.to_string();
    assert_eq!((&denied[0]["user"], &denied[0]["actor"]), (&id.clone().into(), &format!("user:{id}").into()));
    assert_eq!(
        (&denied[0]["detail"]["route"], &denied[0]["detail"]["method"]),
        (&"/admin/users".into(), &"GET".into())
    );
    assert!(denied[0]["session"].is_string() && denied[0]["request_id"].is_string(), "{}", denied[0]);
    assert_eq!(denied[0]["user_agent"], "curl/8");
    next_window(&server, &mut root).await;
    ada.refresh().await.expect(200);
    ada.get("/auth/verify?role=admin").bearer().send().await.expect(403);
    assert_eq!(rows(&mut root, "access.denied").await.len(), 2);
}

#[tokio::test]
async fn attempts_on_a_locked_account_are_told_of_once_a_window() {
    let (server, mut root) = server().await;
    for n in 0..9 {
        let status = if n < 5 { 401 } else { 429 };
        server.client_at("198.51.100.7").login("Nobody@example.com", "a wrong guess").await.expect(status);
    }
    let locked = rows(&mut root, "login.while_locked").await;
    assert_eq!(locked.len(), 1);
    assert_eq!(
        (&locked[0]["detail"]["email"], &locked[0]["ip"]),
        (&"nobody@example.com".into(), &"198.51.100.7".into())
    );
    next_window(&server, &mut root).await;
    server.client_at("198.51.100.7").login("nobody@example.com", "a wrong guess").await;
    assert_eq!(rows(&mut root, "login.while_locked").await.len(), 2);
}

#[tokio::test]
async fn forged_refresh_tokens_are_told_of_when_they_come_in_bulk() {
    let (server, mut root) = server().await;
    let forge = async |times: usize, from: &str| {
        for _ in 0..times {
            let mut client = server.client_at(from);
            let asked = client.post("/auth/refresh").header("cookie", "refresh_token=hpr_forged");
            asked.send().await.refused(401, "invalid_refresh_token");
        }
    };
    forge(9, "198.51.100.7").await;
    forge(9, "198.51.100.8").await;
    assert!(rows(&mut root, "refresh.forged").await.is_empty());
    forge(20, "198.51.100.7").await;
    let forged = rows(&mut root, "refresh.forged").await;
    assert_eq!(forged.len(), 1);
    assert_eq!((&forged[0]["ip"], &forged[0]["actor"]), (&"198.51.100.7".into(), &"anonymous".into()));
}

#[tokio::test]
async fn wrong_client_secrets_are_told_of_and_limited_and_shut_no_right_one_out() {
    let (server, mut root) = server().await;
    let (client, secret) = server.auth.operator().create_client(&server.ctx(), "payments").await.expect("a client");
    let ask = async |secret: &str, from: &str| {
        let pair = format!("{}:{secret}", client.id);
        let header = format!("Basic {}", base64_simd::STANDARD.encode_to_string(pair));
        let mut caller = server.client_at(from);
        let asked = caller.post("/oauth/introspect").header("authorization", &header);
        asked.raw("application/x-www-form-urlencoded", "token=x").send().await
    };
    for _ in 0..20 {
        ask("a wrong secret", "198.51.100.7").await.refused(401, "invalid_client");
    }
    let limited = ask("a wrong secret", "198.51.100.7").await;
    assert_eq!(limited.header("retry-after").as_deref(), Some("900"));
    limited.refused(429, "too_many_client_failures");
    ask("a wrong secret", "198.51.100.8").await.refused(401, "invalid_client");
    ask(secret.expose(), "198.51.100.7").await.expect(200);
    let refused = rows(&mut root, "client.refused").await;
    let from: Vec<_> = refused.iter().map(|row| row["ip"].as_str().expect("an address")).collect();
    assert_eq!(from, ["198.51.100.8", "198.51.100.7"]);
    assert_eq!(refused[0]["detail"]["client"], client.id.to_string());
    next_window(&server, &mut root).await;
    ask("a wrong secret", "198.51.100.7").await.refused(401, "invalid_client");
    assert_eq!(rows(&mut root, "client.refused").await.len(), 3);
}

#[tokio::test]
async fn other_refusals_of_a_known_caller_are_no_lack_of_a_role() {
    let (server, mut root) = server().await;
    let mut ada = server.user("ada@example.com").await;
    let body = json!({"current_password": "a wrong guess", "new_password": "another 4711 monitor"});
    ada.post("/auth/password").bearer().json(&body).send().await.refused(403, "wrong_password");
    assert!(rows(&mut root, "access.denied").await.is_empty());
}

#[tokio::test]
async fn guesses_at_the_current_password_of_a_locked_account_are_told_of_too() {
    let (server, mut root) = server().await;
    let mut ada = server.user("ada@example.com").await;
    let body = json!({"current_password": "a wrong guess", "new_password": "another 4711 monitor"});
    for n in 0..8 {
        let (status, code) = if n < 5 { (403, "wrong_password") } else { (429, "account_locked") };
        ada.post("/auth/password").bearer().json(&body).send().await.refused(status, code);
    }
    let locked = rows(&mut root, "login.while_locked").await;
    assert_eq!(locked.len(), 1);
    let id = server.id_of("ada@example.com").await;
    assert_eq!(locked[0]["actor"], format!("user:{id}"));
}

#[tokio::test]
async fn credentials_of_unknown_and_revoked_clients_are_told_of_and_limited() {
    let (server, mut root) = server().await;
    let admin = server.auth.operator();
    let (client, secret) = admin.create_client(&server.ctx(), "payments").await.expect("a client");
    admin.revoke_client(&server.ctx(), client.id).await.expect("revokes");
    let ask = async |id: &str| {
        let header = format!("Basic {}", base64_simd::STANDARD.encode_to_string(format!("{id}:{}", secret.expose())));
        let mut caller = server.client_at("198.51.100.7");
        let asked = caller.post("/oauth/introspect").header("authorization", &header);
        asked.raw("application/x-www-form-urlencoded", "token=x").send().await
    };
    ask(&client.id.to_string()).await.refused(401, "invalid_client");
    for n in 0..21 {
        let (status, code) = if n < 20 { (401, "invalid_client") } else { (429, "too_many_client_failures") };
        ask(&format!("01890a5d-ac96-774b-bcce-b302099a80{n:02}")).await.refused(status, code);
    }
    let refused = rows(&mut root, "client.refused").await;
    let clients: Vec<_> = refused.iter().map(|row| row["detail"]["client"].clone()).collect();
    assert_eq!(clients, [Value::Null, client.id.to_string().into()]);
}
