//! Refresh: rotation, reuse, grace, races, and when the cookie is touched.

use std::collections::HashSet;
use std::time::Duration;

use hallpass_store::Fault;
use serde_json::json;
use tokio::task::JoinSet;

use crate::support::{Client, PASSWORD, TestServer};

async fn strict() -> TestServer {
    TestServer::with(|setup| setup.settings.refresh.grace = Duration::ZERO).await
}

/// The client as it was before its last refresh.
fn with_cookie(client: &Client, cookie: Option<String>) -> Client {
    let mut copy = client.clone();
    copy.cookie = cookie;
    copy
}

#[tokio::test]
async fn the_cookie_has_exactly_the_contracts_attributes() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    let cookie = ada.refresh().await.expect(200).refresh_cookie().expect("a cookie");
    assert_eq!(cookie.name, "refresh_token");
    assert!(cookie.value.starts_with("hpr_"));
    let attributes: Vec<_> = cookie.attributes.iter().map(String::as_str).collect();
    assert_eq!(attributes, ["HttpOnly", "Max-Age=604800", "Path=/auth", "SameSite=Strict", "Secure"]);
}

#[tokio::test]
async fn clearing_names_the_same_cookie() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    let cookie = ada.post("/auth/logout").send().await.expect(204).refresh_cookie().expect("a cookie");
    let attributes: Vec<_> = cookie.attributes.iter().map(String::as_str).collect();
    assert_eq!((cookie.name.as_str(), cookie.value.as_str()), ("refresh_token", ""));
    assert_eq!(attributes, ["HttpOnly", "Max-Age=0", "Path=/auth", "SameSite=Strict", "Secure"]);
}

#[tokio::test]
async fn the_cookie_never_outlives_the_session() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    let day = 24 * 3600;
    for _ in 0..5 {
        server.advance(Duration::from_secs(6 * day));
        let cookie = ada.refresh().await;
        if cookie.status.as_u16() == 401 {
            break;
        }
        let cookie = cookie.expect(200).refresh_cookie().expect("a cookie");
        let max_age = cookie.attributes.iter().find_map(|a| a.strip_prefix("Max-Age=")).expect("Max-Age");
        let left = 30 * day - server_age(&server);
        assert_eq!(max_age.parse::<u64>().expect("seconds"), left.min(7 * day));
    }
    ada.refresh().await.expect(401);
}

/// Seconds since the test began.
fn server_age(server: &TestServer) -> u64 {
    u64::try_from(server.ctx().now.secs() - 1_800_000_000).expect("after the start")
}

#[tokio::test]
async fn each_use_consumes_the_token_and_issues_another() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    let mut seen = HashSet::new();
    for _ in 0..5 {
        assert!(seen.insert(ada.cookie.clone()));
        ada.refresh().await.expect(200).sets_cookie();
    }
}

#[tokio::test]
async fn a_spent_token_ends_the_whole_family_at_once() {
    let server = strict().await;
    let mut ada = server.user("ada@example.com").await;
    let mut thief = ada.clone();
    ada.refresh().await.expect(200);
    let answer = thief.refresh().await.refused(401, "token_reuse").clears_cookie();
    assert_eq!(answer.detail(), "Token reuse detected. Please log in again.");
    ada.me().await.refused(401, "invalid_token");
    ada.refresh().await.refused(401, "invalid_refresh_token").clears_cookie();
}

#[tokio::test]
async fn a_token_spent_generations_ago_is_reuse_too() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    let mut old = ada.clone();
    for _ in 0..5 {
        ada.refresh().await.expect(200);
    }
    old.refresh().await.refused(401, "token_reuse");
    ada.refresh().await.refused(401, "invalid_refresh_token");
}

#[tokio::test]
async fn reuse_ends_one_family_and_no_other() {
    let server = strict().await;
    let mut phone = server.user("ada@example.com").await;
    let mut laptop = server.client();
    laptop.login("ada@example.com", PASSWORD).await.expect(200);
    let mut thief = phone.clone();
    phone.refresh().await.expect(200);
    thief.refresh().await.refused(401, "token_reuse");
    laptop.me().await.expect(200);
    laptop.refresh().await.expect(200);
}

