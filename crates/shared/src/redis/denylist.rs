//! The denylist as Redis holds it, for every replica and for services that read it.
//!
//! | key | value | life |
//! |---|---|---|
//! | `blacklist:<jti>` | `1` | what is left of the token's, when it was ended on its own word |
//! | `blacklist:session:<sid>` | `1` | what is left to the session's last token |
//! | `blacklist:user:<sub>` | seconds since the epoch; every token issued before is refused | likewise |
//! | `hallpass:{denylist}:whole` | `1` while the set is known to be whole | – |
//! | `hallpass:{denylist}:ring` | the version of the key ring since the last revocation of a key | – |
//!
//! The database is the truth. What a failed write, an emptied or replaced server has lost is pushed again from there.
//! Until then the absence of an entry proves nothing, and no check relies on it.

use std::fmt::Display;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::try_join_all;
use hallpass_model::Timestamp;
use hallpass_model::revocation::{FeedEntry, Kind, Subject};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::connection::{Answer, Redis, Wire};
use super::fault::RedisFault;
use super::message::{CHANNEL, Message};
use super::scripts::{DENY_SCRIPT, RAISE_SCRIPT, VOUCH_SCRIPT};
use super::subscription::Subscription;
use crate::presented::PresentedToken;

const WHOLE: &str = "hallpass:{denylist}:whole";
const RING: &str = "hallpass:{denylist}:ring";
/// A pushing that takes longer than this has died.
const PUSH_LIFE_MS: u64 = 300_000;
/// Entries under way at once: they share one connection, and so one round trip or two.
const AT_ONCE: usize = 256;

