//! Sessions by the million, through the store's own batch operation.

use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hallpass_model::audit::{Actor, AuditContext};
use hallpass_model::refresh_token::RefreshToken;
use hallpass_model::secret::Secret;
use hallpass_model::{Email, Role, SessionId, Timestamp, UserId};
use hallpass_store::op::{self, LoadedSession, NewUser};
use indicatif::{ProgressBar, ProgressStyle};

use crate::Outcome;
use crate::installation::Place;
use crate::server;

/// Sessions of one transaction.
const BATCH: usize = 5_000;
/// Sessions of one user.
const PER_USER: usize = 4;
/// The logins lie spread over so many days.
const SPREAD: Duration = Duration::from_secs(6 * 24 * 3600);
const IDLE: Duration = Duration::from_secs(7 * 24 * 3600);
const ABSOLUTE: Duration = Duration::from_secs(30 * 24 * 3600);

/// What was loaded.
#[derive(Debug)]
pub(crate) struct Loaded {
    sessions: usize,
    pub(crate) took: Duration,
    /// The instant that every login lies before.
    now: Timestamp,
}

impl Loaded {
    #[allow(clippy::cast_precision_loss)] // millions
    pub(crate) fn rate(&self) -> f64 {
        self.sessions as f64 / self.took.as_secs_f64()
    }

    /// The first refresh token of the n-th session.
    pub(crate) fn token(&self, n: usize) -> RefreshToken {
        token(self.now, self.sessions, n)
    }
}

/// Fills the installation, making it first if need be.
pub(crate) async fn sessions(binary: &Path, place: &Place, count: usize) -> Outcome<Loaded> {
    server::migrate(binary, place)?;
    let store = place.store().await?;
    let now = now()?;
    let begun = Instant::now();
    let style = "{prefix} {bar:40} {human_pos}/{human_len}  {per_sec}  {eta} to go";
    let bar = ProgressBar::new(u64::try_from(count)?)
        .with_prefix("sessions")
        .with_style(ProgressStyle::with_template(style)?);
    let mut at = 0;
    while at < count {
        let batch = at..count.min(at + BATCH);
        let length = batch.len();
        store.write(users(now, batch.clone())?).await?;
        store.write(operation(now, count, batch)).await?;
        at += length;
        bar.inc(u64::try_from(length)?);
    }
    bar.finish();
    store.close().await;
    Ok(Loaded { sessions: count, took: begun.elapsed(), now })
}

/// The accounts of a batch; their passwords open nothing.
fn users(now: Timestamp, batch: std::ops::Range<usize>) -> Outcome<op::ImportUsers> {
    let numbers = batch.start / PER_USER..batch.end.div_ceil(PER_USER);
    let mut users = Vec::with_capacity(numbers.len());
    for n in numbers {
        let email = Email::parse(&format!("load{n}@example.com")).map_err(|_| "an address that is none")?;
        users.push(NewUser::new(user(now, n), email, Role::user(), "!".to_owned()));
    }
    Ok(op::ImportUsers { act: act(now), users })
}

fn operation(now: Timestamp, count: usize, batch: std::ops::Range<usize>) -> op::BenchFill {
    let sessions = batch.map(|n| {
        let token = token(now, count, n);
        LoadedSession { id: token.session(), user: user(now, n / PER_USER), first_hash: token.hash() }
    });
    op::BenchFill {
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

const fn act(now: Timestamp) -> AuditContext {
    AuditContext { at: now, actor: Actor::System, ip: None, user_agent: None, request_id: None }
}

#[allow(clippy::disallowed_methods, reason = "a tool of its own, with no clock to be handed")]
fn now() -> Outcome<Timestamp> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
    Ok(Timestamp::from_millis(i64::try_from(since.as_millis())?))
}