#[tokio::test]
async fn reuse_is_audited() {
    let server = strict().await;
    let mut admin = server.admin("root@example.com").await;
    let mut ada = server.user("ada@example.com").await;
    let mut thief = ada.clone();
    ada.refresh().await.expect(200);
    thief.post("/auth/refresh").header("x-request-id", "the-theft").send().await.refused(401, "token_reuse");
    let log = admin.get("/admin/audit?event=refresh.reused").bearer().send().await.expect(200).json();
    assert_eq!(log["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(log["items"][0]["request_id"], "the-theft");
    assert_eq!(log["items"][0]["ip"], "192.0.2.1");
    assert_eq!(log["items"][0]["user"], server.id_of("ada@example.com").await.to_string());
}

#[tokio::test]
async fn within_the_grace_window_the_last_token_gets_the_same_successor() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    let spent = ada.cookie.clone();
    ada.refresh().await.expect(200);
    let successor = ada.cookie.clone();
    server.advance(Duration::from_millis(9_999));
    let mut again = with_cookie(&ada, spent.clone());
    again.refresh().await.expect(200);
    assert_eq!(again.cookie, successor);
    again.me().await.expect(200);
    server.advance(Duration::from_millis(1));
    with_cookie(&ada, spent).refresh().await.refused(401, "token_reuse");
}

#[tokio::test]
async fn the_grace_window_never_slides() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    let spent = ada.cookie.clone();
    ada.refresh().await.expect(200);
    for _ in 0..2 {
        server.advance(Duration::from_secs(4));
        with_cookie(&ada, spent.clone()).refresh().await.expect(200);
    }
    server.advance(Duration::from_secs(4));
    with_cookie(&ada, spent).refresh().await.refused(401, "token_reuse");
}

#[tokio::test]
async fn once_the_successor_was_used_the_older_token_is_reuse_in_the_window_too() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    let spent = ada.cookie.clone();
    ada.refresh().await.expect(200);
    ada.refresh().await.expect(200);
    with_cookie(&ada, spent).refresh().await.refused(401, "token_reuse");
    ada.refresh().await.refused(401, "invalid_refresh_token");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_simultaneous_refreshes_without_grace_exactly_one_wins() {
    let server = strict().await;
    for round in 0..5 {
        let ada = server.user(&format!("ada{round}@example.com")).await;
        let mut race = JoinSet::new();
        for _ in 0..24 {
            let mut copy = ada.clone();
            race.spawn(async move { copy.refresh().await });
        }
        let answers = race.join_all().await;
        assert_eq!(answers.iter().filter(|answer| answer.status.is_success()).count(), 1);
        for loser in answers.into_iter().filter(|answer| !answer.status.is_success()) {
            loser.refused(401, "token_reuse").clears_cookie();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn simultaneous_refreshes_with_grace_never_fork_the_family() {
    let server = TestServer::new().await;
    let ada = server.user("ada@example.com").await;
    let mut race = JoinSet::new();
    for _ in 0..24 {
        let mut copy = ada.clone();
        race.spawn(async move {
            copy.refresh().await.expect(200);
            copy.cookie
        });
    }
    let successors: HashSet<_> = race.join_all().await.into_iter().collect();
    assert_eq!(successors.len(), 1);
}

#[tokio::test]
async fn a_forged_token_costs_no_read_and_revokes_nothing() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    let genuine = ada.cookie.clone().expect("a cookie");
    let mut forged = vec![String::new(), "x".to_owned(), "hpr_".to_owned(), genuine[4..].to_owned(), "A".repeat(5000)];
    forged.push(genuine[..genuine.len() - 1].to_owned());
    forged.push(format!("{genuine}A"));
    for index in [5, 30, genuine.len() - 3] {
        let mut bytes = genuine.clone().into_bytes();
        bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
        forged.push(String::from_utf8(bytes).expect("ASCII"));
    }
    server.faults.seen();
    for token in forged.iter().filter(|token| !token.is_empty()) {
        let mut eve = server.client();
        eve.cookie = Some(token.clone());
        eve.refresh().await.refused(401, "invalid_refresh_token").clears_cookie();
        let body = json!({"refresh_token": token});
        eve.post("/auth/refresh").json(body).send().await.refused(401, "invalid_refresh_token").leaves_cookie();
    }
    assert_eq!(server.faults.seen(), ["append_audit"], "one row for all of them");
    ada.refresh().await.expect(200);
}

#[tokio::test]
async fn two_cookies_are_refused_and_both_stay() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    let genuine = ada.cookie.clone().expect("a cookie");
    for pair in [["planted", &genuine], [&genuine, "planted"], [&genuine, &genuine]] {
        for path in ["/auth/refresh", "/auth/logout"] {
            let [one, two] = pair;
            let in_one_line = format!("refresh_token={one}; refresh_token={two}");
            let answer = server.client().post(path).header("cookie", &in_one_line).send().await;
            answer.refused(400, "duplicate_cookie").leaves_cookie();
            let mut client = server.client();
            let call = client.post(path).header("cookie", &format!("refresh_token={one}"));
            let call = call.header("cookie", &format!("theme=dark; refresh_token={two}"));
            call.send().await.refused(400, "duplicate_cookie").leaves_cookie();
        }
    }
    ada.refresh().await.expect(200);
}

#[tokio::test]
async fn a_cookie_whose_name_only_resembles_ours_is_not_ours() {
    let server = TestServer::new().await;
    let ada = server.user("ada@example.com").await;
    let token = ada.cookie.clone().expect("a cookie");
    for name in ["Refresh_Token", "refresh_token2", "xrefresh_token", "__Host-refresh_token"] {
        let answer = server.client().post("/auth/refresh").header("cookie", &format!("{name}={token}")).send().await;
        answer.refused(401, "missing_refresh_token");
    }
}

#[tokio::test]
async fn a_token_in_the_cookie_and_another_in_the_body_are_refused() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    let token = ada.cookie.clone().expect("a cookie");
    for path in ["/auth/refresh", "/auth/logout"] {
        ada.post(path).json(json!({"refresh_token": token})).send().await.expect(400).leaves_cookie();
    }
    ada.refresh().await.expect(200);
}

