//! Rotations of one batch, which are one statement: the same answers and the same rows as one by one.

use std::time::Duration;

use hallpass_model::Role;
use hallpass_model::session::RefreshPolicy;
use hallpass_store::op::{RefreshSession, Refreshed};
use hallpass_store::{Options, Store};
use hallpass_testbed::Postgres as Cluster;
use tokio::task::JoinSet;

use super::together::{DAWDLE, FAMILIES, fill, rotate_all};
use crate::support::{Alone, POLICY, STRICT, World, first_token, refresh};

const FIXED: RefreshPolicy = RefreshPolicy { sliding: false, ..POLICY };

/// Every kind of refresh that a batch may hold: another address or none, another client, an end that slides or not, a token
/// that is not genuine, an expired one, and those of an account that is suspended.
fn mixed(n: u8) -> RefreshSession {
    let policy = if n.is_multiple_of(2) { STRICT } else { FIXED };
    let secs = if n % 11 == 10 { 60 * 24 * 3600 } else { i64::from(n) };
    let mut refresh = refresh(&first_token(n), secs, n, policy);
    match n % 5 {
        0 => refresh.act.ip = None,
        1 => refresh.act.ip = Some("2001:db8::7".parse().expect("an address")),
        2 => refresh.act.user_agent = Some(format!("client {n} \u{1F3AB} \0 \\ \" {{}}, NULL")),
        3 => refresh.act.user_agent = None,
        _ => {}
    }
    if n % 7 == 6 {
        refresh.presented = self::refresh(&first_token(n), 1, n, policy).successor;
    }
    refresh
}

/// What became of each family, in the order of their numbers, and every row of the sessions.
async fn outcomes(batch: usize) -> (Vec<Refreshed>, Vec<String>) {
    let world = World::with(|options| options.batch(batch)).await;
    for n in 1..=FAMILIES / 4 {
        world.user(n, Role::user()).await;
    }
    for n in 1..=FAMILIES {
        world.session(n, n.div_ceil(4), 0).await;
    }
    let url = world.url.as_deref().expect("on PostgreSQL");
    Cluster::psql(url, "UPDATE users SET status = 'suspended' WHERE email LIKE '%3@%'");
    let held = hold(&world.store).await;
    let mut running = JoinSet::new();
    for n in 1..=FAMILIES {
        let store = world.store.clone();
        running.spawn(async move { (n, store.revoked(mixed(n)).await.expect("writes")) });
    }
    let mut all = running.join_all().await;
    all.sort_by_key(|(n, _)| *n);
    held.join_all().await;
    let is_session = |row: &String| row.starts_with("sessions|");
    (all.into_iter().map(|(_, outcome)| outcome).collect(), world.contents().into_iter().filter(is_session).collect())
}

/// Keeps both of the batches that may be under way, so that what comes now shares the next.
async fn hold(store: &Store) -> JoinSet<()> {
    let mut held = JoinSet::new();
    for _ in 0..2 {
        let store = store.clone();
        held.spawn(async move { store.write(DAWDLE).await.expect("sleeps") });
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    held
}

#[tokio::test(flavor = "multi_thread")]
async fn rotations_of_one_statement_answer_and_write_what_single_ones_do() {
    let (merged, merged_rows) = outcomes(256).await;
    let (single, single_rows) = outcomes(1).await;
    assert_eq!(merged, single);
    assert_eq!(merged_rows, single_rows);
    let rotated = single.iter().filter(|outcome| matches!(outcome, Refreshed::Rotated(_))).count();
    assert!((100..190).contains(&rotated), "{rotated} of {FAMILIES}: each kind is there");
}

/// What the server has counted, once the sessions of its clients have ended.
async fn counted(cluster: &Cluster, column: &str) -> u64 {
    let sql = format!("SELECT {column} FROM pg_stat_user_tables WHERE relname = 'sessions'");
    let mut last = String::new();
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let now = Cluster::psql(cluster.url(), &sql);
        if now == last {
            break;
        }
        last = now;
    }
    last.parse().expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_reads_its_own_rows_of_a_small_table_and_collides_with_no_other() {
    let cluster = Cluster::start();
    let options = || Options::postgres(cluster.url().parse().expect("a URL"));
    let store = Store::connect(options()).await.expect("opens");
    fill(&store).await;
    store.close().await;
    // The planner knows how small it is.
    Cluster::psql(cluster.url(), "ANALYZE");
    let (fetched, written) = ("seq_tup_read + idx_tup_fetch", "n_tup_upd");
    let before = (counted(&cluster, fetched).await, counted(&cluster, written).await);
    let store = Store::connect(options().batch(100)).await.expect("opens");
    let held = hold(&store).await;
    assert_eq!(rotate_all(&store).await, (usize::from(FAMILIES), 0));
    held.join_all().await;
    store.close().await;
    let updates = counted(&cluster, written).await - before.1;
    assert_eq!(updates, u64::from(FAMILIES), "two batches of a hundred: a rollback would have updated some twice");
    let reads = counted(&cluster, fetched).await - before.0;
    assert_eq!(reads, u64::from(FAMILIES), "a batch that reads the whole table locks the rows of the other");
}
