//! Group commit: who shares a transaction, who hears of it, and what survives.

use std::future::{Future, poll_fn};
use std::path::Path;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::Poll;

use hallpass_model::revocation::{FeedEntry, Revocation, Subject};
use hallpass_store::conn::Conn;
use hallpass_store::op::{self, Mode, Refreshed};
use hallpass_store::{Error, Operation, Options, Result, Revoking, Store};
use tempfile::TempDir;
use tokio::sync::oneshot;

use crate::support::{Alone, POLICY, STRICT, World, act, at, first_token, refresh, user_id};

/// Keeps the writer busy until it is told to go on.
struct Hold {
    entered: Mutex<Option<oneshot::Sender<()>>>,
    go_on: Mutex<mpsc::Receiver<()>>,
}

impl Operation for Hold {
    type Output = ();
    const NAME: &'static str = "hold";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, _conn: &mut C) -> Result<()> {
        let entered = self.entered.lock().expect("whole").take().expect("run once");
        entered.send(()).expect("somebody waits");
        self.go_on.lock().expect("whole").recv().map_err(|_| Error::Corrupt("nobody let go"))
    }
}

/// Holds the writer up; whoever sends into what this returns lets it go on.
async fn hold(store: &Store) -> mpsc::Sender<()> {
    let (entered, inside) = oneshot::channel();
    let (release, go_on) = mpsc::channel();
    let held = Hold { entered: Mutex::new(Some(entered)), go_on: Mutex::new(go_on) };
    let store = store.clone();
    tokio::spawn(async move { store.write(held).await });
    inside.await.expect("the writer runs it");
    release
}

type Waiting<T> = Pin<Box<dyn Future<Output = Result<T>>>>;

/// Puts an operation into the queue without waiting for its answer.
async fn enqueue<O: Revoking>(store: &Store, operation: O) -> Waiting<O::Output> {
    let store = store.clone();
    wait_for(async move { store.revoked(operation).await }).await
}

/// Begins what the writer, which is held up, does not answer.
async fn wait_for<T>(work: impl Future<Output = Result<T>> + 'static) -> Waiting<T> {
    let mut waiting: Waiting<T> = Box::pin(work);
    let answered = poll_fn(|cx| Poll::Ready(waiting.as_mut().poll(cx).is_ready())).await;
    assert!(!answered, "the writer is held up");
    waiting
}

fn token(n: usize) -> op::RevokeToken {
    op::RevokeToken { act: act(0), jti: format!("jti-{n}"), until: at(600) }
}

#[tokio::test]
async fn what_waits_while_a_commit_is_under_way_shares_the_next_one() {
    let sizes = Arc::new(Mutex::new(Vec::new()));
    let seen = sizes.clone();
    let listener = Arc::new(move |entries: &[FeedEntry]| seen.lock().expect("whole").push(entries.len()));
    let world = World::with(|options| options.listener(listener)).await;
    let release = hold(&world.store).await;
    let mut waiting = Vec::new();
    for n in 0..300 {
        waiting.push(enqueue(&world.store, token(n)).await);
    }
    release.send(()).expect("held");
    for answer in waiting {
        answer.await.expect("writes");
    }
    assert_eq!(*sizes.lock().expect("whole"), [256, 44]);
}

#[tokio::test]
async fn one_token_presented_24_times_in_one_transaction_has_one_winner() {
    let world = World::new().await;
    world.user_with_session(1).await;
    let release = hold(&world.store).await;
    let mut waiting = Vec::new();
    for nonce in 0..24 {
        waiting.push(enqueue(&world.store, refresh(&first_token(1), 1, nonce, STRICT)).await);
    }
    release.send(()).expect("held");
    let mut outcomes = Vec::new();
    for answer in waiting {
        outcomes.push(answer.await.expect("writes"));
    }
    assert!(matches!(outcomes[0], Refreshed::Rotated(_)), "{:?}", outcomes[0]);
    assert!(outcomes[1..].iter().all(|outcome| *outcome == Refreshed::Reuse { user: user_id(1) }));
    assert_eq!(world.subjects().len(), 1);
}

/// Writes a row and an entry, then goes wrong in one way or the other.
struct GoesWrong {
    panics: bool,
}

