//! Known devices: strangers who guess lock no owner out, and what a device keeps opens nothing.

use std::time::Duration;

use hallpass_model::rate_limit::Lockout;
use serde_json::json;

use super::TestServer;
use crate::support::{Client, PASSWORD, TestServer as Server};

const ADA: &str = "ada@example.com";
const WRONG: &str = "wrong guess";
const MINUTE: Duration = Duration::from_secs(60);
const HALF_AN_HOUR: Duration = Duration::from_secs(30 * 60);

/// A browser in which an address has registered.
async fn owner(server: &Server, email: &str) -> Client {
    server.user(email).await.known()
}

/// Five strangers guess.
async fn lock(server: &Server, email: &str) {
    for n in 0..5 {
        server.client_at(&format!("198.51.100.{n}")).login(email, WRONG).await.refused(401, "invalid_credentials");
    }
    server.client_at("198.51.100.5").login(email, PASSWORD).await.refused(429, "account_locked");
}

#[tokio::test]
async fn every_full_sign_in_sets_the_cookie_of_the_device_and_a_refusal_sets_none() {
    let server = TestServer::new().await;
    let mut ada = server.client();
    let made = ada.register(ADA).await.expect(201);
    let cookie = made.cookies().into_iter().find(|cookie| cookie.name == "__Host-hp_device").expect("a cookie");
    for attribute in ["HttpOnly", "Secure", "SameSite=Strict", "Path=/", "Max-Age=15552000"] {
        assert!(cookie.attributes.contains(attribute), "{attribute}: {cookie:?}");
    }
    assert!(cookie.value.len() < 100, "{}", cookie.value);
    let again = server.client().login(ADA, PASSWORD).await.expect(200).device_cookie().expect("a cookie");
    assert_ne!(again, cookie.value, "each sign-in makes another device");
    assert_eq!(server.client().login(ADA, WRONG).await.expect(401).device_cookie(), None);
    assert_eq!(ada.refresh().await.expect(200).device_cookie(), None);
}