#[tokio::test]
async fn a_refresh_without_a_token_is_401() {
    let server = TestServer::new().await;
    server.client().refresh().await.refused(401, "missing_refresh_token");
}

#[tokio::test]
async fn a_fault_of_the_store_keeps_token_and_cookie_as_good_as_they_were() {
    let server = strict().await;
    let mut ada = server.user("ada@example.com").await;
    for fault in [Fault::Before, Fault::AtCommit] {
        server.faults.break_everything(fault);
        ada.refresh().await.refused(503, "unavailable").leaves_cookie();
        ada.post("/auth/logout").send().await.refused(503, "unavailable").leaves_cookie();
        ada.post("/auth/logout-all").bearer().send().await.refused(503, "unavailable").leaves_cookie();
        server.faults.mend();
        ada.refresh().await.expect(200);
        ada.me().await.expect(200);
    }
}

#[tokio::test]
async fn verifying_goes_on_while_the_store_is_away() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    server.faults.break_everything(Fault::Before);
    ada.get("/auth/verify").bearer().send().await.expect(200);
    server.client().get("/.well-known/jwks.json").send().await.expect(200);
    ada.me().await.refused(503, "unavailable");
}

#[tokio::test]
async fn an_idle_session_ends_after_seven_days_and_any_session_after_thirty() {
    let server = TestServer::new().await;
    let mut idle = server.user("ada@example.com").await;
    let mut active = server.user("bob@example.com").await;
    for _ in 0..5 {
        server.advance(Duration::from_secs(6 * 24 * 3600 - 1));
        active.refresh().await;
    }
    idle.refresh().await.refused(401, "invalid_refresh_token").clears_cookie();
    server.advance(Duration::from_secs(5));
    active.refresh().await.expect(401);
}

#[tokio::test]
async fn a_refresh_brings_the_role_of_the_moment() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    let mut ada = server.user("ada@example.com").await;
    let path = format!("/admin/users/{}", server.id_of("ada@example.com").await);
    root.patch(&path).bearer().json(json!({"role": "admin"})).send().await.expect(200);
    ada.get("/admin/users").bearer().send().await.refused(401, "invalid_token");
    ada.refresh().await.expect(200);
    ada.get("/admin/users").bearer().send().await.expect(200);
}

#[tokio::test]
async fn a_suspended_or_deleted_user_cannot_refresh() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    let (mut ada, mut bob) = (server.user("ada@example.com").await, server.user("bob@example.com").await);
    let path = format!("/admin/users/{}", server.id_of("ada@example.com").await);
    root.patch(&path).bearer().json(json!({"status": "suspended"})).send().await.expect(200);
    let path = format!("/admin/users/{}", server.id_of("bob@example.com").await);
    root.delete(&path).bearer().send().await.expect(204);
    for client in [&mut ada, &mut bob] {
        client.me().await.refused(401, "invalid_token");
        client.refresh().await.refused(401, "invalid_refresh_token").clears_cookie();
    }
}
