//! A forgotten password: an admin has a one-time password made, and its owner replaces it at the next login.

use std::time::Duration;

use hallpass_store::Fault;
use serde_json::{Value, json};

use crate::support::{Answer, Client, PASSWORD, TestServer};

const NEW: &str = "corridor-warden 1893";

/// Has a one-time password made for a user.
async fn reset(root: &mut Client, server: &TestServer, email: &str) -> String {
    let path = format!("/admin/users/{}/password", server.id_of(email).await);
    let answer = root.post(&path).bearer().send().await.expect(200);
    assert_eq!(answer.header("cache-control").as_deref(), Some("no-store"));
    answer.json()["password"].as_str().expect("a password").to_owned()
}

/// Logs in and sets a new password in one step.
async fn renew(client: &mut Client, email: &str, password: &str, new: &str) -> Answer {
    let body = json!({"email": email, "password": password, "new_password": new});
    client.post("/auth/login").json(body).send().await
}

async fn events(root: &mut Client, event: &str) -> Vec<Value> {
    let body = root.get(&format!("/admin/audit?event={event}")).bearer().send().await.expect(200).json();
    body["items"].as_array().expect("items").clone()
}

#[tokio::test]
async fn a_one_time_password_opens_no_session_until_its_owner_has_replaced_it() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    let mut ada = server.user("ada@example.com").await;
    let once = reset(&mut root, &server, "ada@example.com").await;
    ada.me().await.refused(401, "invalid_token");
    ada.refresh().await.refused(401, "invalid_refresh_token");
    let mut browser = server.client();
    browser.login("ada@example.com", PASSWORD).await.refused(401, "invalid_credentials");
    let answer = browser.login("ada@example.com", &once).await.refused(403, "password_change_required").leaves_cookie();
    assert!(!answer.text().contains("eyJ") && !answer.text().contains("hpr_"), "{}", answer.text());
    renew(&mut browser, "ada@example.com", &once, NEW).await.expect(200).sets_cookie();
    browser.me().await.expect(200);
    browser.refresh().await.expect(200);
    let mut again = server.client();
    again.login("ada@example.com", &once).await.refused(401, "invalid_credentials");
    renew(&mut again, "ada@example.com", &once, "another-porter 1894").await.refused(401, "invalid_credentials");
    again.login("ada@example.com", NEW).await.expect(200);
}

#[tokio::test]
async fn a_one_time_password_is_made_by_the_server_shown_once_and_audited_without_it() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    server.user("ada@example.com").await;
    let path = format!("/admin/users/{}/password", server.id_of("ada@example.com").await);
    let first = root.post(&path).bearer().send().await.expect(200).json();
    let second = root.post(&path).bearer().send().await.expect(200).json();
    assert_ne!(first["password"], second["password"]);
    assert!(first["password"].as_str().is_some_and(|text| text.len() == 23), "100 random bits: {first}");
    assert_eq!(first["expires_at"], "2027-01-16T08:00:00Z", "24 hours");
    for once in [&first, &second] {
        let expected = if once == &second { 403 } else { 401 };
        server.client().login("ada@example.com", once["password"].as_str().expect("a text")).await.expect(expected);
    }
    let user = root.get(path.trim_end_matches("/password")).bearer().send().await.expect(200).json();
    assert_eq!(user["one_time_password_until"], "2027-01-16T08:00:00Z");
    let rows = events(&mut root, "password.reset").await;
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["actor"], format!("user:{}", server.id_of("root@example.com").await));
    assert_eq!((&rows[1]["detail"]["sessions"], &rows[0]["detail"]["sessions"]), (&json!("1"), &json!("0")));
    assert!(!json!(rows).to_string().contains(second["password"].as_str().expect("a text")));
}

#[tokio::test]
async fn a_one_time_password_is_worth_nothing_after_a_day() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    server.user("ada@example.com").await;
    let once = reset(&mut root, &server, "ada@example.com").await;
    server.advance(Duration::from_secs(24 * 3600 - 1));
    server.client().login("ada@example.com", &once).await.refused(403, "password_change_required");
    server.advance(Duration::from_secs(1));
    server.client().login("ada@example.com", &once).await.refused(401, "invalid_credentials");
    renew(&mut server.client(), "ada@example.com", &once, NEW).await.refused(401, "invalid_credentials");
}

