//! What admins do: users, keys, the audit log. Every act that changes who may do what bites on live tokens at once.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Client, PASSWORD, TestServer};

async fn path_of(server: &TestServer, email: &str) -> String {
    format!("/admin/users/{}", server.id_of(email).await)
}

#[tokio::test]
async fn users_are_listed_in_pages_and_searched() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    for number in 0..5 {
        server.user(&format!("user{number}@example.com")).await;
    }
    let mut seen = Vec::new();
    let mut next = String::new();
    loop {
        let page = root.get(&format!("/admin/users?limit=2{next}")).bearer().send().await.expect(200).json();
        let items = page["items"].as_array().expect("items");
        assert!(items.len() <= 2);
        seen.extend(items.iter().map(|user| user["email"].as_str().expect("an address").to_owned()));
        match page["next_cursor"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 6);
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 6);
    let found = |query: &'static str| {
        let mut root = root.clone();
        async move { root.get(&format!("/admin/users?q={query}")).bearer().send().await.expect(200).json()["items"].clone() }
    };
    assert_eq!(found("USER3").await.as_array().map(Vec::len), Some(1));
    assert_eq!(found("%25").await, json!([]), "a pattern is no pattern");
    assert_eq!(found("_").await, json!([]));
}

#[tokio::test]
async fn an_admin_makes_accounts_and_never_sees_a_hash() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    let new = |email: &str, role: Option<&str>| {
        let mut body = json!({"email": email, "password": PASSWORD});
        if let Some(role) = role {
            body["role"] = role.into();
        }
        body
    };
    let made = root.post("/admin/users").bearer().json(new("ada@example.com", None)).send().await.expect(201);
    let id = made.json()["id"].as_str().expect("an id").to_owned();
    assert_eq!((made.json()["role"].as_str(), made.json()["status"].as_str()), (Some("user"), Some("active")));
    let shown = root.get(&format!("/admin/users/{id}")).bearer().send().await.expect(200);
    assert_eq!(shown.json(), made.json());
    assert!(!shown.text().contains("hash"));
    root.post("/admin/users").bearer().json(new("bob@example.com", Some("admin"))).send().await.expect(201);
    root.post("/admin/users").bearer().json(new("x@example.com", Some("emperor"))).send().await.invalid("role");
    root.post("/admin/users").bearer().json(new("ADA@example.com", None)).send().await.refused(409, "email_taken");
    server.client().login("ada@example.com", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_role_change_refuses_live_tokens_at_once_in_both_directions() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    let mut bob = server.admin("bob@example.com").await;
    let path = path_of(&server, "bob@example.com").await;
    bob.get("/admin/users").bearer().send().await.expect(200);
    root.patch(&path).bearer().json(json!({"role": "user"})).send().await.expect(200);
    bob.get("/admin/users").bearer().send().await.refused(401, "invalid_token");
    bob.refresh().await.expect(200);
    bob.get("/admin/users").bearer().send().await.refused(403, "forbidden");
    root.patch(&path).bearer().json(json!({"role": "admin"})).send().await.expect(200);
    bob.me().await.refused(401, "invalid_token");
    bob.refresh().await.expect(200);
    bob.get("/admin/users").bearer().send().await.expect(200);
}

#[tokio::test]
async fn suspension_deletion_and_logout_bite_on_live_tokens_at_once() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    let mut ada = server.user("ada@example.com").await;
    let path = path_of(&server, "ada@example.com").await;
    root.post(&format!("{path}/logout")).bearer().send().await.expect(204);
    ada.me().await.refused(401, "invalid_token");
    ada.refresh().await.refused(401, "invalid_refresh_token");
    ada.login("ada@example.com", PASSWORD).await.expect(200);
    root.patch(&path).bearer().json(json!({"status": "suspended"})).send().await.expect(200);
    ada.me().await.refused(401, "invalid_token");
    ada.login("ada@example.com", PASSWORD).await.refused(401, "invalid_credentials");
    root.patch(&path).bearer().json(json!({"status": "active"})).send().await.expect(200);
    ada.me().await.refused(401, "invalid_token");
    ada.refresh().await.expect(401);
    ada.login("ada@example.com", PASSWORD).await.expect(200);
    root.delete(&path).bearer().send().await.expect(204);
    ada.me().await.refused(401, "invalid_token");
    ada.login("ada@example.com", PASSWORD).await.refused(401, "invalid_credentials");
    root.get(&path).bearer().send().await.refused(404, "not_found");
    root.delete(&path).bearer().send().await.refused(404, "not_found");
}

