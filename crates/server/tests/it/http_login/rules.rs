//! The login guard as a client meets it.

use std::time::Duration;

use hallpass_password::{PoolOptions, Scheme};
use hallpass_store::Fault;
use serde_json::json;
use tokio::task::JoinSet;

use super::{FIRST, OF_A_LOCKED_ACCOUNT, TestServer};
use crate::support::{Answer, PASSWORD};

/// What somebody outside can tell one answer from another by.
fn visible(answer: &Answer) -> (u16, String, Vec<(String, String)>) {
    let headers = answer.headers.iter().filter(|(name, _)| *name != "x-request-id");
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().expect("ASCII").to_owned()));
    (answer.status.as_u16(), answer.text(), headers.collect())
}

#[tokio::test]
async fn wrong_unknown_and_suspended_answer_the_same_to_the_byte() {
    let server = TestServer::new().await;
    let mut admin = server.admin("root@example.com").await;
    server.user("ada@example.com").await;
    server.user("sue@example.com").await;
    let sue = format!("/admin/users/{}", server.id_of("sue@example.com").await);
    admin.patch(&sue).bearer().json(json!({"status": "suspended"})).send().await.expect(200);
    let wrong = server.client_at("192.0.2.11").login("ada@example.com", "wrong guess").await;
    let unknown = server.client_at("192.0.2.12").login("nobody@example.com", "wrong guess").await;
    let suspended = server.client_at("192.0.2.13").login("sue@example.com", PASSWORD).await;
    let wrong = wrong.refused(401, "invalid_credentials").leaves_cookie();
    assert_eq!(visible(&wrong), visible(&unknown));
    assert_eq!(visible(&wrong), visible(&suspended));
}

#[tokio::test]
async fn an_unknown_address_costs_a_hash_like_a_known_one() {
    let server = TestServer::new().await;
    server.user("ada@example.com").await;
    server.faults.seen();
    server.client().login("ada@example.com", "wrong guess").await.expect(401);
    let known = server.faults.seen();
    server.client().login("nobody@example.com", "wrong guess").await.expect(401);
    assert_eq!(server.faults.seen(), known, "the same operations in the same order");
}

#[tokio::test]
async fn every_login_answer_counts_down_the_attempts_of_its_address() {
    let server = TestServer::new().await;
    let mut client = server.client();
    for left in (0..10).rev() {
        let email = format!("nobody{left}@example.com");
        let answer = client.login(&email, "wrong guess").await.refused(401, "invalid_credentials");
        assert_eq!(answer.header("ratelimit-policy").as_deref(), Some("10;w=900"));
        assert_eq!(answer.header("ratelimit-limit").as_deref(), Some("10"));
        assert_eq!(answer.header("ratelimit-remaining"), Some(left.to_string()));
        assert_eq!(answer.header("ratelimit-reset").as_deref(), Some("900"));
        assert_eq!(answer.header("retry-after"), None);
    }
}