#[tokio::test]
async fn the_replacement_is_held_to_the_rules_of_any_password_and_is_not_the_one_time_password() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    server.user("ada@example.com").await;
    let once = reset(&mut root, &server, "ada@example.com").await;
    for bad in ["short", "password", "ada@example.com", &once] {
        let refused = renew(&mut server.client(), "ada@example.com", &once, bad).await;
        assert_eq!(refused.header("ratelimit-remaining").as_deref(), Some("10"), "the attempt was given back");
        refused.invalid("new_password");
    }
    renew(&mut server.client(), "ada@example.com", &once, NEW).await.expect(200);
}

#[tokio::test]
async fn a_new_password_beside_a_wrong_or_an_ordinary_one_changes_nothing() {
    let server = TestServer::new().await;
    server.user("ada@example.com").await;
    let mut browser = server.client();
    renew(&mut browser, "ada@example.com", "a wrong guess", NEW).await.refused(401, "invalid_credentials");
    renew(&mut browser, "eve@example.com", PASSWORD, NEW).await.refused(401, "invalid_credentials");
    renew(&mut browser, "ada@example.com", PASSWORD, NEW).await.invalid("new_password");
    let body = json!({"email": "new@example.com", "password": PASSWORD, "new_password": NEW});
    browser.post("/auth/register").json(body).send().await.invalid("new_password");
    browser.login("ada@example.com", NEW).await.refused(401, "invalid_credentials");
    browser.login("ada@example.com", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn guesses_at_a_one_time_password_lock_the_account_as_any_others_do() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    server.user("ada@example.com").await;
    let once = reset(&mut root, &server, "ada@example.com").await;
    for _ in 0..5 {
        renew(&mut server.client_at("198.51.100.7"), "ada@example.com", "a wrong guess", NEW).await.expect(401);
    }
    renew(&mut server.client(), "ada@example.com", &once, NEW).await.refused(429, "account_locked");
}

#[tokio::test]
async fn a_reset_leaves_a_suspension_alone() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    server.user("ada@example.com").await;
    let path = format!("/admin/users/{}", server.id_of("ada@example.com").await);
    root.patch(&path).bearer().json(json!({"status": "suspended"})).send().await.expect(200);
    let once = reset(&mut root, &server, "ada@example.com").await;
    renew(&mut server.client(), "ada@example.com", &once, NEW).await.refused(401, "invalid_credentials");
    root.patch(&path).bearer().json(json!({"status": "active"})).send().await.expect(200);
    renew(&mut server.client(), "ada@example.com", &once, NEW).await.expect(200);
}

#[tokio::test]
async fn an_admin_replaces_the_own_password_only_with_the_current_one() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    let path = format!("/admin/users/{}/password", server.id_of("root@example.com").await);
    root.post(&path).bearer().send().await.refused(409, "own_password");
    root.me().await.expect(200);
    root.login("root@example.com", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn of_two_replacements_at_once_one_stands() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    for round in 0..20 {
        let email = format!("user{round}@example.com");
        server.user(&email).await;
        let once = reset(&mut root, &server, &email).await;
        // The loser is a failed attempt of its address, and ten are the limit: each round has addresses of its own.
        let at = |network: &str| server.client_at(&format!("{network}.{round}"));
        let (mut here, mut there) = (at("198.51.100"), at("203.0.113"));
        let (a, b) =
            tokio::join!(renew(&mut here, &email, &once, NEW), renew(&mut there, &email, &once, "another-porter 1894"));
        let won = [a.status.as_u16(), b.status.as_u16()];
        assert_eq!(won.iter().filter(|status| **status == 200).count(), 1, "{won:?}");
        let stands = if won[0] == 200 { NEW } else { "another-porter 1894" };
        server.client().login(&email, stands).await.expect(200);
    }
}

#[tokio::test]
async fn a_store_that_fails_leaves_the_one_time_password_as_it_is() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    server.user("ada@example.com").await;
    let once = reset(&mut root, &server, "ada@example.com").await;
    server.faults.break_only("open_session", Fault::Before);
    renew(&mut server.client(), "ada@example.com", &once, NEW).await.refused(503, "unavailable");
    server.faults.mend();
    renew(&mut server.client(), "ada@example.com", &once, NEW).await.expect(200);
}