#[tokio::test]
async fn a_new_address_is_the_one_to_log_in_with() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    let mut ada = server.user("ada@example.com").await;
    let path = path_of(&server, "ada@example.com").await;
    root.patch(&path).bearer().json(json!({"email": "root@example.com"})).send().await.refused(409, "email_taken");
    root.patch(&path).bearer().json(json!({"email": "lovelace@example.com"})).send().await.expect(200);
    ada.me().await.expect(200);
    ada.login("ada@example.com", PASSWORD).await.refused(401, "invalid_credentials");
    ada.login("lovelace@example.com", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn the_last_admin_cannot_be_demoted_suspended_or_deleted() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    let path = path_of(&server, "root@example.com").await;
    for change in [json!({"role": "user"}), json!({"status": "suspended"})] {
        root.patch(&path).bearer().json(change).send().await.refused(409, "last_admin");
    }
    root.delete(&path).bearer().send().await.refused(409, "last_admin");
    root.me().await.expect(200);
    server.admin("bob@example.com").await;
    root.patch(&path).bearer().json(json!({"role": "user"})).send().await.expect(200);
}

#[tokio::test]
async fn unlock_ends_a_lockout() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    server.user("ada@example.com").await;
    let mut ada = server.client_at("198.51.100.7");
    for _ in 0..5 {
        ada.login("ada@example.com", "wrong").await.refused(401, "invalid_credentials");
    }
    ada.login("ada@example.com", PASSWORD).await.refused(429, "account_locked");
    let path = path_of(&server, "ada@example.com").await;
    root.post(&format!("{path}/unlock")).bearer().send().await.expect(204);
    ada.login("ada@example.com", PASSWORD).await.expect(200);
}

/// State and name of every key.
async fn keys(root: &mut Client) -> Vec<(String, String)> {
    let body = root.get("/admin/keys").bearer().send().await.expect(200).json();
    let text = |key: &Value, name: &str| key[name].as_str().expect("a text").to_owned();
    let keys = body["keys"].as_array().expect("keys");
    assert!(keys.iter().all(|key| key.get("sealed").is_none() && key.get("d").is_none()));
    keys.iter().map(|key| (text(key, "state"), text(key, "kid"))).collect()
}

fn of<'a>(keys: &'a [(String, String)], state: &str) -> Vec<&'a str> {
    keys.iter().filter(|key| key.0 == state).map(|key| key.1.as_str()).collect()
}

#[tokio::test]
async fn a_rotation_lets_the_announced_key_sign_and_the_old_one_verify() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    let before = keys(&mut root).await;
    let old_token = root.token().to_owned();
    server.advance(Duration::from_secs(1));
    root.post("/admin/keys/rotate").bearer().send().await.expect(200);
    let after = keys(&mut root).await;
    assert_eq!(of(&after, "active"), of(&before, "announced"));
    assert_eq!(of(&after, "retired"), of(&before, "active"));
    assert_eq!(of(&after, "announced").len(), 1);
    root.get("/auth/me").bearing(&old_token).send().await.expect(200);
    root.post("/admin/keys/rotate").bearer().send().await.refused(409, "key_not_ripe");
    root.refresh().await.expect(200);
    server.advance(Duration::from_secs(301));
    root.post("/admin/keys/rotate").bearer().send().await.expect(200);
    server.advance(Duration::from_secs(961));
    root.refresh().await.expect(200);
    let ended = keys(&mut root).await;
    assert_eq!(of(&ended, "gone").len(), 2, "{ended:?}");
}

#[tokio::test]
async fn a_revoked_key_refuses_its_tokens_at_once_and_leaves_the_key_set() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    let mut ada = server.user("ada@example.com").await;
    let signer = of(&keys(&mut root).await, "active")[0].to_owned();
    root.delete(&format!("/admin/keys/{signer}")).bearer().send().await.expect(204);
    ada.me().await.refused(401, "invalid_token");
    root.get("/admin/keys").bearer().send().await.refused(401, "invalid_token");
    let set = server.client().get("/.well-known/jwks.json").send().await.expect(200).text();
    assert!(!set.contains(&signer));
    ada.refresh().await.expect(200);
    ada.me().await.expect(200);
    root.refresh().await.expect(200);
    root.delete("/admin/keys/nobody").bearer().send().await.refused(404, "not_found");
}

