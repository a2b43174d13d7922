//! From registration to logout, and what the answers look like.

use std::time::Duration;

use base64_simd::URL_SAFE_NO_PAD;
use hallpass_auth::Registration;
use serde_json::{Value, json};

use crate::support::{ISSUER, PASSWORD, TestServer};

/// A segment of a JWT as JSON.
fn segment(token: &str, index: usize) -> Value {
    let text = token.split('.').nth(index).expect("three segments");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode_to_vec(text).expect("base64url")).expect("JSON")
}

fn names(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

#[tokio::test]
async fn a_user_registers_logs_in_refreshes_and_logs_out() {
    let server = TestServer::new().await;
    let mut ada = server.client();
    ada.register("ada@example.com").await.expect(201).sets_cookie();
    ada.me().await.expect(200);
    ada.login("ada@example.com", PASSWORD).await.expect(200).sets_cookie();
    let before = ada.token().to_owned();
    ada.refresh().await.expect(200).sets_cookie();
    assert_ne!(ada.token(), before);
    ada.me().await.expect(200);
    ada.post("/auth/logout").bearer().send().await.expect(204).clears_cookie();
    ada.me().await.refused(401, "invalid_token");
    ada.refresh().await.refused(401, "missing_refresh_token");
}

#[tokio::test]
async fn a_login_answers_with_exactly_the_contracts_fields() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    let id = server.id_of("ada@example.com").await.to_string();
    let answer = ada.login("ada@example.com", PASSWORD).await.expect(200);
    assert_eq!(answer.keys(), ["access_token", "expires_in", "token_type", "user"]);
    let body = answer.json();
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_in"], 900);
    assert_eq!(body["user"], json!({"id": id, "email": "ada@example.com", "role": "user"}));
}

#[tokio::test]
async fn a_registration_answers_as_a_login_with_the_role_user() {
    let server = TestServer::new().await;
    let answer = server.client().register("ada@example.com").await.expect(201).sets_cookie();
    assert_eq!(answer.keys(), ["access_token", "expires_in", "token_type", "user"]);
    assert_eq!(answer.json()["user"]["role"], "user");
}

#[tokio::test]
async fn a_refresh_answers_with_exactly_the_contracts_fields() {
    let server = TestServer::new().await;
    let answer = server.user("ada@example.com").await.refresh().await.expect(200);
    assert_eq!(answer.keys(), ["access_token", "expires_in", "token_type"]);
}

#[tokio::test]
async fn an_access_token_carries_exactly_the_contracts_claims() {
    let server = TestServer::new().await;
    let ada = server.user("ada@example.com").await;
    let (header, claims) = (segment(ada.token(), 0), segment(ada.token(), 1));
    assert_eq!(names(&header), ["alg", "kid", "typ"]);
    assert_eq!(header["typ"], "at+jwt");
    assert_eq!(names(&claims), ["aud", "exp", "iat", "iss", "jti", "role", "sid", "sub"]);
    assert_eq!(claims["iss"], ISSUER);
    assert_eq!(claims["aud"], "https://api.example");
    assert_eq!(claims["sub"], server.id_of("ada@example.com").await.to_string());
    assert_eq!(claims["exp"].as_i64().expect("exp") - claims["iat"].as_i64().expect("iat"), 900);
    let jti = URL_SAFE_NO_PAD.decode_to_vec(claims["jti"].as_str().expect("jti")).expect("base64url");
    assert_eq!(jti.len(), 16, "128 random bits");
}

#[tokio::test]
async fn me_tells_the_account_and_nothing_secret() {
    let server = TestServer::new().await;
    let answer = server.user("Ada@Example.com").await.me().await.expect(200);
    let body = answer.json();
    assert_eq!(body["email"], "Ada@example.com", "as given, with the domain in its canonical form");
    assert_eq!(body["role"], "user");
    assert_eq!(body["created_at"], "2027-01-15T08:00:00Z");
    let known = [
        "created_at",
        "email",
        "email_verified_at",
        "external_id",
        "id",
        "last_login_at",
        "one_time_password_until",
        "role",
        "status",
        "updated_at",
    ];
    assert!(names(&body).iter().all(|name| known.contains(name)), "{body}");
}

#[tokio::test]
async fn an_access_token_ends_after_fifteen_minutes_to_the_second() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    server.advance(Duration::from_secs(899));
    ada.me().await.expect(200);
    server.advance(Duration::from_secs(1));
    ada.me().await.refused(401, "invalid_token");
}

