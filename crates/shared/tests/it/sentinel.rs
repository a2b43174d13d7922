//! A master dies, and its replica takes over.

use hallpass_model::rate_limit::Backend;
use hallpass_model::revocation::Subject;
use hallpass_testbed::redis::RedisSentinel;

use crate::support::{NOW, buckets, denylist, entry, is_granted, is_incomplete, keys, presented, shared, terms, until};

#[tokio::test]
async fn after_a_failover_the_new_master_is_found_and_not_believed_before_it_has_the_set() {
    let mut world = RedisSentinel::start();
    let (limits, list) = (shared(&world.url()), denylist(&world.url()));
    assert_eq!(limits.reserve(&buckets(keys(1)), terms()).await.1, Backend::Redis);
    let entries = [entry(1, Subject::Token("a".to_owned()))];
    list.push(&entries, NOW).await.expect("it is taken");
    assert!(list.refuses(&presented("a", 1)).await.expect("an answer"));
    world.master.stop();
    until("the replica has taken over", async || world.replica.command(&["role"]).starts_with("master")).await;
    // An entry that the old master took and did not pass on.
    world.replica.command(&["del", "blacklist:a"]);
    until("the new master is found", async || {
        let verdict = list.refuses(&presented("a", 1)).await;
        assert!(verdict.is_err(), "a set that was not pushed there gives no verdict");
        is_incomplete(&verdict)
    })
    .await;
    list.push(&entries, NOW).await.expect("it is taken");
    assert!(list.refuses(&presented("a", 1)).await.expect("an answer"));
    assert!(!list.refuses(&presented("b", 1)).await.expect("an answer"));
    until("logins are counted there", async || {
        let (reserved, backend) = limits.reserve(&buckets(keys(2)), terms()).await;
        is_granted(&reserved) && backend == Backend::Redis
    })
    .await;
}
