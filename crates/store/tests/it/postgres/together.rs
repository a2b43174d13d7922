//! Rotations that share a transaction: what they gain, and that none suffers for another.

use std::sync::Arc;
use std::time::Duration;

use hallpass_model::Role;
use hallpass_store::conn::Conn;
use hallpass_store::op::{self, Mode, Refreshed};
use hallpass_store::{Operation, Options, Result, Store};
use hallpass_testbed::Postgres as Cluster;
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinSet;

use super::outages::cut_connections;
use crate::login::open;
use crate::support::{Alone, POLICY, STRICT, World, create, first_token, new_session, new_user, refresh, session_id};

pub(super) const FAMILIES: u8 = 200;

/// One user with many sessions.
pub(super) async fn fill(store: &Store) {
    store.write(create(new_user(1, Role::user()), None)).await.expect("writes");
    for n in 1..=FAMILIES {
        store.revoked(open(new_session(n, 1, 0), 1, 0)).await.expect("writes");
    }
}

/// One statement that may be all of its operation.
pub(super) struct One(&'static str);

impl Operation for One {
    type Output = ();
    const NAME: &'static str = "one";
    const MODE: Mode = Mode::Write;
    const FIRST_MAY_BE_ALL: bool = true;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<()> {
        conn.execute(self.0, &[]).await.map(|_| ())
    }
}

/// Holds both of the transactions that may be under way.
pub(super) const DAWDLE: One = One("SELECT CAST(pg_sleep(0.3) AS TEXT)");
const FAIL: One = One("UPDATE counters SET value = value / 0");

/// Writes to the first family's row, and keeps it until it is told to go on.
struct Holds {
    held: Arc<Notify>,
    /// Closed when it may go on, however often it is run.
    go_on: Arc<Semaphore>,
}

impl Operation for Holds {
    type Output = ();
    const NAME: &'static str = "holds";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<()> {
        let touch = "UPDATE sessions SET ip = ip WHERE id = $1";
        conn.execute(touch, &[session_id(1).as_bytes().into()]).await?;
        self.held.notify_one();
        let _ = self.go_on.acquire().await;
        Ok(())
    }
}

/// Rotates every family at once; how many have rotated, and how many were told that nobody knows.
pub(super) async fn rotate_all(store: &Store) -> (usize, usize) {
    let mut running = JoinSet::new();
    for n in 1..=FAMILIES {
        let store = store.clone();
        running.spawn(async move { store.revoked(refresh(&first_token(n), 1, n, STRICT)).await });
    }
    let outcomes = running.join_all().await;
    let rotated = outcomes.iter().filter(|outcome| matches!(outcome, Ok(Refreshed::Rotated(_)))).count();
    (rotated, outcomes.iter().filter(|outcome| outcome.is_err()).count())
}

