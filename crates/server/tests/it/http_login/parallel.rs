//! Logins beside one another, and logins whose clients hang up.

use std::future::Future;
use std::time::Duration;

use hallpass_auth::admin::{ImportUser, UserPatch};
use hallpass_http::problem::registry;
use hallpass_model::user::Status;
use hallpass_model::{Email, Role};
use hallpass_password::{Incoming, Password, PoolOptions, Scheme};
use serde_json::Value;
use tokio::task::JoinSet;

use super::{FIRST, TestServer};
use crate::support::{PASSWORD, TestServer as Server};

const EMAIL: &str = "ada@example.com";

/// Logins at once, each from an address of its own; what each was answered.
async fn at_once(server: &Server, count: u8, password: &'static str) -> Vec<(u16, String)> {
    let mut logins = JoinSet::new();
    for number in 0..count {
        let mut client = server.client_at(&format!("198.51.100.{number}"));
        logins.spawn(async move {
            let answer = client.login(EMAIL, password).await;
            let code = serde_json::from_str::<Value>(&answer.text()).unwrap_or_default()["code"].to_string();
            (answer.status.as_u16(), code)
        });
    }
    logins.join_all().await
}

/// Real work for each hash, so that attempts overlap.
fn slow(setup: &mut crate::support::Setup) {
    let scheme = Scheme::bcrypt(10).expect("a cost");
    setup.settings.accounts.scheme = scheme;
    setup.pool = PoolOptions { threads: 2, lanes: 4, queue: 64, scheme };
}

/// An account whose hash was made elsewhere.
async fn import(server: &Server, scheme: Scheme) {
    let password_hash = hallpass_password::hash(&Password::from(PASSWORD.to_owned()), scheme).expect("hashes");
    let ada = ImportUser {
        email: Email::parse(EMAIL).expect("an address"),
        role: Role::user(),
        password_hash: Incoming::parse(&password_hash).expect("readable"),
        status: Status::Active,
        one_time_until: None,
        external_id: None,
        email_verified_at: None,
    };
    let imported = server.auth.operator().import_users(&server.ctx(), vec![ada]).await.expect("imports");
    assert_eq!(imported, [true]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn right_logins_at_once_all_get_in() {
    let server = TestServer::with(slow).await;
    server.user(EMAIL).await;
    let answers = at_once(&server, 12, PASSWORD).await;
    assert!(answers.iter().all(|(status, _)| *status == 200), "{answers:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn right_logins_while_their_hash_is_remade_all_get_in() {
    let server = TestServer::with(slow).await;
    import(&server, Scheme::argon2id(19_456, 2, 1).expect("parameters")).await;
    let answers = at_once(&server, 12, PASSWORD).await;
    assert!(answers.iter().all(|(status, _)| *status == 200), "{answers:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_guesses_at_once_five_are_checked_and_the_others_learn_of_the_lock() {
    let server = TestServer::with(slow).await;
    server.user(EMAIL).await;
    let answers = at_once(&server, 30, "a wrong guess").await;
    let count = |code: &str| answers.iter().filter(|(_, said)| said.contains(code)).count();
    assert_eq!((count("invalid_credentials"), count("account_locked")), (5, 25), "{answers:?}");
}

/// Polls a request this often, and drops it as a client does that hangs up.
async fn cut_off(request: impl Future, polls: u32) {
    let mut request = Box::pin(request);
    for _ in 0..polls {
        let polled = std::future::poll_fn(|cx| std::task::Poll::Ready(request.as_mut().poll(cx).is_ready())).await;
        if polled {
            return;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logins_that_are_cut_off_anywhere_are_settled_as_if_they_had_not_been() {
    for polls in [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64] {
        let server = TestServer::with(slow).await;
        server.user(EMAIL).await;
        for number in 0..5 {
            let mut client = server.client_at(&format!("198.51.100.{number}"));
            cut_off(client.login(EMAIL, PASSWORD), polls).await;
        }
        server.auth.background().settle_attempts(Duration::from_secs(20)).await;
        server.client().login(EMAIL, PASSWORD).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_of_address_that_is_cut_off_leaves_no_attempt_at_the_password_behind() {
    let server = TestServer::with(slow).await;
    let mut ada = server.user(EMAIL).await;
    let change = serde_json::json!({"new_email": "new@example.com", "current_password": PASSWORD});
    for _ in 0..5 {
        cut_off(ada.post("/auth/email").bearer().json(&change).send(), 8).await;
    }
    server.auth.background().settle_attempts(Duration::from_secs(20)).await;
    server.client().login(EMAIL, PASSWORD).await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_wrong_logins_that_are_cut_off_lock_as_any_five_do_for_half_an_hour_and_audited() {
    let server = TestServer::with(slow).await;
    let mut root = server.admin("root@example.com").await;
    server.user(EMAIL).await;
    for number in 0..5 {
        let mut client = server.client_at(&format!("198.51.100.{number}"));
        cut_off(client.login(EMAIL, "a wrong guess"), 8).await;
    }
    server.auth.background().settle_attempts(Duration::from_secs(20)).await;
    server.client().login(EMAIL, PASSWORD).await.refused(429, "account_locked");
    let log = root.get("/admin/audit?event=account.locked").bearer().send().await.expect(200).json();
    assert_eq!(log["items"].as_array().map(Vec::len), Some(1), "{log}");
    server.advance(Duration::from_secs(1800));
    server.client().login(EMAIL, PASSWORD).await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_that_a_right_login_into_an_account_just_suspended_closes_is_audited_and_answered_like_any_failure() {
    let server = TestServer::with(|setup| {
        slow(setup);
        setup.settings.rules.login.lockout.failures = 1;
    })
    .await;
    let mut root = server.admin("root@example.com").await;
    // Work for a good while: the suspension comes meanwhile.
    import(&server, Scheme::bcrypt(12).expect("a cost")).await;
    let ada = server.id_of(EMAIL).await;
    server.faults.seen();
    let mut client = server.client_at("198.51.100.1");
    let login = tokio::spawn(async move { client.login(EMAIL, PASSWORD).await });
    while !server.faults.seen().contains(&FIRST) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    let suspended = UserPatch { status: Some(Status::Suspended), ..UserPatch::default() };
    server.auth.operator().update_user(&server.ctx(), ada, suspended).await.expect("suspends");
    let refused = login.await.expect("no panic").refused(401, "invalid_credentials");
    assert!(server.faults.seen().contains(&"open_session"), "the password was right");
    assert_eq!(refused.header("ratelimit-remaining").as_deref(), Some("9"), "as for a wrong password");
    server.client().login(EMAIL, PASSWORD).await.refused(429, "account_locked");
    for (event, count) in [("login.failed", 1), ("account.locked", 1)] {
        let log = root.get(&format!("/admin/audit?event={event}")).bearer().send().await.expect(200).json();
        assert_eq!(log["items"].as_array().map(Vec::len), Some(count), "{event}: {log}");
        assert_eq!(log["items"][0]["detail"]["email"], EMAIL, "{log}");
    }
}

#[test]
fn the_words_for_a_busy_account_say_that_nothing_is_locked() {
    assert!(registry::ALL.iter().any(|kind| kind.code == "login_in_progress" && !kind.detail.contains("lock")));
}