#[tokio::test]
async fn a_client_without_a_cookie_jar_gets_and_sends_its_token_in_the_body() {
    let server = TestServer::new().await;
    let mut app = server.client();
    let credentials = json!({"email": "ada@example.com", "password": PASSWORD, "delivery": "body"});
    let made = app.post("/auth/register").json(credentials.clone()).send().await.expect(201).leaves_cookie();
    assert!(made.json()["refresh_token"].as_str().expect("a token").starts_with("hpr_"));
    let opened = app.post("/auth/login").json(credentials).send().await.expect(200).leaves_cookie();
    let first = opened.json()["refresh_token"].as_str().expect("a token").to_owned();
    let next = app.post("/auth/refresh").json(json!({"refresh_token": first})).send().await.expect(200).leaves_cookie();
    let second = next.json()["refresh_token"].as_str().expect("a token").to_owned();
    assert_ne!(first, second);
    app.post("/auth/logout").json(json!({"refresh_token": second})).send().await.expect(204);
    app.post("/auth/refresh").json(json!({"refresh_token": second})).send().await.refused(401, "invalid_refresh_token");
    app.me().await.refused(401, "invalid_token");
}

#[tokio::test]
async fn a_cookie_delivery_never_shows_the_refresh_token_to_scripts() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    for answer in [ada.login("ada@example.com", PASSWORD).await, ada.refresh().await] {
        assert!(!answer.text().contains("hpr_"));
    }
}

#[tokio::test]
async fn a_taken_address_is_refused_whatever_the_case() {
    let server = TestServer::new().await;
    server.user("ada@example.com").await;
    for same in ["ada@example.com", "ADA@EXAMPLE.COM", "Ada@example.Com"] {
        server.client().register(same).await.refused(409, "email_taken").leaves_cookie();
    }
}

#[tokio::test]
async fn a_closed_registration_makes_no_account() {
    let server = TestServer::with(|setup| setup.settings.accounts.registration = Registration::Closed).await;
    server.client().register("ada@example.com").await.refused(403, "registration_closed").leaves_cookie();
    assert!(server.auth.operator().is_empty().await.expect("a count"));
}

#[tokio::test]
async fn a_registration_cannot_choose_its_role_or_anything_else() {
    let server = TestServer::new().await;
    for extra in ["role", "roles", "is_admin", "id", "status", "email_verified", "created_at", "password_hash"] {
        let mut body = json!({"email": "eve@example.com", "password": PASSWORD});
        body[extra] = json!("admin");
        server.client().post("/auth/register").json(body).send().await.invalid(extra);
    }
    assert!(server.auth.operator().is_empty().await.expect("a count"));
}

#[tokio::test]
async fn weak_passwords_are_refused_with_a_reason() {
    let server = TestServer::new().await;
    let long = "x9 Kq".repeat(300);
    for weak in ["short", "password1", "hall\0monitor 4711", long.as_str()] {
        let body = json!({"email": "ada@example.com", "password": weak});
        server.client().post("/auth/register").json(body).send().await.invalid("password");
    }
}

#[tokio::test]
async fn passwords_count_beyond_72_bytes() {
    let server = TestServer::new().await;
    let long = format!("{}-a", "correct horse battery staple ".repeat(4));
    let mut ada = server.client();
    ada.post("/auth/register").json(json!({"email": "ada@example.com", "password": long})).send().await.expect(201);
    ada.login("ada@example.com", &long).await.expect(200);
    let other = format!("{}-b", "correct horse battery staple ".repeat(4));
    ada.login("ada@example.com", &other).await.refused(401, "invalid_credentials");
}

#[tokio::test]
async fn logout_ends_the_session_of_an_expired_token_too() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    let cookie = ada.cookie.clone();
    server.advance(Duration::from_secs(3600));
    ada.post("/auth/logout").bearer().without_cookie().send().await.expect(204);
    ada.cookie = cookie;
    ada.refresh().await.refused(401, "invalid_refresh_token");
}

#[tokio::test]
async fn logout_is_idempotent() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    let cookie = ada.cookie.clone();
    for _ in 0..3 {
        ada.post("/auth/logout").bearer().without_cookie().send().await.expect(204).clears_cookie();
        ada.cookie.clone_from(&cookie);
        ada.post("/auth/logout").send().await.expect(204).clears_cookie();
    }
}

#[tokio::test]
async fn logout_with_the_cookie_alone_refuses_the_access_tokens_at_once() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    ada.post("/auth/logout").send().await.expect(204).clears_cookie();
    ada.me().await.refused(401, "invalid_token");
}

#[tokio::test]
async fn logout_ends_the_session_of_the_cookie_though_the_access_token_is_no_good() {
    let server = TestServer::new().await;
    for bad in ["a.b.c", "nonsense"] {
        let mut ada = server.user(&format!("ada-{}@example.com", bad.len())).await;
        let cookie = ada.cookie.clone();
        ada.post("/auth/logout").bearing(bad).send().await.expect(204).clears_cookie();
        ada.cookie = cookie;
        ada.refresh().await.refused(401, "invalid_refresh_token");
    }
    server.client().post("/auth/logout").bearing("a.b.c").send().await.refused(401, "invalid_token");
}

