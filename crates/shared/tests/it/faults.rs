//! A network that fails in every way: it gives no client more attempts, and all is well again without a restart.

use std::time::Duration;

use hallpass_model::rate_limit::{Backend, Outcome};
use hallpass_model::revocation::Subject;
use hallpass_shared::RedisFault;
use hallpass_testbed::proxy::{Network, Proxy};
use hallpass_testbed::redis::RedisServer;

use crate::support::{NOW, buckets, denylist, entry, is_granted, keys, presented, shared, terms, until};

const FAULTS: [Network; 4] =
    [Network::Down, Network::Silent, Network::Slow(Duration::from_secs(5)), Network::CutsAnswers];

fn between(server: &RedisServer) -> (Proxy, String) {
    let proxy = Proxy::to(server.port());
    let url = format!("redis://127.0.0.1:{}", proxy.port());
    (proxy, url)
}

#[tokio::test]
async fn without_redis_a_process_counts_for_itself_with_half_the_budget_and_comes_back() {
    for fault in FAULTS {
        let server = RedisServer::start();
        let (proxy, url) = between(&server);
        let limits = shared(&url);
        let (granted, backend) = limits.reserve(&buckets(keys(1)), terms()).await;
        assert!(is_granted(&granted) && backend == Backend::Redis);
        limits.settle(backend, &buckets(keys(1)), Outcome::Failure, terms()).await;
        proxy.becomes(fault);
        let mut let_through = 0;
        for _ in 0..12 {
            let (reserved, backend) = limits.reserve(&buckets(keys(1)), terms()).await;
            assert_eq!(backend, Backend::Memory, "{fault:?}");
            let_through += u32::from(is_granted(&reserved));
            limits.settle(backend, &buckets(keys(1)), Outcome::Failure, terms()).await;
        }
        assert_eq!(let_through, 3, "{fault:?}: half of five failures, rounded up");
        proxy.becomes(Network::Fine);
        until("Redis counts again", async || limits.reserve(&buckets(keys(2)), terms()).await.1 == Backend::Redis)
            .await;
    }
}

#[tokio::test]
async fn a_reservation_that_was_cut_off_in_the_middle_counts_against_the_account_and_never_for_it() {
    let server = RedisServer::start();
    let (proxy, url) = between(&server);
    let limits = shared(&url);
    limits.reserve(&buckets(keys(2)), terms()).await;
    proxy.becomes(Network::CutsAnswers);
    let (_, backend) = limits.reserve(&buckets(keys(1)), terms()).await;
    assert_eq!(backend, Backend::Memory);
    proxy.becomes(Network::Fine);
    let direct = shared(&server.url());
    let mut budgets = Vec::new();
    for _ in 0..5 {
        let (reserved, _) = direct.reserve(&buckets(keys(1)), terms()).await;
        budgets.push(reserved);
    }
    // The address's attempt whose answer was lost is spent: five more leave four, not five.
    let left = match budgets.pop() {
        Some(hallpass_model::rate_limit::Reservation::Granted { budget: Some(budget) }) => budget.remaining,
        other => panic!("{other:?}"),
    };
    assert!(left <= 5, "{left}");
}

#[tokio::test]
async fn a_settlement_that_is_lost_leaves_the_attempt_counted() {
    let server = RedisServer::start();
    let (proxy, url) = between(&server);
    let limits = shared(&url);
    for _ in 0..5 {
        let (reserved, backend) = limits.reserve(&buckets(keys(1)), terms()).await;
        assert!(is_granted(&reserved) && backend == Backend::Redis);
    }
    proxy.becomes(Network::Down);
    for _ in 0..5 {
        let settled = limits.settle(Backend::Redis, &buckets(keys(1)), Outcome::Failure, terms()).await;
        assert_eq!(settled, hallpass_model::rate_limit::Settlement::default());
    }
    let direct = shared(&server.url());
    assert!(!is_granted(&direct.reserve(&buckets(keys(1)), terms()).await.0), "five are under way still");
}

#[tokio::test]
async fn no_answer_is_no_verdict() {
    for fault in FAULTS {
        let server = RedisServer::start();
        let (proxy, url) = between(&server);
        let list = denylist(&url);
        list.push(&[entry(1, Subject::Token("a".to_owned()))], NOW).await.expect("it is taken");
        assert!(list.refuses(&presented("a", 1)).await.expect("an answer"));
        proxy.becomes(fault);
        for _ in 0..3 {
            let verdict = list.refuses(&presented("b", 1)).await;
            assert!(matches!(verdict, Err(RedisFault::Slow | RedisFault::Lost(_) | RedisFault::Paused)), "{verdict:?}");
        }
        proxy.becomes(Network::Fine);
        // The connection is another: the server at its end must be given the set first.
        until("it can be pushed again", async || list.push(&[], NOW).await.is_ok()).await;
        assert!(list.refuses(&presented("a", 1)).await.expect("an answer"));
    }
}

#[tokio::test]
async fn a_write_that_fails_is_known_to_be_missing_until_it_is_pushed() {
    let server = RedisServer::start();
    let (proxy, url) = between(&server);
    let list = denylist(&url);
    list.push(&[], NOW).await.expect("it is taken");
    proxy.becomes(Network::Down);
    let missing = entry(1, Subject::Token("a".to_owned()));
    list.committed(std::slice::from_ref(&missing));
    list.flush(NOW).await;
    proxy.becomes(Network::Fine);
    until("Redis is reached", async || list.is_whole().await.is_ok()).await;
    assert!(!list.is_whole().await.expect("an answer"));
    list.push(&[missing], NOW).await.expect("it is taken");
    assert!(list.is_whole().await.expect("an answer"));
    assert_eq!(server.command(&["get", "blacklist:a"]), "1");
}

#[tokio::test]
async fn a_silent_network_is_noticed_by_a_subscriber() {
    let server = RedisServer::start();
    let (proxy, url) = between(&server);
    let list = denylist(&url);
    let mut subscription = list.subscribe().await.expect("it listens");
    assert!(subscription.is_alive().await);
    proxy.becomes(Network::Silent);
    assert!(!subscription.is_alive().await);
}
