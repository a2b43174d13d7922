//! Lazy migration: who has no account here moves in at the first login, with the password of another system.

use std::sync::Arc;
use std::time::Duration;

use hallpass_auth::LegacySettings;
use hallpass_egress::{Client as Egress, Rules};
use hallpass_testbed::receiver::{Receiver, Reply};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::http_webhooks::verifies;
use crate::support::TestServer;

const ADA: &str = "ada@example.com";
/// Too common to be chosen here; it was chosen there.
const OLD: &str = "password1";
const SECRET: &str = "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
const KNOWN: Reply = Reply::Body(200, r#"{"user":{"id":"old-4711","email_verified":true,"role":"admin"}}"#);

async fn world(until: Option<Duration>) -> (TestServer, Receiver) {
    let receiver = Receiver::start().await;
    receiver.always(Reply::Status(401));
    let rules = Rules {
        allow: vec!["localhost".to_owned()],
        authorities: vec![receiver.authority.clone()],
        ..Rules::default()
    };
    let (client, url) = (Egress::new(&rules).expect("a client"), receiver.url());
    let start = hallpass_model::Timestamp::from_secs(hallpass_testbed::world::START);
    let legacy = LegacySettings {
        client,
        url,
        secret: Arc::new(zeroize::Zeroizing::new(vec![7; 32])),
        until: until.map(|left| start + left),
    };
    let server = TestServer::with(|setup| setup.settings.legacy = Some(legacy)).await;
    (server, receiver)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_right_password_moves_in_once_and_is_checked_here_from_then_on() {
    let (server, receiver) = world(None).await;
    receiver.next(KNOWN);
    let mut ada = server.client();
    ada.login("Ada@Example.com", OLD).await.expect(200);
    let asked = receiver.take();
    assert_eq!(asked.len(), 1);
    assert!(verifies(&asked[0], SECRET), "{asked:?}");
    let body: Value = serde_json::from_str(&asked[0].body).expect("JSON");
    assert_eq!(body, json!({"email": "Ada@example.com", "password": OLD}));
    let me = ada.me().await.expect(200).json();
    assert_eq!(me["role"], "user", "roles are given here");
    assert!(!me["email_verified_at"].is_null(), "it was proved there");
    server.client().login(ADA, OLD).await.expect(200);
    server.client().login(ADA, "another one").await.refused(401, "invalid_credentials");
    assert!(receiver.take().is_empty(), "nobody is asked about an account that is here");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_counts_as_any_and_a_locked_address_asks_nobody() {
    let (server, receiver) = world(None).await;
    for (n, status) in [401, 403, 404, 401, 401].into_iter().enumerate() {
        receiver.next(Reply::Status(status));
        let mut client = server.client_at(&format!("198.51.100.{n}"));
        client.login(ADA, "wrong guess").await.refused(401, "invalid_credentials");
    }
    assert_eq!(receiver.take().len(), 5);
    receiver.always(KNOWN);
    server.client_at("198.51.100.9").login(ADA, OLD).await.refused(429, "account_locked");
    assert!(receiver.take().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_answer_is_no_verdict_costs_no_attempt_and_is_not_asked_for_without_end() {
    let (server, receiver) = world(None).await;
    let mut client = server.client();
    let useless = [Reply::Status(500), Reply::Status(302), Reply::Body(200, "{}"), Reply::Endless, Reply::Status(429)];
    for reply in useless {
        receiver.next(reply);
        let refused = client.login(ADA, OLD).await.refused(503, "legacy_unavailable");
        assert_eq!(refused.header("ratelimit-remaining").as_deref(), Some("10"));
        assert!(refused.header("retry-after").is_some());
    }
    assert_eq!(receiver.take().len(), 5);
    receiver.always(KNOWN);
    client.login(ADA, OLD).await.refused(503, "legacy_unavailable");
    assert!(receiver.take().is_empty(), "it is left alone for a while");
    server.advance(Duration::from_secs(10));
    client.login(ADA, OLD).await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_the_last_day_nobody_is_asked() {
    let (server, receiver) = world(Some(Duration::from_secs(3600))).await;
    receiver.always(KNOWN);
    server.advance(Duration::from_secs(3600));
    server.client().login(ADA, OLD).await.refused(401, "invalid_credentials");
    assert!(receiver.take().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_make_one_account_and_an_id_that_is_given_twice_makes_no_second() {
    let (server, receiver) = world(None).await;
    receiver.always(KNOWN);
    let mut logins = JoinSet::new();
    for n in 0..4 {
        let mut client = server.client_at(&format!("198.51.100.{n}"));
        logins.spawn(async move { client.login(ADA, OLD).await.status.as_u16() });
    }
    assert_eq!(logins.join_all().await, [200; 4]);
    server.client().login("eve@example.com", OLD).await.refused(503, "legacy_unavailable");
}