#[tokio::test]
async fn the_eleventh_attempt_of_an_address_is_refused_until_the_window_ends() {
    let server = TestServer::new().await;
    server.user("ada@example.com").await;
    let mut client = server.client_at("198.51.100.7");
    for attempt in 0..10 {
        client.login(&format!("nobody{attempt}@example.com"), "wrong guess").await.expect(401);
    }
    server.advance(Duration::from_millis(100_500));
    let answer = client.login("ada@example.com", PASSWORD).await.refused(429, "too_many_attempts").leaves_cookie();
    assert_eq!(answer.detail(), "Too many login attempts — try again in 15 minutes");
    assert_eq!(answer.header("retry-after").as_deref(), Some("800"), "rounded up");
    assert_eq!(answer.header("ratelimit-remaining").as_deref(), Some("0"));
    assert_eq!(answer.header("ratelimit-reset").as_deref(), Some("800"));
    server.client_at("198.51.100.8").login("ada@example.com", PASSWORD).await.expect(200);
    server.advance(Duration::from_millis(799_500));
    client.login("ada@example.com", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn the_words_of_a_refusal_follow_the_configuration() {
    let server = TestServer::with(|setup| {
        setup.settings.rules.login.max = 1;
        setup.settings.rules.login.window = Duration::from_secs(60 * 60);
        setup.settings.rules.login.lockout.failures = 1;
        setup.settings.rules.login.lockout.duration = Duration::from_secs(5 * 60);
    })
    .await;
    server.client_at("198.51.100.1").login("ada@example.com", "wrong guess").await.expect(401);
    let limited = server.client_at("198.51.100.1").login("eve@example.com", "wrong guess").await.expect(429);
    let words = limited.detail();
    assert!(words == "Too many login attempts — try again in 60 minutes" || words.ends_with("1 hour"), "{words}");
    let locked = server.client_at("198.51.100.2").login("ada@example.com", "wrong guess").await.expect(429);
    assert_eq!(locked.detail(), "Account locked for 5 minutes");
    assert_eq!(locked.header("retry-after").as_deref(), Some("300"));
}

#[tokio::test]
async fn good_logins_cost_no_attempts() {
    let server = TestServer::new().await;
    server.user("ada@example.com").await;
    for _ in 0..25 {
        let answer = server.client().login("ada@example.com", PASSWORD).await.expect(200);
        assert_eq!(answer.header("ratelimit-remaining").as_deref(), Some("10"));
    }
}

#[tokio::test]
async fn five_failures_lock_the_account_for_thirty_minutes_even_for_the_right_password() {
    let server = TestServer::new().await;
    server.user("ada@example.com").await;
    for attempt in 0..5 {
        let mut client = server.client_at(&format!("198.51.100.{attempt}"));
        client.login("ada@example.com", "wrong guess").await.refused(401, "invalid_credentials");
    }
    let mut ada = server.client_at("203.0.113.1");
    let answer = ada.login("ada@example.com", PASSWORD).await.refused(429, "account_locked").leaves_cookie();
    assert_eq!(answer.detail(), "Account locked for 30 minutes");
    assert_eq!(answer.header("retry-after").as_deref(), Some("1800"));
    server.advance(Duration::from_secs(1799));
    ada.login("ada@example.com", PASSWORD).await.refused(429, "account_locked");
    server.advance(Duration::from_secs(1));
    ada.login("ada@example.com", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn an_address_without_an_account_locks_just_the_same() {
    let server = TestServer::new().await;
    server.user("ada@example.com").await;
    let mut answers = Vec::new();
    for email in ["ada@example.com", "nobody@example.com"] {
        let mut client = server.client_at("198.51.100.9");
        for _ in 0..5 {
            client.login(email, "wrong guess").await.expect(401);
        }
        let locked = server.client_at("203.0.113.1").login(email, PASSWORD).await.refused(429, "account_locked");
        answers.push((locked.text(), locked.header("retry-after")));
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn a_locked_account_costs_no_hash() {
    let server = TestServer::new().await;
    server.user("ada@example.com").await;
    for attempt in 0..5 {
        server.client_at(&format!("198.51.100.{attempt}")).login("ada@example.com", "wrong").await.expect(401);
    }
    // The first of them has a row in the audit log.
    server.client_at("203.0.113.1").login("ada@example.com", PASSWORD).await.expect(429);
    server.faults.seen();
    server.client_at("203.0.113.1").login("ada@example.com", PASSWORD).await.expect(429);
    assert_eq!(server.faults.seen(), OF_A_LOCKED_ACCOUNT, "nothing to settle, because nothing was hashed");
}

#[tokio::test]
async fn spellings_of_one_address_share_one_lock() {
    let server = TestServer::new().await;
    server.user("ada@example.com").await;
    let spellings = ["ada@example.com", "Ada@example.com", "ADA@EXAMPLE.COM", "ada@Example.com", "aDA@eXAMPLE.cOM"];
    for (index, email) in spellings.into_iter().enumerate() {
        server.client_at(&format!("198.51.100.{index}")).login(email, "wrong guess").await.expect(401);
    }
    server.client_at("203.0.113.1").login("ada@example.com", PASSWORD).await.refused(429, "account_locked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_forty_parallel_guesses_at_most_five_reach_a_hash() {
    let server = TestServer::new().await;
    server.user("ada@example.com").await;
    let mut guesses = JoinSet::new();
    for guess in 0..40 {
        let mut client = server.client_at(&format!("198.51.100.{guess}"));
        guesses.spawn(async move { client.login("ada@example.com", &format!("wrong guess {guess}")).await });
    }
    let answers = guesses.join_all().await;
    let count = |status: u16| answers.iter().filter(|answer| answer.status.as_u16() == status).count();
    assert_eq!((count(401), count(429)), (5, 35));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_hashing_queue_sheds_logins_and_slows_nothing_else() {
    let server = TestServer::with(|setup| {
        // Long enough that they meet, whatever the store takes for each of them before.
        let scheme = Scheme::Bcrypt { cost: 9 };
        (setup.pool, setup.settings.accounts.scheme) = (PoolOptions { threads: 1, lanes: 1, queue: 1, scheme }, scheme);
        setup.settings.rules.login.max = 1000;
    })
    .await;
    let mut ada = server.user("ada@example.com").await;
    let mut flood = JoinSet::new();
    for client in 0..64 {
        let mut client_of_flood = server.client_at(&format!("198.51.100.{client}"));
        flood.spawn(async move { client_of_flood.login(&format!("nobody{client}@example.com"), "wrong guess").await });
    }
    ada.refresh().await.expect(200);
    ada.me().await.expect(200);
    let answers = flood.join_all().await;
    let shed: Vec<_> = answers.into_iter().filter(|answer| answer.status.as_u16() == 503).collect();
    assert!(!shed.is_empty(), "64 at once do not fit one thread and a queue of one");
    for answer in shed {
        answer.refused(503, "overloaded").leaves_cookie();
    }
}

#[tokio::test]
async fn an_ipv6_client_is_its_64_bit_network() {
    let server = TestServer::new().await;
    for attempt in 0..10 {
        let mut client = server.client_at(&format!("2001:db8:1:2::{attempt:x}"));
        client.login(&format!("nobody{attempt}@example.com"), "wrong guess").await.expect(401);
    }
    server.client_at("2001:db8:1:2:ffff::1").login("x@example.com", "wrong").await.refused(429, "too_many_attempts");
    server.client_at("2001:db8:1:3::1").login("x@example.com", "wrong guess").await.expect(401);
}

#[tokio::test]
async fn forwarded_addresses_count_from_trusted_proxies_only() {
    let server = TestServer::new().await;
    let attempt = async |peer: &str, forwarded: &str, email: &str| {
        let body = json!({"email": email, "password": "wrong guess"});
        server.client_at(peer).post("/auth/login").header("x-forwarded-for", forwarded).json(body).send().await
    };
    for n in 0..10 {
        let email = format!("nobody{n}@example.com");
        // A stranger who invents a new address each time is still one stranger.
        attempt("192.0.2.66", &format!("203.0.113.{n}"), &email).await.expect(401);
        // A proxy of ours names its client; what stands left of it is the client's own invention.
        attempt("10.0.0.1", &format!("203.0.113.{n}, 198.51.100.1"), &email).await.expect(401);
    }
    attempt("192.0.2.66", "203.0.113.99", "x@example.com").await.refused(429, "too_many_attempts");
    attempt("10.0.0.1", "198.51.100.1", "y@example.com").await.refused(429, "too_many_attempts");
    attempt("10.0.0.1", "198.51.100.2", "z@example.com").await.expect(401);
}

#[tokio::test]
async fn a_malformed_forwarded_address_falls_back_to_the_proxy() {
    let server = TestServer::new().await;
    let hostile = ["unknown", "", "203.0.113.9, ", "_hidden", "1.2.3.4.5", "fe80::1%eth0", "\u{e9}"];
    for (n, forwarded) in hostile.iter().cycle().take(10).enumerate() {
        let body = json!({"email": format!("nobody{n}@example.com"), "password": "wrong guess"});
        let mut client = server.client_at("10.0.0.1");
        let call = client.post("/auth/login").header_bytes("x-forwarded-for", forwarded.as_bytes());
        call.json(body).send().await.expect(401);
    }
    server.client_at("10.0.0.1").login("x@example.com", "wrong").await.refused(429, "too_many_attempts");
}

#[tokio::test]
async fn registrations_have_a_budget_of_their_own() {
    let server = TestServer::with(|setup| setup.settings.rules.register.max = 2).await;
    let said = |text: &str| Some(text.to_owned());
    for (name, left) in [("ada", "1"), ("bob", "0")] {
        let made = server.client().register(&format!("{name}@example.com")).await.expect(201);
        assert_eq!((made.header("ratelimit-limit"), made.header("ratelimit-remaining")), (said("2"), said(left)));
    }
    let refused = server.client().register("eve@example.com").await.refused(429, "too_many_attempts").leaves_cookie();
    assert_eq!((refused.header("ratelimit-limit"), refused.header("ratelimit-remaining")), (said("2"), said("0")));
    assert_eq!(refused.header("ratelimit-reset"), refused.header("retry-after"));
    assert_eq!(refused.json()["detail"], "Too many accounts were made from here — try again in 15 minutes");
    let taken = server.client_at("198.51.100.2").register("ada@example.com").await.refused(409, "email_taken");
    assert_eq!(taken.header("ratelimit-remaining"), said("1"));
    server.client().login("ada@example.com", PASSWORD).await.expect(200);
    server.client_at("198.51.100.1").register("eve@example.com").await.expect(201);
}

#[tokio::test]
async fn a_store_that_fails_is_503_and_counts_as_no_verdict() {
    let server = TestServer::new().await;
    server.user("ada@example.com").await;
    for name in [FIRST, "open_session"] {
        server.faults.break_only(name, Fault::AtCommit);
        server.client().login("ada@example.com", PASSWORD).await.refused(503, "unavailable").leaves_cookie();
        server.faults.mend();
        server.client().login("ada@example.com", PASSWORD).await.expect(200);
    }
}

#[tokio::test]
async fn an_address_that_is_none_is_422_and_spends_nothing() {
    let server = TestServer::new().await;
    for bad in
        ["", "ada", "a@b@c", "ada@exa mple.com", "ada @example.com", "ada@example.com\nb", "ad\u{430}@example.com"]
    {
        let answer = server.client().login(bad, PASSWORD).await.invalid("email");
        assert_eq!(answer.header("ratelimit-limit"), None);
    }
}
