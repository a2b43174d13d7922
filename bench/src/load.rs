//! Rows by the million, through the store's own batch operations.

use std::ops::Range;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hallpass_model::refresh_token::RefreshToken;
use hallpass_model::secret::Secret;
use hallpass_model::{Email, SessionId, Timestamp, UserId};
use hallpass_store::op::{self, BenchSession, BenchUser};
use indicatif::{ProgressBar, ProgressStyle};

use crate::Outcome;
use crate::installation::Place;
use crate::server;

/// Rows of one transaction.
const BATCH: usize = 5_000;
/// Sessions of one user.
const PER_USER: usize = 4;
/// The logins lie spread over so many days.
const SPREAD: Duration = Duration::from_secs(6 * 24 * 3600);
const IDLE: Duration = Duration::from_secs(7 * 24 * 3600);
const ABSOLUTE: Duration = Duration::from_secs(30 * 24 * 3600);
/// Longer than any run.
const REVOKED_FOR: Duration = Duration::from_secs(24 * 3600);

/// What was loaded.
#[derive(Debug)]
pub(crate) struct Loaded {
    count: usize,
    pub(crate) took: Duration,
    /// The instant that every login lies before.
    now: Timestamp,
}

impl Loaded {
    #[allow(clippy::cast_precision_loss)] // millions
    pub(crate) fn rate(&self) -> f64 {
        self.count as f64 / self.took.as_secs_f64()
    }

    /// The id of the n-th user.
    pub(crate) fn user(&self, n: usize) -> UserId {
        user(self.now, n)
    }

    /// The first refresh token of the n-th session.
    pub(crate) fn token(&self, n: usize) -> RefreshToken {
        token(self.now, self.count, n)
    }
}

/// Fills the installation with sessions and their users, making it first if need be.
pub(crate) async fn sessions(binary: &Path, place: &Place, count: usize) -> Outcome<Loaded> {
    server::migrate(binary, place)?;
    let (store, now) = (place.store().await?, now()?);
    let write = async |batch: Range<usize>| {
        let users = batch.start / PER_USER..batch.end.div_ceil(PER_USER);
        store.write(users_of(now, users)?).await?;
        Ok(store.write(sessions_of(now, count, batch)).await?)
    };
    let took = in_batches(count, "sessions", write).await?;
    store.close().await;
    Ok(Loaded { count, took, now })
}

/// Fills the installation with users who have no session.
pub(crate) async fn users(binary: &Path, place: &Place, count: usize) -> Outcome<Loaded> {
    server::migrate(binary, place)?;
    let (store, now) = (place.store().await?, now()?);
    let took = in_batches(count, "users", async |batch| Ok(store.write(users_of(now, batch)?).await?)).await?;
    store.close().await;
    Ok(Loaded { count, took, now })
}

/// Fills the denylist with sessions that are in no table.
pub(crate) async fn revocations(binary: &Path, place: &Place, count: usize) -> Outcome<Loaded> {
    server::migrate(binary, place)?;
    let (store, now) = (place.store().await?, now()?);
    let write = async |batch: Range<usize>| {
        let sessions = batch.map(|n| token(now, count, n).session()).collect();
        let filled = store.revoke(op::BenchRevocations { sessions, until: now + REVOKED_FOR }).await?;
        // No other replica runs.
        filled.mirrored(async {}).await;
        Ok(())
    };
    let took = in_batches(count, "revocations", write).await?;
    store.close().await;
    Ok(Loaded { count, took, now })
}

/// One transaction a batch, with a progress bar.
async fn in_batches(
    count: usize,
    what: &'static str,
    mut write: impl AsyncFnMut(Range<usize>) -> Outcome<()>,
) -> Outcome<Duration> {
    let begun = Instant::now();
    let style = "{prefix} {bar:40} {human_pos}/{human_len}  {per_sec}  {eta} to go";
    let bar =
        ProgressBar::new(u64::try_from(count)?).with_prefix(what).with_style(ProgressStyle::with_template(style)?);
    let mut at = 0;
    while at < count {
        let batch = at..count.min(at + BATCH);
        at = batch.end;
        bar.inc(u64::try_from(batch.len())?);
        write(batch).await?;
    }
    bar.finish();
    Ok(begun.elapsed())
}

fn users_of(now: Timestamp, numbers: Range<usize>) -> Outcome<op::BenchUsers> {
    let users = numbers.map(|n| Ok(BenchUser { id: user(now, n), email: Email::parse(&email(n))? }));
    Ok(op::BenchUsers { users: users.collect::<Outcome<_>>()?, at: now })
}

/// The address of the n-th user.
pub(crate) fn email(n: usize) -> String {
    format!("load{n}@example.com")
}

fn sessions_of(now: Timestamp, count: usize, batch: Range<usize>) -> op::BenchSessions {
    let sessions = batch.map(|n| {
        let token = token(now, count, n);
        BenchSession { id: token.session(), user: user(now, n / PER_USER), first_hash: token.hash() }
    });
    op::BenchSessions {
        sessions: sessions.collect(),
        opened_at: now - SPREAD,
        expires_at: now - SPREAD + IDLE,
        absolute_expires_at: now - SPREAD + ABSOLUTE,
    }
}

fn token(now: Timestamp, count: usize, n: usize) -> RefreshToken {
    let mut random = [0; 10];
    random[2..].copy_from_slice(&n.to_be_bytes());
    // As spread over the key space as logins of a week are.
    let before = SPREAD.mul_f64(1.0 - fraction(n, count));
    let mut secret = [0x5a; 32];
    secret[..8].copy_from_slice(&n.to_be_bytes());
    RefreshToken::first(SessionId::new(now - before, random), Secret::new(secret))
}

#[allow(clippy::cast_precision_loss)] // millions
fn fraction(n: usize, count: usize) -> f64 {
    n as f64 / count as f64
}

fn user(now: Timestamp, n: usize) -> UserId {
    let mut random = [0xff; 10];
    random[2..].copy_from_slice(&n.to_be_bytes());
    UserId::new(now - SPREAD, random)
}

#[allow(clippy::disallowed_methods, reason = "a tool of its own, with no clock to be handed")]
fn now() -> Outcome<Timestamp> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
    Ok(Timestamp::from_millis(i64::try_from(since.as_millis())?))
}
