//! Where a session has been, who looks like the thief, and what else the console asks for.

use std::time::Duration;

use serde_json::Value;

use crate::support::{Client, PASSWORD, TestServer};

const OWNER: (&str, &str) = ("192.0.2.1", "tests/1");

/// Logs in, and gives the session's id and an admin who looks at it.
async fn opened(server: &TestServer) -> (Client, Client, String) {
    let root = server.admin("root@example.com").await;
    let mut ada = server.user("ada@example.com").await;
    let sessions = ada.get("/auth/sessions").bearer().send().await.expect(200).json();
    let id = sessions["sessions"][0]["id"].as_str().expect("an id").to_owned();
    (ada, root, id)
}

/// The same cookie in other hands.
fn thief(server: &TestServer, of: &Client, ip: &str) -> Client {
    let mut client = server.client_at(ip);
    client.cookie.clone_from(&of.cookie);
    client
}

async fn refresh_as(client: &mut Client, agent: &str) -> crate::support::Answer {
    client.post("/auth/refresh").agent(agent).send().await
}

async fn timeline(root: &mut Client, id: &str) -> Value {
    root.get(&format!("/admin/sessions/{id}/timeline")).bearer().send().await.expect(200).json()
}

/// `from..to ip agent` of each run.
fn runs(timeline: &Value) -> Vec<String> {
    let text = |run: &Value| {
        let words = |name: &str| run[name].as_str().unwrap_or("-").to_owned();
        format!("{}..{} {} {}", run["from_generation"], run["to_generation"], words("ip"), words("user_agent"))
    };
    timeline["runs"].as_array().expect("runs").iter().map(text).collect()
}

#[tokio::test]
async fn rotations_from_one_client_are_one_run_and_a_move_begins_another() {
    let server = TestServer::new().await;
    let (mut ada, mut root, id) = opened(&server).await;
    for _ in 0..3 {
        server.advance(Duration::from_secs(60));
        ada.refresh().await.expect(200);
    }
    let mut moved = thief(&server, &ada, "198.51.100.7");
    server.advance(Duration::from_secs(60));
    refresh_as(&mut moved, "phone with spaces/2").await.expect(200);
    refresh_as(&mut moved, "phone with spaces/2").await.expect(200);
    let mut back = thief(&server, &moved, OWNER.0);
    refresh_as(&mut back, OWNER.1).await.expect(200);
    let seen = timeline(&mut root, &id).await;
    assert_eq!(
        runs(&seen),
        ["0..3 192.0.2.1 tests/1", "4..5 198.51.100.7 phone with spaces/2", "6..6 192.0.2.1 tests/1"]
    );
    assert_eq!(seen["runs"][0]["first_at"], seen["created_at"]);
    assert_eq!(seen["runs"][0]["last_at"], "2027-01-15T08:03:00Z");
    assert_eq!((&seen["reuse"], &seen["revoked_at"], &seen["truncated"]), (&Value::Null, &Value::Null, &false.into()));
    assert_eq!(seen["email"], "ada@example.com");
}

#[tokio::test]
async fn a_replayed_copy_points_at_whoever_brought_it() {
    let server = TestServer::new().await;
    let (mut ada, mut root, id) = opened(&server).await;
    let mut eve = thief(&server, &ada, "203.0.113.66");
    for _ in 0..2 {
        server.advance(Duration::from_secs(60));
        ada.refresh().await.expect(200);
    }
    refresh_as(&mut eve, "curl/8").await.refused(401, "token_reuse");
    let seen = timeline(&mut root, &id).await;
    let reuse = &seen["reuse"];
    assert_eq!((&reuse["presented_generation"], &reuse["current_generation"]), (&0.into(), &2.into()));
    assert_eq!((reuse["ip"].as_str(), reuse["user_agent"].as_str()), (Some("203.0.113.66"), Some("curl/8")));
    assert_eq!(reuse["suspect"], "presenter");
    assert_eq!(seen["revoked_by"], "refresh.reused");
    assert_eq!(seen["refused_until"], "2027-01-15T08:17:00Z", "the last access token's own end");
    let events: Vec<&str> =
        seen["events"].as_array().expect("events").iter().filter_map(|event| event["event"].as_str()).collect();
    assert_eq!(events, ["user.registered", "refresh.reused"], "how it began, and how it ended");
}