impl Revoking for GoesWrong {
    type Output = ();
    const NAME: &'static str = "goes_wrong";

    async fn run<C: Conn>(&self, conn: &mut C, _: &op::Revoker) -> Result<()> {
        conn.execute("INSERT INTO meta (name, value) VALUES ($1, $2)", &["wrong".into(), (&[1; 1]).into()]).await?;
        let revocation = Revocation { subject: Subject::Token("never".to_owned()), until: at(1) };
        conn.revoked(FeedEntry { seq: 99, revocation });
        assert!(!self.panics, "an operation that panics");
        Err(Error::Corrupt("went wrong"))
    }
}

#[tokio::test]
async fn an_operation_that_fails_or_panics_undoes_itself_and_nothing_of_its_neighbours() {
    let world = World::new().await;
    let release = hold(&world.store).await;
    let before = enqueue(&world.store, token(1)).await;
    let fails = enqueue(&world.store, GoesWrong { panics: false }).await;
    let between = enqueue(&world.store, token(2)).await;
    let panics = enqueue(&world.store, GoesWrong { panics: true }).await;
    let after = enqueue(&world.store, token(3)).await;
    release.send(()).expect("held");
    assert_eq!(fails.await, Err(Error::Corrupt("went wrong")));
    assert_eq!(panics.await, Err(Error::Corrupt("an operation panicked")));
    for answer in [before, between, after] {
        answer.await.expect("writes");
    }
    assert_eq!(world.read(op::GetMeta { name: "wrong" }).await, None);
    let expected = [1, 2, 3].map(|n| Subject::Token(format!("jti-{n}")));
    assert_eq!(world.subjects(), expected);
}

struct PanicsReading;

impl Operation for PanicsReading {
    type Output = ();
    const NAME: &'static str = "panics_reading";
    const MODE: Mode = Mode::PointRead;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<()> {
        let users: Option<i64> = conn.row("SELECT COUNT(*) FROM users", &[]).await?;
        assert_eq!(users, Some(-1), "a reader that panics");
        Ok(())
    }
}

#[tokio::test]
async fn a_read_that_panics_leaves_every_reader_usable() {
    let world = World::with(|options| options.readers(1)).await;
    world.user_with_session(1).await;
    assert_eq!(world.store.read(PanicsReading).await, Err(Error::Corrupt("an operation panicked")));
    assert!(world.find(1).await.is_some());
}

#[tokio::test]
async fn a_full_queue_turns_away_at_once_and_recovers() {
    let world = World::new().await;
    let release = hold(&world.store).await;
    let mut waiting = Vec::new();
    for _ in 0..4096 {
        let store = world.store.clone();
        waiting.push(wait_for(async move { store.write(op::Probe).await }).await);
    }
    let refused = world.store.revoked(token(1)).await;
    assert_eq!(refused.map_err(|error| error.code()), Err("store_unavailable"));
    release.send(()).expect("held");
    for answer in waiting {
        answer.await.expect("writes");
    }
    world.revoke(token(2)).await;
    assert_eq!(world.subjects(), [Subject::Token("jti-2".to_owned())]);
}

