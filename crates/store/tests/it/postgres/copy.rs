//! A store copied from one engine to the other, and back.

use std::sync::Arc;

use hallpass_store::op::transfer::{Begin, Begun, Finish, Incoming, Table};
use hallpass_store::transfer::Copier;
use hallpass_store::{Options, Store, op};
use tempfile::TempDir;

use crate::copy::{dump, furnish};
use crate::support::{World, act, at};

/// A store on a file, among those on PostgreSQL.
fn on_file() -> World {
    let folder = TempDir::new().expect("a folder");
    let store = Store::open(Options::new(folder.path().join("data/hallpass.db"))).expect("opens");
    World { store, heard: Arc::default(), folder, url: None }
}

/// Copies until a pass finds nothing, and opens the copy.
async fn moves(source: &World, target: &World, ticket: &str) {
    let mark = Incoming { installation: "this one".into(), ticket: ticket.into(), from: "elsewhere".into() };
    assert_eq!(target.write(Begin { mark: mark.clone() }).await, Begun::Fresh);
    let mirror = Copier::new(source.store.clone(), target.store.clone(), &mark).expect("encodes");
    mirror.fill(&mut |_, _| ()).await.expect("a pass");
    for found in mirror.catch_up(&mut |_, _| ()).await.expect("a pass") {
        assert_eq!((found.differences, found.source), (0, found.target), "{:?}", found.table);
    }
    assert!(target.write(Finish { act: act(50), mark }).await);
}

#[tokio::test]
async fn to_postgres_and_back_every_row_is_what_it_was() {
    let (first, middle, last) = (on_file(), World::new().await, on_file());
    furnish(&first).await;
    moves(&first, &middle, "there").await;
    moves(&middle, &last, "back").await;
    for table in Table::ALL {
        let (before, mut after) = (dump(&first, table.name()), dump(&last, table.name()));
        if *table == Table::AuditLog {
            // Each move tells the log of itself.
            assert_eq!(after.len(), before.len() + 2);
            after.truncate(before.len());
        }
        if *table == Table::AuditChain {
            assert_ne!(before, after, "the chain goes on");
            continue;
        }
        assert_eq!(before, after, "{}", table.name());
    }
}

#[tokio::test]
async fn numbers_of_log_and_feed_go_on_behind_those_of_the_other_engine() {
    let (first, middle) = (on_file(), World::new().await);
    furnish(&first).await;
    let newest = first.audit().await[0].seq;
    let last = first.read(op::RevocationsSince { seq: 0 }).await.last_seq;
    moves(&first, &middle, "there").await;
    middle.revoke(op::RevokeToken { act: act(60), jti: "x".to_owned(), until: at(900) }).await;
    let seqs: Vec<i64> = middle.audit().await.iter().take(3).map(|row| row.seq).collect();
    assert_eq!(seqs, [newest + 2, newest + 1, newest]);
    let after = middle.read(op::RevocationsSince { seq: last }).await;
    assert_eq!(after.entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [last + 1]);
}
