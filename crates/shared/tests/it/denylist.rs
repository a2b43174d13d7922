//! The denylist in Redis: the layout others read, and no verdict from a set that may have gaps.

use std::time::Duration;

use hallpass_model::revocation::{FeedEntry, Revocation, Subject};
use hallpass_shared::{Received, RedisFault};
use hallpass_testbed::redis::RedisServer;

use crate::support::{NOW, denylist, entry, is_incomplete, presented, session, until, user};

#[tokio::test]
async fn entries_lie_where_other_services_look_for_them_and_live_as_long_as_the_token() {
    let server = RedisServer::start();
    let list = denylist(&server.url());
    list.committed(&[
        entry(1, Subject::Token("jti-1".to_owned())),
        entry(2, Subject::Session(session(2))),
        entry(3, Subject::User { user: user(3), issued_before: 1_700_000_000 }),
    ]);
    list.flush(NOW).await;
    let named = [
        ("blacklist:jti-1".to_owned(), "1"),
        (format!("blacklist:session:{}", session(2)), "1"),
        (format!("blacklist:user:{}", user(3)), "1700000000"),
    ];
    for (key, value) in named {
        assert_eq!(server.command(&["get", &key]), value, "{key}");
        let life: i64 = server.command(&["pttl", &key]).parse().expect("a number");
        assert!((1..=900_000).contains(&life), "{key} lives for {life} ms");
    }
}

#[tokio::test]
async fn a_pushed_set_gives_verdicts() {
    let server = RedisServer::start();
    let list = denylist(&server.url());
    let entries = [
        entry(1, Subject::Token("a".to_owned())),
        entry(2, Subject::Session(session(2))),
        entry(3, Subject::User { user: user(3), issued_before: NOW.secs() + 1 }),
        entry(4, Subject::User { user: user(4), issued_before: NOW.secs() }),
    ];
    list.push(&entries, NOW).await.expect("it is taken");
    for (token, n, refused) in [("a", 9, true), ("b", 9, false), ("b", 2, true), ("b", 3, true), ("b", 4, false)] {
        assert_eq!(list.refuses(&presented(token, n)).await.expect("an answer"), refused, "{token} of {n}");
    }
}

#[tokio::test]
async fn a_later_word_never_weakens_an_earlier_one() {
    let server = RedisServer::start();
    let list = denylist(&server.url());
    let of = |seq, before, secs| FeedEntry {
        seq,
        revocation: Revocation {
            subject: Subject::User { user: user(1), issued_before: before },
            until: NOW + Duration::from_secs(secs),
        },
    };
    list.push(&[of(2, NOW.secs() + 10, 900)], NOW).await.expect("it is taken");
    list.push(&[of(1, NOW.secs() - 10, 60)], NOW).await.expect("it is taken");
    assert!(list.refuses(&presented("a", 1)).await.expect("an answer"));
    let life: i64 = server.command(&["pttl", &format!("blacklist:user:{}", user(1))]).parse().expect("a number");
    assert!(life > 60_000, "{life}");
}

#[tokio::test]
async fn an_emptied_redis_gives_no_verdict_until_the_set_is_pushed_again() {
    let server = RedisServer::start();
    let list = denylist(&server.url());
    let entries = [entry(1, Subject::Token("a".to_owned()))];
    assert!(is_incomplete(&list.refuses(&presented("a", 1)).await), "nothing was pushed yet");
    list.push(&entries, NOW).await.expect("it is taken");
    server.command(&["flushall"]);
    assert!(is_incomplete(&list.refuses(&presented("a", 1)).await));
    assert!(!list.is_whole().await.expect("an answer"));
    list.push(&entries, NOW).await.expect("it is taken");
    assert!(list.refuses(&presented("a", 1)).await.expect("an answer"));
    assert!(!list.refuses(&presented("b", 1)).await.expect("an answer"));
}

