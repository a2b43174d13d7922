//! A database that goes away and comes back, and connections that die in the middle of an operation.

use std::sync::Arc;
use std::time::Duration;

use hallpass_model::Role;
use hallpass_store::conn::Conn;
use hallpass_store::op::{self, Mode, Refreshed};
use hallpass_store::{Operation, Options, Result, Store};
use hallpass_testbed::Postgres as Cluster;
use tokio::sync::Notify;

use crate::support::{Alone, POLICY, World, act, at, create, first_token, new_session, new_user, refresh, session_id};

/// Tries until the store answers again, generously.
async fn until_it_answers(store: &Store) {
    for _ in 0..600 {
        if store.ping().await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the store does not come back");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_is_unavailable_and_is_found_again_with_all_that_was_answered() {
    let cluster = Cluster::durable();
    let store = Store::connect(Options::postgres(cluster.url().parse().expect("a URL"))).await.expect("opens");
    store.write(create(new_user(1, Role::user()), Some(new_session(1, 1, 0)))).await.expect("writes");
    let mut token = first_token(1);
    for (nonce, stop) in [(1, Cluster::stop as fn(&Cluster)), (2, Cluster::crash), (3, Cluster::stop)] {
        let rotated = store.revoked(refresh(&token, 1, nonce, POLICY)).await.expect("writes");
        assert!(matches!(rotated, Refreshed::Rotated(_)), "{rotated:?}");
        token = token.successor(&[nonce; 16]).expect("derives");
        stop(&cluster);
        let refused = store.revoked(refresh(&token, 1, 99, POLICY)).await;
        assert_eq!(refused.map_err(|error| error.code()), Err("store_unavailable"));
        let refused = store.read(op::FindFamily { session: session_id(1) }).await;
        assert_eq!(refused.map_err(|error| error.code()), Err("store_unavailable"));
        cluster.start_again();
        until_it_answers(&store).await;
        let family = store.read(op::FindFamily { session: session_id(1) }).await.expect("reads").expect("a family");
        assert_eq!(family.session.generation, u32::from(nonce), "nothing was lost, nothing was made up");
    }
    store.close().await;
}

/// Writes, says so, and waits to be told to go on before it writes again.
struct Halfway {
    written: Arc<Notify>,
    go_on: Arc<Notify>,
}

impl Operation for Halfway {
    type Output = ();
    const NAME: &'static str = "halfway";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<()> {
        let row = ["half".into(), (&[1; 1]).into()];
        conn.execute("INSERT INTO meta (name, value) VALUES ($1, $2)", &row).await?;
        self.written.notify_one();
        self.go_on.notified().await;
        conn.execute("UPDATE meta SET value = $2 WHERE name = $1", &["half".into(), (&[2; 1]).into()]).await.map(|_| ())
    }
}

/// Ends every connection of a test's schema, as `kill -9` of its backend would look from here.
pub(super) fn cut_connections(url: &str) {
    let name = url.rsplit('=').next().expect("a name");
    let kill = format!(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = '{name}' \
         AND pid <> pg_backend_pid()"
    );
    Cluster::psql(url, &kill);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_dies_before_the_commit_costs_a_second_attempt_and_nothing_else() {
    let world = World::new().await;
    let url = world.url.clone().expect("on PostgreSQL");
    let (written, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let halfway = Halfway { written: written.clone(), go_on: go_on.clone() };
    let store = world.store.clone();
    let writing = tokio::spawn(async move { store.write(halfway).await });
    written.notified().await;
    cut_connections(&url);
    go_on.notify_one();
    written.notified().await;
    assert_eq!(world.read(op::GetMeta { name: "half" }).await, None, "the first attempt left nothing");
    go_on.notify_one();
    writing.await.expect("joins").expect("the second attempt commits");
    assert_eq!(world.read(op::GetMeta { name: "half" }).await, Some(vec![2]));
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_died_at_rest_are_not_noticed() {
    let world = World::new().await;
    let url = world.url.clone().expect("on PostgreSQL");
    world.user_with_session(1).await;
    for nonce in 1..=5 {
        cut_connections(&url);
        // Its end is heard of by the time that it is asked for.
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(world.find(1).await.is_some(), "round {nonce}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_goes_away_loses_the_answer_and_leaves_no_transaction_open() {
    let world = World::new().await;
    let (written, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let halfway = Halfway { written: written.clone(), go_on: go_on.clone() };
    let store = world.store.clone();
    let writing = tokio::spawn(async move { store.write(halfway).await });
    written.notified().await;
    writing.abort();
    assert!(writing.await.is_err_and(|error| error.is_cancelled()));
    go_on.notify_one();
    for _ in 0..600 {
        if world.read(op::GetMeta { name: "half" }).await == Some(vec![2]) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("what was begun was not finished");
}

/// Swallows what went wrong, which an operation must not.
struct Swallows;

impl Operation for Swallows {
    type Output = ();
    const NAME: &'static str = "swallows";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<()> {
        let row = ["swallowed".into(), (&[1; 1]).into()];
        conn.execute("INSERT INTO meta (name, value) VALUES ($1, $2)", &row).await?;
        let _ = conn.execute("SELECT 1 / 0", &[]).await;
        Ok(())
    }
}

/// Panics after a write.
struct Panics;

impl Operation for Panics {
    type Output = ();
    const NAME: &'static str = "panics";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<()> {
        let row = ["panicked".into(), (&[1; 1]).into()];
        conn.execute("INSERT INTO meta (name, value) VALUES ($1, $2)", &row).await?;
        panic!("an operation that panics");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_that_panics_or_hides_a_fault_commits_nothing_and_spoils_no_connection() {
    let world = World::new().await;
    for _ in 0..40 {
        assert!(world.store.write(Panics).await.is_err());
        assert!(world.store.write(Swallows).await.is_err());
    }
    assert_eq!(world.read(op::GetMeta { name: "panicked" }).await, None);
    assert_eq!(world.read(op::GetMeta { name: "swallowed" }).await, None);
    world.user(1, Role::user()).await;
}

/// Claims that its first statement is all of it, and does more.
struct Deceives;

impl Operation for Deceives {
    type Output = u64;
    const NAME: &'static str = "deceives";
    const MODE: Mode = Mode::Write;
    const FIRST_MAY_BE_ALL: bool = true;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<u64> {
        let row = ["deceived".into(), (&[1; 1]).into()];
        let first =
            conn.execute("INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", &row).await?;
        Ok(first + conn.execute("UPDATE meta SET value = $2 WHERE name = $1", &row).await?)
    }
}

#[tokio::test]
async fn an_operation_that_is_not_the_one_statement_it_says_is_called_out() {
    let world = World::new().await;
    let error = world.store.write(Deceives).await.expect_err("refused");
    assert_eq!(error.code(), "store_corrupt");
}

#[tokio::test(flavor = "multi_thread")]
async fn text_that_postgresql_cannot_hold_is_no_outage() {
    let world = World::new().await;
    let key = op::UserKey::Email("nul\0@example.com".to_owned());
    assert_eq!(world.read(op::FindUser { key }).await, None);
    let jti = "nul\0".to_owned();
    world.revoke(op::RevokeToken { act: act(0), jti, until: at(600) }).await;
}
