//! What is kept of one's own account: what happened to it, and the export.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Client, PASSWORD, TestServer};

async fn activity(client: &mut Client, query: &str) -> Vec<Value> {
    let body = client.get(&format!("/auth/account/activity?{query}")).bearer().send().await.expect(200).json();
    body["items"].as_array().expect("items").clone()
}

#[tokio::test]
async fn a_user_sees_what_happened_to_the_own_account_and_nothing_of_others() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    let mut bob = server.user("bob@example.com").await;
    let mut ada = server.user("ada@example.com").await;
    server.client_at("198.51.100.9").login("ada@example.com", "a wrong guess").await.expect(401);
    bob.login("bob@example.com", "another wrong guess").await.expect(401);
    let path = format!("/admin/users/{}", server.id_of("ada@example.com").await);
    root.patch(&path).bearer().json(json!({"email": "ada@example.org"})).send().await.expect(200);
    ada.login("ada@example.org", PASSWORD).await.expect(200);

    let rows = activity(&mut ada, "").await;
    let events: BTreeSet<_> = rows.iter().filter_map(|row| row["event"].as_str()).collect();
    let expected = ["login.failed", "login.succeeded", "session.logged_out", "user.email_changed", "user.registered"];
    assert_eq!(events, BTreeSet::from(expected), "the second login replaces the first");
    assert!(!json!(rows).to_string().contains("bob@"), "{rows:?}");
    let of = |event: &str| rows.iter().find(|row| row["event"] == event).expect("a row").clone();
    assert_eq!(
        (of("login.succeeded")["by"].as_str(), of("login.succeeded")["ip"].as_str()),
        (Some("you"), Some("192.0.2.1"))
    );
    assert_eq!(
        (of("login.failed")["by"].as_str(), of("login.failed")["ip"].as_str()),
        (Some("anonymous"), Some("198.51.100.9"))
    );
    let by_admin = of("user.email_changed");
    assert_eq!(by_admin["by"], "administrator");
    assert!(by_admin["ip"].is_null() && by_admin["user_agent"].is_null(), "who the admin is, and where: {by_admin}");
    assert!(!json!(rows).to_string().contains(&server.id_of("root@example.com").await.to_string()));
    assert_eq!(activity(&mut ada, "event=login.failed").await.len(), 1);
    ada.get("/auth/account/activity?event=nothing").bearer().send().await.invalid("event");
}

#[tokio::test]
async fn activity_comes_in_pages_without_a_gap_or_a_repeat() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    for _ in 0..4 {
        ada.login("ada@example.com", PASSWORD).await.expect(200);
    }
    let whole = activity(&mut ada, "").await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = ada.get(&format!("/auth/account/activity?limit=2{cursor}")).bearer().send().await.expect(200).json();
        seen.extend(page["items"].as_array().expect("items").clone());
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, whole);
}

#[tokio::test]
async fn an_export_holds_account_sessions_and_events_and_no_secret() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    server.client().login("ada@example.com", PASSWORD).await.expect(200);
    let answer = ada.get("/auth/account/export").bearer().send().await.expect(200);
    assert_eq!(answer.header("content-disposition").as_deref(), Some("attachment; filename=\"hallpass-account.json\""));
    let export = answer.json();
    assert_eq!(export["account"]["email"], "ada@example.com");
    assert_eq!(
        (export["sessions"].as_array().map(Vec::len), export["sessions"][0]["current"].as_bool()),
        (Some(2), Some(true))
    );
    assert_eq!(export["events"][0]["event"], "account.exported", "the export itself is among them");
    assert_eq!(export["truncated"], false);
    for secret in ["hash", "$2", "$argon2", "hpr_", "eyJ", PASSWORD] {
        assert!(!answer.text().contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn five_exports_an_hour_and_each_is_audited() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    let mut ada = server.user("ada@example.com").await;
    for _ in 0..5 {
        ada.get("/auth/account/export").bearer().send().await.expect(200);
    }
    let refused = ada.get("/auth/account/export").bearer().send().await.refused(429, "too_many_attempts");
    assert!(refused.detail().contains("five times within an hour"), "{}", refused.detail());
    assert!(refused.header("retry-after").is_some());
    root.get("/auth/account/export").bearer().send().await.expect(200);
    let rows = root.get("/admin/audit?event=account.exported").bearer().send().await.expect(200).json();
    assert_eq!(rows["items"].as_array().map(Vec::len), Some(6), "a refusal is no export");
    server.advance(Duration::from_secs(3601));
    ada.refresh().await.expect(200);
    ada.get("/auth/account/export").bearer().send().await.expect(200);
}