#[tokio::test]
async fn a_restarted_redis_gives_no_verdict_even_when_another_replica_vouched_for_it() {
    let mut server = RedisServer::start();
    let (list, other) = (denylist(&server.url()), denylist(&server.url()));
    list.push(&[entry(1, Subject::Token("a".to_owned()))], NOW).await.expect("it is taken");
    server.start_again();
    // Another replica that knows less has vouched for what it has.
    until("the other replica pushes", async || other.push(&[], NOW).await.is_ok()).await;
    until("the first replica asks again", async || is_incomplete(&list.refuses(&presented("a", 1)).await)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_set_that_is_emptied_while_it_is_pushed_is_not_vouched_for() {
    let server = RedisServer::start();
    let list = denylist(&server.url());
    let many: Vec<FeedEntry> = (0..20_000).map(|n| entry(n, Subject::Token(format!("token-{n}")))).collect();
    let size = || server.command(&["dbsize"]).parse::<u32>().expect("a number");
    let mut caught = 0;
    for _ in 0..20 {
        let (replica, entries) = (list.clone(), many.clone());
        let push = tokio::spawn(async move { replica.push(&entries, NOW).await });
        until("the push is under way", async || size() > 1000).await;
        server.command(&["flushall"]);
        let pushed = push.await.expect("no panic");
        let is_vouched_for = server.command(&["exists", WHOLE]) == "1";
        // Either it was over before the server was emptied, or it says that it failed; never half a set vouched for.
        assert!(!is_vouched_for, "{pushed:?}, with {} keys", size());
        caught += u32::from(matches!(pushed, Err(RedisFault::Incomplete)));
        assert!(is_incomplete(&list.refuses(&presented("none", 1)).await));
    }
    assert!(caught > 0, "the server was never emptied in time");
}

const WHOLE: &str = "hallpass:{denylist}:whole";

#[tokio::test]
async fn an_entry_is_published_when_it_is_there_and_a_repetition_is_not() {
    let server = RedisServer::start();
    let (list, other) = (denylist(&server.url()), denylist(&server.url()));
    let mut subscription = other.subscribe().await.expect("it listens");
    let (first, second) = (entry(1, Subject::Token("a".to_owned())), entry(2, Subject::Session(session(2))));
    list.committed(std::slice::from_ref(&first));
    list.flush(NOW).await;
    list.push(std::slice::from_ref(&first), NOW).await.expect("it is taken");
    list.adopt(std::slice::from_ref(&first));
    list.committed(std::slice::from_ref(&second));
    list.flush(NOW).await;
    assert_eq!(subscription.next().await, Received::Entry(first));
    assert_eq!(subscription.next().await, Received::Entry(second));
    server.command(&["publish", "hallpass:denylist", "9 what is this"]);
    assert_eq!(subscription.next().await, Received::Unreadable);
    assert!(subscription.is_alive().await);
}

#[tokio::test]
async fn a_full_redis_is_an_error_and_gives_no_verdict_afterwards() {
    let server = RedisServer::start_with(&["--maxmemory", "3mb"]);
    let list = denylist(&server.url());
    list.push(&[], NOW).await.expect("it is taken");
    server.command(&["config", "set", "maxmemory", "1"]);
    list.committed(&[entry(1, Subject::Token("a".to_owned()))]);
    list.flush(NOW).await;
    assert!(is_incomplete(&list.refuses(&presented("a", 1)).await), "an entry is missing, and Redis must not hide it");
    assert!(!list.is_whole().await.expect("an answer"));
    server.command(&["config", "set", "maxmemory", "0"]);
    list.push(&[entry(1, Subject::Token("a".to_owned()))], NOW).await.expect("it is taken");
    assert!(list.refuses(&presented("a", 1)).await.expect("an answer"));
}

#[tokio::test]
async fn a_server_that_evicts_is_not_trusted() {
    let server = RedisServer::start_with(&["--maxmemory-policy", "allkeys-lru"]);
    let about = crate::support::redis(&server.url()).about().await.expect("an answer");
    assert!(about.check().expect_err("it evicts").to_string().contains("noeviction"));
    let server = RedisServer::start();
    crate::support::redis(&server.url()).about().await.expect("an answer").check().expect("it keeps everything");
}