#[tokio::test]
async fn logout_with_an_access_token_and_the_cookie_of_another_session_ends_both() {
    let server = TestServer::new().await;
    let mut old = server.user("ada@example.com").await;
    let mut new = server.client();
    new.login("ada@example.com", PASSWORD).await.expect(200);
    let cookie = new.cookie.clone();
    let token = old.token().to_owned();
    new.post("/auth/logout").bearing(&token).send().await.expect(204).clears_cookie();
    old.me().await.refused(401, "invalid_token");
    new.me().await.refused(401, "invalid_token");
    new.cookie = cookie;
    new.refresh().await.refused(401, "invalid_refresh_token");
}

#[tokio::test]
async fn logout_without_a_credential_is_401() {
    let server = TestServer::new().await;
    let answer = server.client().post("/auth/logout").send().await.refused(401, "missing_token");
    assert_eq!(answer.header("www-authenticate").as_deref(), Some("Bearer"));
}

#[tokio::test]
async fn logout_ends_this_session_and_no_other() {
    let server = TestServer::new().await;
    let mut phone = server.user("ada@example.com").await;
    let mut laptop = server.client();
    laptop.login("ada@example.com", PASSWORD).await.expect(200);
    phone.post("/auth/logout").bearer().send().await.expect(204);
    laptop.me().await.expect(200);
    laptop.refresh().await.expect(200);
}

#[tokio::test]
async fn logout_all_ends_every_session_of_the_user_and_of_nobody_else() {
    let server = TestServer::new().await;
    let mut phone = server.user("ada@example.com").await;
    let mut laptop = server.client();
    laptop.login("ada@example.com", PASSWORD).await.expect(200);
    let mut bob = server.user("bob@example.com").await;
    laptop.post("/auth/logout-all").bearer().send().await.expect(204);
    for client in [&mut phone, &mut laptop] {
        client.me().await.refused(401, "invalid_token");
    }
    phone.refresh().await.refused(401, "invalid_refresh_token");
    bob.me().await.expect(200);
}

#[tokio::test]
async fn a_new_login_ends_the_session_of_the_cookie_that_came_along() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    let (old_cookie, old_token) = (ada.cookie.clone(), ada.token().to_owned());
    ada.login("ada@example.com", PASSWORD).await.expect(200);
    assert_ne!(ada.cookie, old_cookie);
    ada.get("/auth/me").bearing(&old_token).send().await.refused(401, "invalid_token");
    ada.me().await.expect(200);
    ada.cookie = old_cookie;
    ada.refresh().await.refused(401, "invalid_refresh_token");
}

#[tokio::test]
async fn a_session_that_a_client_plants_before_login_is_not_taken_over() {
    let server = TestServer::new().await;
    let mut eve = server.user("eve@example.com").await;
    server.user("ada@example.com").await;
    let mut victim = server.client();
    victim.cookie.clone_from(&eve.cookie);
    victim.login("ada@example.com", PASSWORD).await.expect(200);
    assert_ne!(victim.cookie, eve.cookie);
    assert_eq!(victim.me().await.json()["email"], "ada@example.com");
    eve.refresh().await.refused(401, "invalid_refresh_token");
}

#[tokio::test]
async fn changing_the_password_ends_every_other_session() {
    let server = TestServer::new().await;
    let mut phone = server.user("ada@example.com").await;
    let mut laptop = server.client();
    laptop.login("ada@example.com", PASSWORD).await.expect(200);
    let change = json!({"current_password": PASSWORD, "new_password": "plum trellis anvil"});
    laptop.post("/auth/password").bearer().json(change).send().await.expect(204).leaves_cookie();
    laptop.me().await.expect(200);
    laptop.refresh().await.expect(200);
    phone.me().await.refused(401, "invalid_token");
    phone.refresh().await.refused(401, "invalid_refresh_token");
    server.client().login("ada@example.com", PASSWORD).await.refused(401, "invalid_credentials");
    server.client().login("ada@example.com", "plum trellis anvil").await.expect(200);
}

#[tokio::test]
async fn changing_the_password_asks_for_the_current_one_and_locks_after_five_wrong() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    let wrong = json!({"current_password": "not the one", "new_password": "plum trellis anvil"});
    for _ in 0..5 {
        ada.post("/auth/password").bearer().json(wrong.clone()).send().await.refused(403, "wrong_password");
    }
    let answer = ada.post("/auth/password").bearer().json(wrong).send().await.refused(429, "account_locked");
    assert_eq!(answer.detail(), "Account locked for 30 minutes");
    ada.me().await.expect(200);
}

#[tokio::test]
async fn a_new_password_that_is_too_weak_spends_no_attempt() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    let weak = json!({"current_password": PASSWORD, "new_password": "password1"});
    for _ in 0..6 {
        ada.post("/auth/password").bearer().json(weak.clone()).send().await.invalid("new_password");
    }
    server.client().login("ada@example.com", PASSWORD).await.expect(200);
}
