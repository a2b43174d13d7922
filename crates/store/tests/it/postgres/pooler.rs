//! Behind pgbouncer in transaction mode: each transaction may find itself on another connection.

use std::time::Duration;

use hallpass_model::Role;
use hallpass_store::op::{self, Refreshed};
use hallpass_store::{Options, Store};
use hallpass_testbed::{PgBouncer, Postgres};
use tokio::task::JoinSet;

use crate::support::{Alone, POLICY, act, at, create, first_token, new_session, new_user, refresh};

async fn open(url: &str) -> Store {
    Store::connect(Options::postgres(url.parse().expect("a URL"))).await.expect("opens")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_operation_works_through_a_pooler_in_transaction_mode() {
    let cluster = Postgres::start();
    let pooler = PgBouncer::in_front_of(&cluster);
    let (here, there) = tokio::join!(open(pooler.url()), open(pooler.url()));
    let direct = open(cluster.url()).await;
    let mut walks = JoinSet::new();
    for n in 0..24_u8 {
        let store = if n % 2 == 0 { here.clone() } else { there.clone() };
        walks.spawn(async move {
            store.write(create(new_user(n, Role::user()), Some(new_session(n, n, 0)))).await.expect("writes");
            let mut token = first_token(n);
            for nonce in 0..10 {
                let rotated = store.revoked(refresh(&token, 1, nonce, POLICY)).await.expect("writes");
                assert!(matches!(rotated, Refreshed::Rotated(_)), "{rotated:?}");
                token = token.successor(&[nonce; 16]).expect("derives");
                assert!(store.read(op::FindFamily { session: token.session() }).await.expect("reads").is_some());
            }
            let revoke = op::RevokeToken { act: act(1), jti: format!("jti-{n}"), until: at(600) };
            store.revoked(revoke).await.expect("writes");
        });
    }
    walks.join_all().await;
    assert_eq!(here.read(op::CountUsers).await, Ok(24));
    let feed = there.read(op::RevocationsSince { seq: 0 }).await.expect("reads");
    assert_eq!((feed.entries.len(), feed.last_seq), (24, 24));
    assert_eq!(here.check().await, Ok(Vec::new()));
    // What is written through the pooler is told to whoever listens past it.
    tokio::time::timeout(Duration::from_secs(60), direct.changed()).await.expect("it listens");
    let revoke = op::RevokeToken { act: act(1), jti: "last".to_owned(), until: at(600) };
    here.revoked(revoke).await.expect("writes");
    tokio::time::timeout(Duration::from_secs(60), direct.changed()).await.expect("it hears");
    for store in [here, there, direct] {
        store.close().await;
    }
}