#[tokio::test]
async fn strangers_lock_each_other_out_and_not_the_owner() {
    let server = TestServer::new().await;
    let mut ada = owner(&server, ADA).await;
    lock(&server, ADA).await;
    ada.login(ADA, PASSWORD).await.expect(200);
    server.client_at("198.51.100.9").login(ADA, PASSWORD).await.refused(429, "account_locked");
    // The owner's sign-in forgives strangers nothing.
    server.advance(HALF_AN_HOUR);
    server.client_at("198.51.100.9").login(ADA, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn the_drill_ten_thousand_guesses_of_two_hundred_addresses_do_not_keep_the_owner_out() {
    let server = TestServer::new().await;
    let mut ada = owner(&server, ADA).await;
    let mut came_in = 0;
    for minute in 0..10_u32 {
        for guess in 0..1000_u32 {
            let address = format!("198.51.{}.{}", 100 + guess % 2, 1 + (guess / 2) % 100);
            let answer = server.client_at(&address).login(ADA, &format!("guess {minute} {guess}")).await;
            assert!([401, 429].contains(&answer.status.as_u16()), "{}", answer.text());
        }
        came_in += u32::from(ada.login(ADA, PASSWORD).await.status == 200);
        server.advance(MINUTE);
    }
    assert_eq!(came_in, 10);
}

#[tokio::test]
async fn who_has_used_up_the_attempts_of_an_address_keeps_no_known_device_behind_it_out() {
    let server = TestServer::new().await;
    let mut ada = owner(&server, ADA).await;
    let mut beside = server.client();
    for n in 0..10 {
        beside.login(&format!("nobody{n}@example.com"), WRONG).await.expect(401);
    }
    beside.login(ADA, PASSWORD).await.refused(429, "too_many_attempts");
    ada.login(ADA, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_device_that_fails_five_times_is_a_stranger_until_its_lock_ends() {
    let server = TestServer::new().await;
    let mut ada = owner(&server, ADA).await;
    let stolen = ada.device.clone();
    for n in 0..5 {
        ada = ada.at(format!("203.0.113.{n}").parse().expect("an address"));
        ada.login(ADA, WRONG).await.refused(401, "invalid_credentials");
    }
    // Its failures are none of a stranger's; from now on they are.
    ada = ada.at("203.0.113.10".parse().expect("an address"));
    ada.login(ADA, WRONG).await.refused(401, "invalid_credentials");
    let mut root = server.admin("root@example.com").await;
    for (event, rows) in [("device.locked", 1), ("account.locked", 0), ("login.while_locked", 0)] {
        let path = format!("/admin/audit?event={event}");
        let found = root.get(&path).bearer().send().await.expect(200).json();
        assert_eq!(found["items"].as_array().map(Vec::len), Some(rows), "{event}");
    }
    lock_the_rest(&server).await;
    ada.login(ADA, PASSWORD).await.refused(429, "account_locked");
    server.advance(HALF_AN_HOUR);
    ada.login(ADA, PASSWORD).await.expect(200);
    // Another sign-in made another device of it: the old cookie has a counter of its own.
    lock(&server, ADA).await;
    let mut thief = server.client_at("203.0.113.20").known();
    thief.device = stolen;
    for _ in 0..5 {
        thief.login(ADA, WRONG).await.expect(401);
    }
    thief.login(ADA, PASSWORD).await.refused(429, "account_locked");
    ada.login(ADA, PASSWORD).await.expect(200);
}

/// Four more failures of strangers.
async fn lock_the_rest(server: &Server) {
    for n in 0..4 {
        server.client_at(&format!("198.51.100.{n}")).login(ADA, WRONG).await.expect(401);
    }
}

#[tokio::test]
async fn the_cookie_of_another_address_a_forged_an_old_or_a_broken_one_make_a_stranger() {
    let server = TestServer::new().await;
    let ada = owner(&server, ADA).await;
    let eve = owner(&server, "eve@example.com").await;
    let genuine = ada.device.clone().expect("a cookie");
    lock(&server, ADA).await;
    let mut forged = genuine.clone().into_bytes();
    let last = forged.len() - 4;
    forged[last] = if forged[last] == b'A' { b'B' } else { b'A' };
    let four = format!("v1.{}", genuine[3..].repeat(4));
    let table = [
        eve.device.expect("a cookie"),
        String::from_utf8(forged).expect("text"),
        genuine[..genuine.len() - 8].to_owned(),
        four,
        "v1.".to_owned(),
        "v2.AAAA".to_owned(),
        "%00".to_owned(),
    ];
    for cookie in table {
        let mut other = server.client_at("203.0.113.1").known();
        other.device = Some(cookie.clone());
        other.login(ADA, PASSWORD).await.refused(429, "account_locked");
        assert_ne!(cookie, genuine);
    }
    let mut twice = server.client_at("203.0.113.2");
    let cookies = format!("__Host-hp_device={genuine}; __Host-hp_device=v1.AAAA");
    let body = json!({"email": ADA, "password": PASSWORD});
    twice.post("/auth/login").header("cookie", &cookies).json(&body).send().await.refused(429, "account_locked");
    server.advance(Duration::from_secs(180 * 24 * 3600));
    lock(&server, ADA).await;
    let mut late = server.client_at("203.0.113.3").known();
    late.device = Some(genuine);
    late.login(ADA, PASSWORD).await.refused(429, "account_locked");
}

#[tokio::test]
async fn a_browser_is_known_to_three_addresses_the_newest_first() {
    let server = TestServer::new().await;
    let mut browser = server.client().known();
    let people = ["a@example.com", "b@example.com", "c@example.com", "d@example.com"];
    for email in people {
        browser.register(email).await.expect(201);
    }
    for email in people {
        lock(&server, email).await;
    }
    for email in &people[1..] {
        let mut same = browser.clone();
        same.login(email, PASSWORD).await.expect(200);
    }
    browser.login(people[0], PASSWORD).await.refused(429, "account_locked");
}

#[tokio::test]
async fn what_casts_doubt_on_a_session_makes_strangers_of_all_devices_but_the_one_at_hand() {
    let server = TestServer::new().await;
    let mut ada = owner(&server, ADA).await;
    let mut phone = server.client_at("203.0.113.7").known();
    phone.login(ADA, PASSWORD).await.expect(200);
    let changed = json!({"current_password": PASSWORD, "new_password": "plum trellis anvil"});
    let answer = ada.post("/auth/password").bearer().json(changed).send().await.expect(204);
    assert!(answer.device_cookie().is_some(), "the one at hand is known again");
    lock(&server, ADA).await;
    phone.login(ADA, "plum trellis anvil").await.refused(429, "account_locked");
    ada.login(ADA, "plum trellis anvil").await.expect(200);
    ada.post("/auth/logout-all").bearer().send().await;
    ada.login(ADA, "plum trellis anvil").await.refused(429, "account_locked");
}

#[tokio::test]
async fn a_stolen_session_makes_strangers_of_all_devices() {
    let server = TestServer::new().await;
    let mut ada = owner(&server, ADA).await;
    let spent = ada.cookie.clone();
    ada.refresh().await.expect(200);
    server.advance(MINUTE);
    ada.refresh().await.expect(200);
    server.advance(MINUTE);
    let mut thief = server.client();
    thief.cookie = spent;
    thief.refresh().await.refused(401, "token_reuse");
    lock(&server, ADA).await;
    ada.login(ADA, PASSWORD).await.refused(429, "account_locked");
}

#[tokio::test]
async fn strangers_who_guess_keep_no_owner_from_changing_the_password() {
    let server = TestServer::new().await;
    let mut ada = owner(&server, ADA).await;
    lock(&server, ADA).await;
    let change = json!({"current_password": PASSWORD, "new_password": "plum trellis anvil"});
    ada.post("/auth/password").bearer().json(change).send().await.expect(204);
}

#[tokio::test]
async fn strangers_have_a_hundred_guesses_a_day_at_an_account() {
    let server = TestServer::new().await;
    let mut ada = owner(&server, ADA).await;
    let mut guessed = 0;
    for round in 0..48 {
        for n in 0..5 {
            let mut stranger = server.client_at(&format!("198.51.{round}.{n}"));
            guessed += u32::from(stranger.login(ADA, WRONG).await.status == 401);
        }
        server.advance(Duration::from_secs(1799));
    }
    assert_eq!(guessed, 100);
    let refused = server.client_at("203.0.113.1").login(ADA, PASSWORD).await.refused(429, "account_locked");
    let left: u64 = refused.header("retry-after").expect("a time").parse().expect("seconds");
    assert!(left <= 48, "the day is nearly over: {left}");
    ada.login(ADA, PASSWORD).await.expect(200);
    server.advance(MINUTE);
    server.client_at("203.0.113.2").login(ADA, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn strangers_are_slowed_down_instead_if_it_is_configured() {
    let setup = |setup: &mut crate::support::Setup| {
        let login = &mut setup.settings.rules.login;
        login.lockout = Lockout { backs_off: true, ..login.lockout };
    };
    let server = TestServer::with(setup).await;
    owner(&server, ADA).await;
    for n in 0..5 {
        server.client_at(&format!("198.51.100.{n}")).login(ADA, WRONG).await.refused(401, "invalid_credentials");
    }
    for (n, seconds) in [30, 60, 120, 240, 480, 900, 900].into_iter().enumerate() {
        let refused = server.client_at("203.0.113.1").login(ADA, PASSWORD).await.refused(429, "account_locked");
        assert_eq!(refused.header("retry-after"), Some(seconds.to_string()));
        let words = if seconds == 30 { "30 seconds".to_owned() } else { format!("{} minutes", seconds / 60) };
        assert_eq!(refused.detail(), format!("Too many wrong passwords — try again in {words}"));
        server.advance(Duration::from_secs(seconds));
        let mut stranger = server.client_at(&format!("198.51.101.{n}"));
        stranger.login(ADA, WRONG).await.refused(401, "invalid_credentials");
    }
    server.advance(MINUTE * 15);
    server.client_at("198.51.102.1").login(ADA, PASSWORD).await.expect(200);
    server.client_at("198.51.102.1").login(ADA, WRONG).await.refused(401, "invalid_credentials");
    server.client_at("198.51.102.1").login(ADA, PASSWORD).await.expect(200);
}
