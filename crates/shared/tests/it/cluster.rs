//! Three masters that share the keys.

use hallpass_model::rate_limit::{Backend, Outcome};
use hallpass_model::revocation::{FeedEntry, Subject};
use hallpass_shared::Received;
use hallpass_testbed::redis::RedisCluster;

use crate::support::{NOW, buckets, denylist, entry, is_granted, keys, presented, shared, terms};

#[tokio::test]
async fn a_cluster_counts_and_denies_like_one_server() {
    let cluster = RedisCluster::start();
    let (limits, other) = (shared(&cluster.url()), shared(&cluster.url()));
    for n in 0..5 {
        let keys = (keys(n).0, keys(0).1);
        let (reserved, backend) = limits.reserve(&buckets(keys), terms()).await;
        assert!(is_granted(&reserved), "{reserved:?}");
        assert_eq!(backend, Backend::Redis);
        let settled = limits.settle(backend, &buckets(keys), Outcome::Failure, terms()).await;
        assert_eq!(settled.locked, n == 4);
    }
    assert!(!is_granted(&other.reserve(&buckets((keys(9).0, keys(0).1)), terms()).await.0));

    let (list, reader) = (denylist(&cluster.url()), denylist(&cluster.url()));
    let mut subscription = reader.subscribe().await.expect("it listens");
    reader.push(&[], NOW).await.expect("it is taken");
    let entries: Vec<FeedEntry> = (0..64).map(|n| entry(n, Subject::Token(format!("token-{n}")))).collect();
    list.committed(&entries);
    list.flush(NOW).await;
    for entry in &entries {
        let Subject::Token(jti) = &entry.revocation.subject else { panic!("a token") };
        assert!(reader.refuses(&presented(jti, 1)).await.expect("an answer"), "{jti}");
        assert_eq!(cluster.get(&format!("blacklist:{jti}")), "1");
        assert!(matches!(subscription.next().await, Received::Entry(_)));
    }
    assert!(!reader.refuses(&presented("another", 1)).await.expect("an answer"));
    let shares = cluster.nodes().iter().filter(|node| node.command(&["dbsize"]) != "0").count();
    assert_eq!(shares, 3, "every node has a part");
    crate::support::redis(&cluster.url()).about().await.expect("an answer").check().expect("it keeps everything");
}
