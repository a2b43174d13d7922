//! Tampering with the audit log is found.

use hallpass_model::audit::{AuditEntry, Event};
use hallpass_model::secret::Secret;
use hallpass_store::op::{self, AuditFault, Head, Progress};
use hallpass_store::{AuditKey, Store};

use crate::support::{World, act, at};

const DAY: i64 = 86_400;

fn key() -> AuditKey {
    AuditKey::new(&Secret::new([7; 32]))
}

/// A log of rows that are a day apart.
async fn log(rows: i64) -> World {
    let world = World::with(|options| options.audit_key(key())).await;
    for day in 0..rows {
        append(&world.store, day * DAY).await;
    }
    world
}

async fn append(store: &Store, secs: i64) {
    let entry = AuditEntry::new(Event::LoginFailed).detail("email", "ada@example.com");
    store.write(op::AppendAudit { act: act(secs), entry }).await.expect("appends");
}

async fn verify(world: &World, head: Option<Head>) -> Progress {
    let mut progress = Progress::holding(head.as_ref());
    loop {
        let (further, is_last) = world.read(op::VerifyAudit { progress, head, limit: 3 }).await;
        if is_last {
            return further;
        }
        progress = further;
    }
}

/// What a client of the database can do: the triggers are no obstacle.
fn tamper(world: &World, statements: &[&str]) {
    match &world.url {
        None => {
            let raw = rusqlite::Connection::open(world.path()).expect("opens");
            raw.execute_batch("DROP TRIGGER IF EXISTS audit_log_is_never_changed").expect("drops");
            raw.execute_batch("DROP TRIGGER IF EXISTS audit_log_keeps_its_newest_day").expect("drops");
            raw.execute_batch(&statements.join(";")).expect("runs");
        }
        Some(url) => {
            let sql = format!("ALTER TABLE audit_log DISABLE TRIGGER USER; {};", statements.join(";"));
            hallpass_testbed::Postgres::psql(url, &sql);
        }
    }
}

#[tokio::test]
async fn a_log_that_was_left_alone_is_whole() {
    let world = log(7).await;
    let found = verify(&world, None).await;
    assert_eq!((found.faults.as_slice(), found.chained, found.unchained, found.before), (&[][..], 7, 0, 0));
    assert_eq!(found.head().map(|head| head.position), Some(7));
}

#[tokio::test]
async fn a_changed_row_is_named_and_so_is_one_with_anothers_hash() {
    let world = log(5).await;
    tamper(&world, &["UPDATE audit_log SET ip = '203.0.113.9' WHERE seq = 3"]);
    assert_eq!(verify(&world, None).await.faults, [AuditFault::Changed { seq: 3 }]);
}

#[tokio::test]
async fn removed_rows_are_named_in_the_middle_at_the_start_and_at_the_end() {
    for (delete, from, to) in [("seq IN (3, 4)", 3, 4), ("seq < 3", 1, 2), ("seq > 4", 5, 6)] {
        let world = log(6).await;
        tamper(&world, &[&format!("DELETE FROM audit_log WHERE {delete}")]);
        assert_eq!(verify(&world, None).await.faults, [AuditFault::Missing { from, to }], "{delete}");
    }
}

#[tokio::test]
async fn rows_that_were_swapped_or_inserted_are_found() {
    let world = log(5).await;
    tamper(
        &world,
        &[
            "UPDATE audit_log SET seq = 99 WHERE seq = 2",
            "UPDATE audit_log SET seq = 2 WHERE seq = 3",
            "UPDATE audit_log SET seq = 3 WHERE seq = 99",
        ],
    );
    assert!(!verify(&world, None).await.faults.is_empty(), "swapped");
    let world = log(2).await;
    let forged = "INSERT INTO audit_log (at, event, actor, detail) VALUES (1, 'user.created', 'operator', '{}')";
    tamper(&world, &[forged]);
    let found = verify(&world, None).await;
    assert_eq!((found.faults.as_slice(), found.unchained), (&[][..], 1));
}

#[tokio::test]
async fn another_key_verifies_nothing() {
    let world = World::new().await;
    append(&world.store, 0).await;
    let stranger = world.beside().await;
    let (found, _) = stranger
        .read(op::VerifyAudit { progress: Progress::holding(None), head: None, limit: 9 })
        .await
        .expect("reads");
    assert_eq!(found.faults, [AuditFault::Changed { seq: 1 }]);
}

#[tokio::test]
async fn what_retention_removes_is_no_gap_and_a_forged_mark_hides_none() {
    let world = log(6).await;
    let prune = op::Prune { now: at(6 * DAY), audit_before: at(2 * DAY), limit: 100 };
    assert_eq!(world.write(prune).await.audit, 2);
    let found = verify(&world, None).await;
    assert_eq!((found.faults.as_slice(), found.chained), (&[][..], 4));
    tamper(
        &world,
        &["DELETE FROM audit_log WHERE seq = 3", "UPDATE audit_chain SET position = 3 WHERE name = 'pruned'"],
    );
    assert!(!verify(&world, None).await.faults.is_empty());
}

#[tokio::test]
async fn a_head_noted_elsewhere_shows_a_log_that_was_put_back() {
    let world = log(3).await;
    let head = verify(&world, None).await.head().expect("rows");
    assert_eq!(head.to_string().parse(), Ok(head));
    append(&world.store, 3 * DAY).await;
    assert_eq!(verify(&world, Some(head)).await.holds, Some(true));
    tamper(&world, &["DELETE FROM audit_log WHERE seq > 2", "UPDATE audit_chain SET position = 2 WHERE name = 'head'"]);
    let found = verify(&world, Some(head)).await;
    assert_eq!((found.faults.as_slice(), found.holds), (&[][..], Some(false)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_at_once_on_two_processes_make_one_chain() {
    let world = log(0).await;
    let other = world.beside_with(|options| options.audit_key(key())).await;
    let writers = (0..8).map(|n| {
        let store = if n % 2 == 0 { world.store.clone() } else { other.clone() };
        tokio::spawn(async move {
            for secs in 0..10 {
                append(&store, secs).await;
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.expect("writes");
    }
    let found = verify(&world, None).await;
    assert_eq!((found.faults.as_slice(), found.chained), (&[][..], 80));
}

#[tokio::test]
async fn a_row_below_the_first_number_or_in_the_place_of_pruned_ones_is_found() {
    let forged =
        "INSERT INTO audit_log (seq, at, event, actor, detail) VALUES (-5, 1, 'user.created', 'operator', '{}')";
    let world = log(6).await;
    tamper(&world, &[forged]);
    assert_eq!(verify(&world, None).await.before, 1, "it is shown as a row from before the chain");
    let prune = op::Prune { now: at(6 * DAY), audit_before: at(2 * DAY), limit: 100 };
    assert_eq!(world.write(prune).await.audit, 3);
    assert_eq!(verify(&world, None).await.before, 0);
    tamper(&world, &[&forged.replace("-5", "1")]);
    let found = verify(&world, None).await;
    assert_eq!((found.before, found.unchained), (0, 1), "no row from before the chain is left");
}

#[tokio::test]
async fn a_chain_that_was_taken_away_and_begun_anew_is_shown_by_a_head() {
    let world = log(3).await;
    let head = verify(&world, None).await.head();
    let strip = ["UPDATE audit_log SET position = NULL, mac = NULL", "UPDATE audit_chain SET position = 0"];
    tamper(&world, &strip);
    append(&world.store, 3 * DAY).await;
    let found = verify(&world, head).await;
    assert_eq!((found.before, found.chained, found.holds), (3, 1, Some(false)));
}