/// The audit log, newest first.
async fn audit(root: &mut Client, filter: &str) -> Vec<Value> {
    let body = root.get(&format!("/admin/audit?limit=200{filter}")).bearer().send().await.expect(200).json();
    body["items"].as_array().expect("items").clone()
}

#[tokio::test]
async fn every_security_event_is_audited_with_who_and_from_where_and_no_secret() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    let mut ada = server.user("ada@example.com").await;
    let path = path_of(&server, "ada@example.com").await;
    ada.login("ada@example.com", "a wrong guess").await.expect(401);
    ada.login("ada@example.com", PASSWORD).await.expect(200);
    let change = json!({"current_password": PASSWORD, "new_password": "corridor-warden 1893"});
    ada.post("/auth/password").bearer().json(&change).send().await.expect(204);
    ada.post("/auth/password").bearer().json(&change).send().await.expect(403);
    for body in
        [json!({"role": "admin"}), json!({"role": "user"}), json!({"status": "suspended"}), json!({"status": "active"})]
    {
        root.patch(&path).bearer().json(&body).send().await.expect(200);
    }
    root.patch(&path).bearer().json(json!({"email": "lovelace@example.com"})).send().await.expect(200);
    ada.login("lovelace@example.com", "corridor-warden 1893").await.expect(200);
    ada.post("/auth/logout").bearer().send().await.expect(204);
    ada.login("lovelace@example.com", "corridor-warden 1893").await.expect(200);
    ada.post("/auth/logout-all").bearer().send().await.expect(204);
    root.post("/admin/keys/rotate").bearer().send().await.expect(200);
    root.delete(&path).bearer().send().await.expect(204);
    let rows = audit(&mut root, "").await;
    let seen: BTreeSet<&str> = rows.iter().filter_map(|row| row["event"].as_str()).collect();
    for event in [
        "user.registered",
        "user.created",
        "login.succeeded",
        "login.failed",
        "password.changed",
        "password.change_failed",
        "user.role_changed",
        "user.suspended",
        "user.activated",
        "user.email_changed",
        "session.logged_out",
        "session.logged_out_all",
        "key.announced",
        "key.activated",
        "key.retired",
        "user.deleted",
    ] {
        assert!(seen.contains(event), "{event} is missing: {seen:?}");
    }
    let failed = rows.iter().find(|row| row["event"] == "login.failed").expect("a row");
    assert_eq!((failed["ip"].as_str(), failed["user_agent"].as_str()), (Some("192.0.2.1"), Some("tests/1")));
    assert!(failed["request_id"].is_string());
    let all = json!(rows).to_string();
    for secret in [PASSWORD, "a wrong guess", "corridor-warden", "hpr_", "$2", "eyJ"] {
        assert!(!all.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn the_audit_log_is_read_newest_first_in_pages_by_user_and_by_event() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    let mut ada = server.user("ada@example.com").await;
    for _ in 0..3 {
        ada.login("ada@example.com", PASSWORD).await.expect(200);
    }
    let rows = audit(&mut root, "").await;
    let places: Vec<i64> = rows.iter().filter_map(|row| row["seq"].as_i64()).collect();
    assert!(places.windows(2).all(|pair| pair[0] > pair[1]), "{places:?}");
    let id = server.id_of("ada@example.com").await;
    let of_ada = audit(&mut root, &format!("&user={id}&event=login.succeeded")).await;
    assert_eq!(of_ada.len(), 3);
    assert!(of_ada.iter().all(|row| row["user"] == id.to_string()));
    let first = root.get("/admin/audit?limit=2").bearer().send().await.expect(200).json();
    let cursor = first["next_cursor"].as_str().expect("a cursor");
    let second = root.get(&format!("/admin/audit?limit=2&cursor={cursor}")).bearer().send().await.expect(200).json();
    let seq = |page: &Value, index: usize| page["items"][index]["seq"].as_i64().expect("a place");
    assert!(seq(&second, 0) < seq(&first, 1));
}
