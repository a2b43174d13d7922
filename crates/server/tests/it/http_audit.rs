//! The audit log asked "what happened to ada@example.com?": by user, by address, by where from, by when.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Client, PASSWORD, TestServer};

/// The events that a filter finds, the newest first.
async fn events(root: &mut Client, filter: &str) -> Vec<String> {
    let rows = rows(root, filter).await;
    rows.iter().map(|row| row["event"].as_str().expect("a name").to_owned()).collect()
}

async fn rows(root: &mut Client, filter: &str) -> Vec<Value> {
    let body = root.get(&format!("/admin/audit?limit=200&{filter}")).bearer().send().await.expect(200).json();
    body["items"].as_array().expect("items").clone()
}

/// Five wrong guesses from elsewhere: four failures, and the one that closes the lock.
async fn lock(server: &TestServer, email: &str) {
    for _ in 0..5 {
        server.client_at("198.51.100.7").login(email, "a wrong guess").await.expect(401);
    }
}

#[tokio::test]
async fn failed_logins_and_locks_of_a_user_are_found_by_user_and_by_address() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    server.user("ada@example.com").await;
    server.user("eve@example.com").await;
    lock(&server, "Ada@example.com").await;
    let id = server.id_of("ada@example.com").await;
    let expected = ["account.locked", "login.failed", "login.failed", "login.failed", "login.failed", "login.failed"];
    for filter in [format!("user={id}"), "email=ada@example.com".to_owned(), "email=ADA@example.com".to_owned()] {
        let found = events(&mut root, &filter).await;
        assert_eq!(found[..6], expected, "{filter}");
        assert_eq!(found[6..], ["user.registered"], "{filter}");
    }
    assert_eq!(events(&mut root, &format!("user={id}&event=account.locked")).await, ["account.locked"]);
    let of_eve = format!("user={}", server.id_of("eve@example.com").await);
    assert_eq!(events(&mut root, &of_eve).await, ["user.registered"]);
}

#[tokio::test]
async fn attempts_at_an_address_without_an_account_are_found_by_the_address() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    lock(&server, "nobody@example.com").await;
    assert_eq!(events(&mut root, "email=nobody@example.com").await.len(), 6);
    assert!(events(&mut root, "email=somebody@example.com").await.is_empty());
    server.user("nobody@example.com").await;
    let id = server.id_of("nobody@example.com").await;
    assert_eq!(events(&mut root, &format!("user={id}")).await.len(), 7, "the account now has the address");
}

#[tokio::test]
async fn an_address_that_changed_hands_leads_to_its_past_and_to_its_present() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    server.user("ada@example.com").await;
    server.client().login("ada@example.com", "a wrong guess").await.expect(401);
    let ada = server.id_of("ada@example.com").await;
    let path = format!("/admin/users/{ada}");
    root.patch(&path).bearer().json(json!({"email": "Lovelace@example.com"})).send().await.expect(200);
    server.user("ada@example.com").await;
    let second = server.id_of("ada@example.com").await;
    let mine = ["user.email_changed", "login.failed", "user.registered"];
    assert_eq!(events(&mut root, &format!("user={ada}")).await, mine);
    assert_eq!(events(&mut root, "email=lovelace@example.com").await, mine, "whoever has it now, wholly");
    assert_eq!(events(&mut root, &format!("user={second}")).await, ["user.registered"], "not what another did");
    let both = ["user.registered", "user.email_changed", "login.failed", "user.registered"];
    assert_eq!(events(&mut root, "email=ada@example.com").await, both);
    root.delete(&path).bearer().send().await.expect(204);
    assert_eq!(events(&mut root, "email=lovelace@example.com").await, ["user.deleted"]);
    assert_eq!(events(&mut root, &format!("user={ada}")).await.len(), 4, "a deleted user is found by the id");
}

#[tokio::test]
async fn the_log_is_filtered_by_client_address_and_by_time() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    server.user("ada@example.com").await;
    server.advance(Duration::from_secs(60));
    server.client_at("198.51.100.7").login("ada@example.com", PASSWORD).await.expect(200);
    server.advance(Duration::from_secs(60));
    server.client_at("2001:db8::7").login("ada@example.com", "a wrong guess").await.expect(401);
    assert_eq!(events(&mut root, "ip=198.51.100.7").await, ["login.succeeded"]);
    assert_eq!(events(&mut root, "ip=::ffff:198.51.100.7").await, ["login.succeeded"]);
    assert_eq!(events(&mut root, "ip=2001:DB8:0::7").await, ["login.failed"]);
    assert_eq!(events(&mut root, "since=2027-01-15T08:01:00Z").await, ["login.failed", "login.succeeded"]);
    assert_eq!(events(&mut root, "since=2027-01-15T09:01:00%2B01:00").await.len(), 2, "another zone, one instant");
    let window = "since=2027-01-15T08:01:00Z&until=2027-01-15T08:02:00Z";
    assert_eq!(events(&mut root, window).await, ["login.succeeded"], "until is exclusive");
    assert_eq!(events(&mut root, &format!("email=ada@example.com&{window}")).await, ["login.succeeded"]);
    assert!(events(&mut root, &format!("{window}&ip=2001:db8::7")).await.is_empty());
    assert!(events(&mut root, &format!("{window}&event=login.failed")).await.is_empty());
}

#[tokio::test]
async fn pages_of_a_filtered_log_hold_each_row_once() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    lock(&server, "ada@example.com").await;
    server.user("ada@example.com").await;
    for _ in 0..4 {
        server.client().login("ada@example.com", PASSWORD).await.expect(429);
    }
    let whole: Vec<Value> = rows(&mut root, "email=ada@example.com").await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/admin/audit?email=ada@example.com&limit=2{cursor}");
        let page = root.get(&path).bearer().send().await.expect(200).json();
        seen.extend(page["items"].as_array().expect("items").clone());
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, whole);
    assert!(whole.len() >= 7, "{whole:?}");
}

#[tokio::test]
async fn a_filter_that_makes_no_sense_is_refused_and_named() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    let id = server.id_of("root@example.com").await;
    for (filter, field) in [
        ("email=nonsense".to_owned(), "email"),
        ("ip=300.1.1.1".to_owned(), "ip"),
        ("since=yesterday".to_owned(), "since"),
        ("until=1".to_owned(), "until"),
        (format!("user={id}&email=root@example.com"), "email"),
    ] {
        root.get(&format!("/admin/audit?{filter}")).bearer().send().await.invalid(field);
    }
}