#[tokio::test]
async fn a_thief_who_was_faster_is_pointed_at_when_the_owner_comes() {
    let server = TestServer::new().await;
    let (mut ada, mut root, id) = opened(&server).await;
    let mut eve = thief(&server, &ada, "203.0.113.66");
    server.advance(Duration::from_secs(60));
    refresh_as(&mut eve, "curl/8").await.expect(200);
    server.advance(Duration::from_secs(60));
    ada.refresh().await.refused(401, "token_reuse");
    let seen = timeline(&mut root, &id).await;
    assert_eq!(seen["reuse"]["suspect"], "rotator");
    assert_eq!(runs(&seen), ["0..0 192.0.2.1 tests/1", "1..1 203.0.113.66 curl/8"]);
}

#[tokio::test]
async fn the_trail_of_a_restless_session_stays_bounded_and_keeps_its_newest_part() {
    let server = TestServer::new().await;
    let (mut ada, mut root, id) = opened(&server).await;
    let agent = "x".repeat(200);
    for number in 0..120 {
        let mut moved = thief(&server, &ada, &format!("198.51.100.{number}"));
        refresh_as(&mut moved, &agent).await.expect(200);
        ada.cookie.clone_from(&moved.cookie);
    }
    let seen = timeline(&mut root, &id).await;
    let runs = seen["runs"].as_array().expect("runs");
    assert!((10..=40).contains(&runs.len()), "{}", runs.len());
    assert_eq!((&seen["truncated"], &runs.last().expect("a run")["to_generation"]), (&true.into(), &120.into()));
    let numbers: Vec<u64> = runs.iter().filter_map(|run| run["from_generation"].as_u64()).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] + 1 == pair[1]), "no hole in the middle: {numbers:?}");
}

#[tokio::test]
async fn a_client_without_a_user_agent_is_a_client_too() {
    let server = TestServer::new().await;
    let (ada, mut root, id) = opened(&server).await;
    let mut silent = thief(&server, &ada, OWNER.0);
    refresh_as(&mut silent, "").await.expect(200);
    refresh_as(&mut silent, "").await.expect(200);
    assert_eq!(runs(&timeline(&mut root, &id).await), ["0..0 192.0.2.1 tests/1", "1..2 192.0.2.1 -"]);
}

#[tokio::test]
async fn an_admin_lists_and_ends_sessions_of_a_user_and_the_log_says_who_did() {
    let server = TestServer::new().await;
    let (mut ada, mut root, id) = opened(&server).await;
    let mut phone = server.client_at("198.51.100.9");
    phone.login("ada@example.com", PASSWORD).await.expect(200);
    let user = server.id_of("ada@example.com").await;
    let path = format!("/admin/users/{user}/sessions");
    let listed = root.get(&path).bearer().send().await.expect(200).json();
    assert_eq!(listed["sessions"].as_array().map(Vec::len), Some(2));
    let of_root = server.id_of("root@example.com").await;
    let elsewhere = format!("/admin/users/{of_root}/sessions/{id}");
    root.delete(&elsewhere).bearer().send().await.refused(404, "not_found");
    ada.me().await.expect(200);
    root.delete(&format!("{path}/{id}")).bearer().send().await.expect(204);
    root.delete(&format!("{path}/{id}")).bearer().send().await.refused(404, "not_found");
    ada.me().await.refused(401, "invalid_token");
    ada.refresh().await.refused(401, "invalid_refresh_token");
    phone.me().await.expect(200);
    let log = root.get("/admin/audit?event=session.revoked").bearer().send().await.expect(200).json();
    assert_eq!(log["items"][0]["actor"], format!("user:{of_root}"));
    assert_eq!(log["items"][0]["session"], id);
}