/// An entry, and the channel it is published on; it is not published when the name is empty.
type Queued = (FeedEntry, &'static str);

/// The replica of the denylist in Redis, as one process sees it.
#[derive(Debug)]
pub struct RedisDenylist {
    redis: Redis,
    /// Committed and not written here yet.
    queue: Mutex<Vec<Queued>>,
    writing: tokio::sync::Mutex<()>,
    /// A write failed: the set has a gap that only a push from the database closes.
    has_gap: AtomicBool,
    /// The connection over which this process last pushed the whole set. Another one may lead to another server.
    pushed_over: AtomicU64,
    pushes: AtomicU64,
    /// The newest version of the key ring that a check has found.
    ring: AtomicI64,
    /// Makes the marks of this process its own.
    name: String,
    incomplete: Notify,
}

impl RedisDenylist {
    /// Over this connection; `name` tells this process from every other.
    pub fn new(redis: Redis, name: String) -> Arc<Self> {
        Arc::new(Self {
            redis,
            queue: Mutex::default(),
            writing: tokio::sync::Mutex::default(),
            has_gap: AtomicBool::new(false),
            pushed_over: AtomicU64::new(0),
            pushes: AtomicU64::new(0),
            ring: AtomicI64::new(0),
            name,
            incomplete: Notify::new(),
        })
    }

    /// The connection it uses.
    pub const fn redis(&self) -> &Redis {
        &self.redis
    }

    /// Queues what this process committed; [`RedisDenylist::flush`] writes and publishes it. Never blocks.
    pub fn committed(&self, entries: &[FeedEntry]) {
        self.enqueue(entries, CHANNEL);
    }

    /// Queues what another process committed and could not write, because it was cut off from Redis or died in between.
    pub fn adopt(&self, entries: &[FeedEntry]) {
        self.enqueue(entries, "");
    }

    fn enqueue(&self, entries: &[FeedEntry], channel: &'static str) {
        self.queue().extend(entries.iter().map(|entry| (entry.clone(), channel)));
    }

    /// Writes and publishes what is queued; returns when all that was queued before is written, or cannot be. What cannot
    /// be written is left to [`RedisDenylist::push`]; the database has it either way.
    pub async fn flush(self: &Arc<Self>, now: Timestamp) {
        if let Some(writing) = self.flush_soon(now) {
            // The task fails only when the runtime shuts down; then no caller waits for the answer.
            let _ = writing.await;
        }
    }

    /// The same, without waiting for it; none when there is nothing to write.
    pub fn flush_soon(self: &Arc<Self>, now: Timestamp) -> Option<JoinHandle<()>> {
        if self.queue().is_empty() && self.writing.try_lock().is_ok() {
            return None;
        }
        let this = self.clone();
        // On a task of its own: a client that hangs up must not leave half of it unwritten.
        Some(tokio::spawn(async move {
            let _one_at_a_time = this.writing.lock().await;
            let entries = std::mem::take(&mut *this.queue());
            if let Err(fault) = this.write(&entries, now).await {
                this.fell_behind(&fault).await;
            }
        }))
    }

    // Entries are only added and taken as a whole, whatever panicked.
    fn queue(&self) -> MutexGuard<'_, Vec<Queued>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Logs once that the set has a gap, and takes away the mark of a whole set if Redis still accepts deletions.
    async fn fell_behind(&self, fault: &RedisFault) {
        if !self.has_gap.swap(true, Ordering::AcqRel) {
            tracing::warn!(%fault, "a revocation is in the database but not in Redis; it is pushed as soon as Redis answers");
        }
        if matches!(fault, RedisFault::Refused(_)) {
            let disown = |mut wire| async move { ::redis::cmd("DEL").arg(WHOLE).query_async::<()>(&mut wire).await };
            // Not even that is taken: then the gap is closed by the push alone.
            let _ = self.redis.call("disown", disown).await;
        }
        self.incomplete.notify_one();
    }

    /// Whether Redis names a token. No answer is no verdict.
    ///
    /// # Errors
    /// A [`RedisFault`]; [`RedisFault::Incomplete`] when the set may have gaps.
    pub async fn refuses(&self, presented: &PresentedToken<'_>) -> Result<bool, RedisFault> {
        let keys = [
            WHOLE.to_owned(),
            key(Kind::Token, &presented.token),
            key(Kind::Session, &presented.session),
            key(Kind::User, &presented.user),
            RING.to_owned(),
        ];
        let read = |mut wire: Wire| async move { ::redis::cmd("MGET").arg(&keys).query_async(&mut wire).await };
        let answer: Answer<[Option<String>; 5]> = self.redis.call("check", read).await?;
        let [whole, token, session, user, ring] = answer.value;
        self.ring.fetch_max(ring.and_then(|ring| ring.parse().ok()).unwrap_or_default(), Ordering::AcqRel);
        let is_before = |before: String| before.parse::<i64>().is_ok_and(|before| presented.issued_at < before);
        if token.is_some() || session.is_some() || user.is_some_and(is_before) {
            return Ok(true);
        }
        if whole.is_none() || self.pushed_over.load(Ordering::Acquire) != answer.generation {
            self.incomplete.notify_one();
            return Err(RedisFault::Incomplete);
        }
        Ok(false)
    }

    /// The newest version of the key ring that a check has found in Redis: a process whose ring is older may accept what a
    /// revoked key has signed.
    pub fn ring_version(&self) -> i64 {
        self.ring.load(Ordering::Acquire)
    }

    /// Writes the version of the ring with which a key was revoked, where every check reads it. A failure here fails
    /// nothing else: replicas read the version from the database, too.
    pub async fn announce_ring(&self, version: i64) {
        let mut announce = RAISE_SCRIPT.key(RING);
        announce.arg(version);
        let announced = self.redis.call("ring", |mut wire| async move { announce.invoke_async::<()>(&mut wire).await });
        if let Err(fault) = announced.await {
            tracing::warn!(%fault, "the revocation of a key is in the database but not in Redis");
        }
    }

    /// Whether nothing needs to be pushed: no write has failed, this is the connection the set was pushed over, and
    /// the server was not emptied since.
    ///
    /// # Errors
    /// A [`RedisFault`].
    pub async fn is_whole(&self) -> Result<bool, RedisFault> {
        let ask = |mut wire: Wire| async move { ::redis::cmd("EXISTS").arg(WHOLE).query_async::<u8>(&mut wire).await };
        let answer = self.redis.call("probe", ask).await?;
        let same_server = self.pushed_over.load(Ordering::Acquire) == answer.generation;
        Ok(answer.value == 1 && same_server && !self.has_gap.load(Ordering::Acquire))
    }

    /// Waits until a check or a write has found the set incomplete.
    pub async fn found_incomplete(&self) {
        self.incomplete.notified().await;
    }

    /// Pushes everything that is in force, as the database has it, and vouches for the set. When the server is emptied
    /// meanwhile, the mark from the beginning is gone, and the set is not vouched for.
    ///
    /// # Errors
    /// A [`RedisFault`]; then it must be pushed again.
    pub async fn push(&self, entries: &[FeedEntry], now: Timestamp) -> Result<(), RedisFault> {
        let mark = format!("hallpass:{{denylist}}:push:{}:{}", self.name, self.pushes.fetch_add(1, Ordering::Relaxed));
        let name = mark.clone();
        let begun = self.redis.call("push", |mut wire| async move {
            ::redis::cmd("SET").arg(name).arg(1).arg("PX").arg(PUSH_LIFE_MS).query_async::<()>(&mut wire).await
        });
        let generation = begun.await?.generation;
        // Cleared before: a write that fails during the push leaves its gap to the next.
        let had_gap = self.has_gap.swap(false, Ordering::AcqRel);
        let pushed = self.push_marked(entries, now, mark, generation).await;
        match &pushed {
            Ok(()) => self.pushed_over.store(generation, Ordering::Release),
            Err(_) if had_gap => self.has_gap.store(true, Ordering::Release),
            Err(_) => {}
        }
        pushed
    }

    async fn push_marked(
        &self,
        entries: &[FeedEntry],
        now: Timestamp,
        mark: String,
        generation: u64,
    ) -> Result<(), RedisFault> {
        let entries: Vec<Queued> = entries.iter().map(|entry| (entry.clone(), "")).collect();
        self.write(&entries, now).await?;
        let mut vouch = VOUCH_SCRIPT.key(mark);
        vouch.key(WHOLE);
        let vouched: Answer<u8> =
            self.redis.call("push", |mut wire| async move { vouch.invoke_async(&mut wire).await }).await?;
        if vouched.value == 1 && vouched.generation == generation { Ok(()) } else { Err(RedisFault::Incomplete) }
    }

    async fn write(&self, entries: &[Queued], now: Timestamp) -> Result<(), RedisFault> {
        for part in entries.chunks(AT_ONCE) {
            try_join_all(part.iter().map(|(entry, channel)| self.deny(entry, channel, now))).await?;
        }
        Ok(())
    }

    /// Writes one entry, and publishes it on `channel` unless that is empty.
    async fn deny(&self, entry: &FeedEntry, channel: &str, now: Timestamp) -> Result<(), RedisFault> {
        let life = now.until(entry.revocation.until).as_millis();
        let Some(life) = u64::try_from(life).ok().filter(|life| *life > 0) else { return Ok(()) };
        let (key, value) = key_of(&entry.revocation.subject);
        let mut call = DENY_SCRIPT.key(key);
        call.arg(value).arg(life).arg(channel).arg(Message::of(entry).to_string());
        self.redis.call("deny", |mut wire| async move { call.invoke_async::<()>(&mut wire).await }).await.map(|_| ())
    }

    /// Subscribes to what other replicas revoke.
    ///
    /// # Errors
    /// A [`RedisFault`].
    pub async fn subscribe(&self) -> Result<Subscription, RedisFault> {
        Subscription::open(&self.redis, CHANNEL).await
    }
}

/// The key of an entry, and its value: of a user the second before which a token must have been issued to be refused.
fn key_of(subject: &Subject) -> (String, i64) {
    (key(subject.kind(), &subject.id()), subject.issued_before().unwrap_or(1))
}

/// A `jti` is ours, base64url, and so can never spell the prefix of another kind.
fn key(kind: Kind, id: &impl Display) -> String {
    match kind {
        Kind::Token => format!("blacklist:{id}"),
        Kind::Session | Kind::User => format!("blacklist:{kind}:{id}"),
    }
}
