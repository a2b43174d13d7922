//! What an admin sees of locks, and how one ends.

use std::time::Duration;

use serde_json::{Value, json};

use super::TestServer;
use crate::support::{Client, PASSWORD};

type Server = crate::support::TestServer;

/// Five wrong guesses from elsewhere.
async fn lock(server: &Server, email: &str) {
    for _ in 0..5 {
        server.client_at("198.51.100.7").login(email, "a wrong guess").await.expect(401);
    }
}

async fn locks(root: &mut Client, query: &str) -> Vec<Value> {
    let body = root.get(&format!("/admin/locks{query}")).bearer().send().await.expect(200).json();
    body["items"].as_array().expect("items").clone()
}

fn addresses(locks: &[Value]) -> Vec<&str> {
    locks.iter().map(|lock| lock["email"].as_str().expect("an address")).collect()
}

async fn unlock(root: &mut Client, email: &str) {
    root.post("/admin/locks/unlock").bearer().json(json!({"email": email})).send().await.expect(204);
}

#[tokio::test]
async fn locks_are_listed_by_address_whether_an_account_has_it_or_not() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    server.user("ada@example.com").await;
    assert!(locks(&mut root, "").await.is_empty());
    lock(&server, "Ada@example.com").await;
    server.advance(Duration::from_secs(900));
    root.refresh().await.expect(200);
    lock(&server, "nobody@example.com").await;
    let all = locks(&mut root, "").await;
    assert_eq!(addresses(&all), ["nobody@example.com", "ada@example.com"], "the newest first");
    let id = server.id_of("ada@example.com").await.to_string();
    let expected = json!({
        "email": "ada@example.com",
        "user": id,
        "locked_at": "2027-01-15T08:00:00Z",
        "locked_until": "2027-01-15T08:30:00Z",
        "ip": "198.51.100.7",
    });
    assert_eq!((&all[1], &all[0]["user"]), (&expected, &Value::Null));
    assert_eq!(locks(&mut root, "?email=ADA@example.com").await, [expected]);
    assert_eq!(addresses(&locks(&mut root, "?email=nobody@example.com").await), ["nobody@example.com"]);
    assert!(locks(&mut root, "?email=eve@example.com").await.is_empty());
}

#[tokio::test]
async fn a_lock_ends_by_address_whether_an_account_has_it_or_not() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    server.user("ada@example.com").await;
    for email in ["ada@example.com", "nobody@example.com"] {
        lock(&server, email).await;
        server.advance(Duration::from_secs(900));
        root.refresh().await.expect(200);
    }
    lock(&server, "ada@example.com").await;
    unlock(&mut root, "Ada@example.com").await;
    server.client().login("ada@example.com", PASSWORD).await.expect(200);
    assert_eq!(addresses(&locks(&mut root, "").await), ["nobody@example.com"]);
    unlock(&mut root, "nobody@example.com").await;
    server.client().login("nobody@example.com", PASSWORD).await.refused(401, "invalid_credentials");
    assert!(locks(&mut root, "").await.is_empty());
    let found = root.get("/admin/audit?event=account.unlocked").bearer().send().await.expect(200).json();
    let rows = found["items"].as_array().expect("items");
    let seen: Vec<(&Value, &Value)> = rows.iter().map(|row| (&row["detail"]["email"], &row["user"])).collect();
    let id = json!(server.id_of("ada@example.com").await.to_string());
    assert_eq!(seen, [(&json!("nobody@example.com"), &Value::Null), (&json!("ada@example.com"), &id)]);
}

#[tokio::test]
async fn a_lock_that_has_ended_by_itself_or_by_an_admin_is_listed_no_more() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    server.user("ada@example.com").await;
    let path = format!("/admin/users/{}/unlock", server.id_of("ada@example.com").await);
    lock(&server, "ada@example.com").await;
    root.post(&path).bearer().send().await.expect(204);
    assert!(locks(&mut root, "").await.is_empty());
    server.advance(Duration::from_secs(900));
    root.refresh().await.expect(200);
    lock(&server, "ada@example.com").await;
    server.advance(Duration::from_secs(899));
    assert_eq!(locks(&mut root, "").await.len(), 1);
    server.advance(Duration::from_secs(901));
    root.refresh().await.expect(200);
    assert!(locks(&mut root, "").await.is_empty());
    unlock(&mut root, "ada@example.com").await;
}

#[tokio::test]
async fn a_lock_closed_by_wrong_current_passwords_is_listed_too() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    let mut ada = server.user("ada@example.com").await;
    let change = json!({"current_password": "a wrong guess", "new_password": "corridor-warden 1893"});
    for _ in 0..5 {
        ada.post("/auth/password").bearer().json(&change).send().await.refused(403, "wrong_password");
    }
    assert_eq!(addresses(&locks(&mut root, "").await), ["ada@example.com"]);
}

#[tokio::test]
async fn an_address_locked_twice_is_listed_once_and_pages_hold_every_lock() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    for number in 0..5 {
        for _ in 0..5 {
            let from = format!("198.51.100.{number}");
            server.client_at(&from).login(&format!("guest{number}@example.com"), "a wrong guess").await.expect(401);
        }
    }
    unlock(&mut root, "guest3@example.com").await;
    for _ in 0..5 {
        server.client_at("198.51.100.9").login("guest3@example.com", "a wrong guess").await.expect(401);
    }
    let expected = ["guest3", "guest4", "guest2", "guest1", "guest0"].map(|name| format!("{name}@example.com"));
    assert_eq!(addresses(&locks(&mut root, "").await), expected);
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = root.get(&format!("/admin/locks?limit=2{cursor}")).bearer().send().await.expect(200).json();
        let items = page["items"].as_array().expect("items").clone();
        seen.extend(addresses(&items).into_iter().map(str::to_owned));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn what_is_no_address_is_refused() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    root.get("/admin/locks?email=nonsense").bearer().send().await.invalid("email");
    root.post("/admin/locks/unlock").bearer().json(json!({"email": "nonsense"})).send().await.invalid("email");
}