#[tokio::test]
async fn a_caller_who_goes_away_loses_the_answer_and_not_the_revocation() {
    let world = World::new().await;
    let release = hold(&world.store).await;
    drop(enqueue(&world.store, token(1)).await);
    release.send(()).expect("held");
    world.write(op::Probe).await;
    assert_eq!(world.subjects(), [Subject::Token("jti-1".to_owned())]);
    assert_eq!(world.read(op::RevocationsSince { seq: 0 }).await.entries.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_listener_hears_after_the_commit_and_before_the_answer() {
    let (entered, mut inside) = tokio::sync::mpsc::unbounded_channel();
    let (release, go_on) = mpsc::channel();
    let go_on = Mutex::new(go_on);
    let listener = Arc::new(move |_: &[FeedEntry]| {
        entered.send(()).expect("somebody waits");
        go_on.lock().expect("whole").recv().expect("somebody lets go");
    });
    let world = World::with(|options| options.listener(listener)).await;
    let store = world.store.clone();
    let caller = tokio::spawn(async move { store.revoked(token(1)).await });
    inside.recv().await.expect("the listener is called");
    assert_eq!(world.read(op::RevocationsSince { seq: 0 }).await.entries.len(), 1, "committed");
    assert!(!caller.is_finished(), "not answered yet");
    release.send(()).expect("held");
    caller.await.expect("joins").expect("writes");
}

#[tokio::test]
async fn a_listener_that_panics_stops_nothing() {
    let world = World::with(|options| options.listener(Arc::new(|_| panic!("a listener that panics")))).await;
    world.revoke(token(1)).await;
    world.revoke(token(2)).await;
    assert_eq!(world.read(op::RevocationsSince { seq: 0 }).await.last_seq, 2);
}

/// Copies what a crash at this instant would leave on the disk.
fn crash(world: &World, into: &Path) {
    for ending in ["", "-wal"] {
        let name = format!("hallpass.db{ending}");
        std::fs::copy(world.path().with_file_name(&name), into.join(&name)).expect("copies");
    }
}

#[tokio::test]
async fn what_was_answered_survives_a_crash() {
    let world = World::new().await;
    world.user_with_session(1).await;
    let second = world.rotate(&first_token(1), 1, 1).await;
    world.revoke(token(1)).await;
    let folder = TempDir::new().expect("a folder");
    crash(&world, folder.path());
    let after = Store::open(Options::new(folder.path().join("hallpass.db"))).expect("opens");
    let feed = after.read(op::RevocationsSince { seq: 0 }).await.expect("reads");
    assert_eq!(feed.entries.len(), 1);
    let rotated = after.revoked(refresh(&second, 2, 2, POLICY)).await.expect("writes");
    assert!(matches!(rotated, Refreshed::Rotated(_)), "{rotated:?}");
    assert_eq!(after.check().await, Ok(Vec::new()));
}

#[tokio::test]
async fn closing_answers_what_waits_and_leaves_one_file() {
    let world = World::new().await;
    let release = hold(&world.store).await;
    let waiting = enqueue(&world.store, token(1)).await;
    let store = world.store.clone();
    let closing = tokio::spawn(async move { store.close().await });
    release.send(()).expect("held");
    waiting.await.expect("writes");
    closing.await.expect("joins");
    let wal = world.path().with_file_name("hallpass.db-wal");
    assert!(!wal.exists(), "the log is in the database");
    let unavailable = Error::Unavailable("the store is closed".to_owned());
    assert_eq!(world.store.revoked(token(2)).await, Err(unavailable.clone()));
    assert_eq!(world.store.read(op::ListKeys).await, Err(unavailable));
    world.store.close().await;
    let again = Store::open(Options::new(world.path())).expect("opens");
    assert_eq!(again.read(op::RevocationsSince { seq: 0 }).await.expect("reads").entries.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_on_one_file_write_at_once_and_lose_nothing() {
    let world = World::new().await;
    let other = Store::open(Options::new(world.path())).expect("opens beside");
    let mut writers = tokio::task::JoinSet::new();
    for n in 0..400 {
        let store = if n % 2 == 0 { world.store.clone() } else { other.clone() };
        writers.spawn(async move { store.revoked(token(n)).await.expect("writes") });
    }
    writers.join_all().await;
    let feed = world.read(op::RevocationsSince { seq: 0 }).await;
    let numbers: Vec<i64> = feed.entries.iter().map(|entry| entry.seq).collect();
    assert_eq!(numbers, (1..=400).collect::<Vec<_>>());
    other.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_sees_what_was_answered_at_once_and_never_half_an_operation() {
    let world = World::new().await;
    let done = Arc::new(AtomicBool::new(false));
    let (store, stop) = (world.store.clone(), done.clone());
    let reader = tokio::spawn(async move {
        while !stop.load(Ordering::SeqCst) {
            let users = store.read(op::CountUsers).await.expect("reads");
            assert_eq!(users % 10, 0, "an import was seen half done");
        }
    });
    for batch in 0..20_u8 {
        let users = (0..10).map(|n| crate::support::new_user(batch * 10 + n, hallpass_model::Role::user())).collect();
        world.write(op::ImportUsers { act: act(0), users }).await;
        assert_eq!(world.read(op::CountUsers).await, i64::from(batch + 1) * 10);
    }
    done.store(true, Ordering::SeqCst);
    reader.await.expect("the reader saw whole imports only");
}