async fn generation(store: &Store, n: u8) -> u32 {
    let family = store.read(op::FindFamily { session: session_id(n) }).await.expect("reads").expect("a family");
    assert_eq!(family.session.revoked_at, None, "family {n}");
    family.session.generation
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_while_a_transaction_is_under_way_shares_the_next_one() {
    let cluster = Cluster::durable();
    let store = Store::connect(Options::postgres(cluster.url().parse().expect("a URL"))).await.expect("opens");
    fill(&store).await;
    let transactions = || -> u64 { Cluster::psql(cluster.url(), "SELECT txid_current()").parse().expect("a number") };
    let before = transactions();
    let mut dawdling = JoinSet::new();
    for _ in 0..2 {
        let store = store.clone();
        dawdling.spawn(async move { store.write(DAWDLE).await.expect("sleeps") });
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(rotate_all(&store).await, (usize::from(FAMILIES), 0));
    dawdling.join_all().await;
    let used = transactions() - before;
    // One of them is the count's own. A busy machine may make a few more of two, but never one for each.
    assert!((2..=20).contains(&used), "{used} transactions for {FAMILIES} rotations");
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_fails_is_its_own_operations_loss() {
    let world = World::new().await;
    fill(&world.store).await;
    let (store, mut failing) = (world.store.clone(), JoinSet::new());
    for _ in 0..2 {
        let store = store.clone();
        failing.spawn(async move { store.write(DAWDLE).await });
    }
    for _ in 0..10 {
        let store = store.clone();
        failing.spawn(async move { store.write(FAIL).await });
    }
    let (rotated, failed) = rotate_all(&store).await;
    assert_eq!((rotated, failed), (usize::from(FAMILIES), 0), "whoever travelled with it");
    let failed = failing.join_all().await.iter().filter(|outcome| outcome.is_err()).count();
    assert_eq!(failed, 10);
    for n in 1..=FAMILIES {
        assert_eq!(generation(&store, n).await, 1, "once, not twice");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_somebody_holds_keeps_nobody_else_waiting() {
    let world = World::new().await;
    fill(&world.store).await;
    let url = world.url.clone().expect("on PostgreSQL");
    // Whoever waits for the row waits longer than this test has patience.
    let patient = url.replace("options=", "options=-clock_timeout%3D60s%20");
    let store = Store::connect(Options::postgres(patient.parse().expect("a URL"))).await.expect("opens");
    let (held, go_on) = (Arc::new(Notify::new()), Arc::new(Semaphore::new(0)));
    let holder = Holds { held: held.clone(), go_on: go_on.clone() };
    let holding = tokio::spawn({
        let store = world.store.clone();
        async move { store.write(holder).await }
    });
    held.notified().await;
    let mut running = JoinSet::new();
    for n in 1..=FAMILIES {
        let store = store.clone();
        running.spawn(async move { (n, store.revoked(refresh(&first_token(n), 1, n, STRICT)).await) });
    }
    for _ in 1..FAMILIES {
        let (n, outcome) = running.join_next().await.expect("one more").expect("joins");
        assert!(matches!(outcome, Ok(Refreshed::Rotated(_))), "family {n}: {outcome:?}");
        assert_ne!(n, 1, "it is held");
    }
    go_on.close();
    holding.await.expect("joins").expect("writes");
    let (n, outcome) = running.join_next().await.expect("the last").expect("joins");
    assert!(n == 1 && matches!(outcome, Ok(Refreshed::Rotated(_))), "family {n}: {outcome:?}");
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_present_one_token_in_one_transaction_are_told_apart() {
    let world = World::new().await;
    fill(&world.store).await;
    let mut running = JoinSet::new();
    for n in 0..FAMILIES {
        // Each token twice, with randomness of its own.
        let (store, family) = (world.store.clone(), n / 2 + 1);
        running.spawn(async move { (family, store.revoked(refresh(&first_token(family), 1, n, STRICT)).await) });
    }
    let mut won = vec![0; usize::from(FAMILIES) + 1];
    let mut caught = won.clone();
    for (family, outcome) in running.join_all().await {
        match outcome.expect("writes") {
            Refreshed::Rotated(_) => won[usize::from(family)] += 1,
            Refreshed::Reuse { .. } => caught[usize::from(family)] += 1,
            other => panic!("family {family}: {other:?}"),
        }
    }
    for family in 1..=usize::from(FAMILIES / 2) {
        assert_eq!((won[family], caught[family]), (1, 1), "family {family}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_dies_under_many_loses_no_answer_and_revives_none() {
    let world = World::new().await;
    let url = world.url.clone().expect("on PostgreSQL");
    fill(&world.store).await;
    for round in 0..5 {
        let store = world.store.clone();
        let rotating = tokio::spawn(async move {
            let mut running = JoinSet::new();
            for n in 1..=FAMILIES {
                let store = store.clone();
                running.spawn(async move {
                    let family = store.read(op::FindFamily { session: session_id(n) }).await.ok()??;
                    let mut token = first_token(n);
                    for before in 0..family.session.generation {
                        token = token.successor(&[u8::try_from(before).ok()?; 16]).ok()?;
                    }
                    let nonce = u8::try_from(family.session.generation).ok()?;
                    let outcome = store.revoked(refresh(&token, 1, nonce, POLICY)).await;
                    Some((n, family.session.generation, outcome))
                });
            }
            running.join_all().await
        });
        for _ in 0..5 {
            cut_connections(&url);
        }
        for (n, before, outcome) in rotating.await.expect("joins").into_iter().flatten() {
            let after = generation(&world.store, n).await;
            match outcome {
                Ok(Refreshed::Rotated(_)) => assert_eq!(after, before + 1, "round {round}, family {n}: answered"),
                Ok(other) => panic!("round {round}, family {n}: {other:?}"),
                Err(error) => assert_eq!(error.code(), "store_unavailable"),
            }
        }
    }
}
