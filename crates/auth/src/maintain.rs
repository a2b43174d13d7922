//! The background work: hearing of other processes, rotating keys, forgetting what has ended.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use hallpass_model::Timestamp;
use hallpass_password::Work;
use hallpass_store::op::{self, Pruned};

use crate::Result;
use crate::core::Auth;
use crate::ctx::Ctx;

/// How often the ring is asked whether a step is due.
const KEYS_EVERY: Duration = Duration::from_secs(30);
/// How often ended rows are removed.
const PRUNE_EVERY: Duration = Duration::from_secs(60);
/// Rows removed at once, so that pruning never holds up a login.
const PRUNE_BATCH: u32 = 2_000;
/// Batches in a row while there is more: assertions and logins come faster than one batch a minute.
const PRUNE_BATCHES: u32 = 20;

/// When each kind of background work was last begun.
#[derive(Debug)]
pub(crate) struct Schedule {
    keys: AtomicI64,
    prune: AtomicI64,
}

impl Schedule {
    pub(crate) const fn starting_at(now: Timestamp) -> Self {
        Self { keys: AtomicI64::new(now.millis()), prune: AtomicI64::new(now.millis()) }
    }
}

/// What a tick did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Maintained {
    /// Denylist entries heard of from the store.
    pub heard: usize,
    /// Denylist entries dropped because their end had come.
    pub expired: usize,
    /// Rows removed.
    pub pruned: Option<Pruned>,
    /// The store has moved: what is revoked from now on is told elsewhere, so nothing may be verified here any more.
    pub has_moved: bool,
}

/// What the feed told.
pub(crate) struct Heard {
    entries: usize,
    has_moved: bool,
}

impl Auth {
    /// One tick; call it a few times a second. It hears of revocations and keys that another process wrote into the
    /// same store, and does the slower work when its turn has come.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::Error::Unavailable); the next tick tries again.
    pub async fn maintain(&self, ctx: &Ctx) -> Result<Maintained> {
        let Heard { entries: heard, has_moved } = self.hear(ctx).await?;
        if has_moved {
            return Ok(Maintained { heard, has_moved, ..Maintained::default() });
        }
        let expired = self.denylist().expire(ctx.now);
        #[allow(clippy::cast_precision_loss)]
        metrics::gauge!("hallpass_denylist_entries").set(self.denylist().len() as f64);
        let schedule = &self.core().schedule;
        if is_due(&schedule.keys, KEYS_EVERY, ctx.now) {
            self.core().ring.apply_due(ctx).await?;
        }
        let pruned = if is_due(&schedule.prune, PRUNE_EVERY, ctx.now) { Some(self.prune(ctx).await?) } else { None };
        Ok(Maintained { heard, expired, pruned, has_moved })
    }

    /// Returns when another process has said that the feed has grown: time for a tick out of turn. It may never.
    pub async fn changed(&self) {
        self.core().store.changed().await;
    }

    /// Hears of what others wrote, after an act that another process may have been first with: whoever answers for an
    /// end refuses its tokens from then on. The act itself is done; a feed that cannot be read now is read at the next
    /// tick.
    pub(crate) async fn catch_up(&self, ctx: &Ctx) {
        if let Err(error) = self.hear(ctx).await {
            tracing::warn!(%error, "the feed of revocations cannot be read");
        }
        self.core().flush_mirror(ctx).await;
    }

    pub(crate) async fn hear(&self, ctx: &Ctx) -> Result<Heard> {
        let seq = self.denylist().cursor();
        let feed = self.core().store.read(op::RevocationsSince { seq }).await?;
        self.denylist().apply_from_store(&feed.entries);
        self.denylist().advance(feed.last_seq);
        self.core().readiness.feed_was_read();
        self.core().pool.learn(Work(feed.hash_work));
        if feed.key_ring_version != self.core().ring.version() {
            self.core().ring.reload(ctx.now).await?;
        }
        if let Some(mirror) = self.denylist().mirror() {
            // Nobody waits: a slow Redis must not make this process hear late of the next one.
            drop(mirror.flush_soon(ctx.now));
        }
        Ok(Heard { entries: feed.entries.len(), has_moved: feed.has_moved })
    }

    /// Reads the denylist again if a clock that was set back needs entries that were forgotten.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::Error::Unavailable): then it is not known what is revoked.
    pub(crate) async fn make_whole(&self, ctx: &Ctx) -> Result<()> {
        if self.denylist().is_whole_at(ctx.now) {
            return Ok(());
        }
        let _rebuilding = self.core().rebuilding.lock().await;
        if self.denylist().is_whole_at(ctx.now) {
            return Ok(());
        }
        let feed = self.core().store.read(op::RevocationsSince { seq: 0 }).await?;
        self.denylist().rebuild(&feed.entries);
        tracing::warn!(entries = feed.entries.len(), "the clock was set back: the denylist was read again");
        Ok(())
    }

    async fn prune(&self, ctx: &Ctx) -> Result<Pruned> {
        let audit_before = ctx.now - self.settings().audit_retention;
        let mut all = Pruned::default();
        for _ in 0..PRUNE_BATCHES {
            let operation = op::Prune { now: ctx.now, audit_before, limit: PRUNE_BATCH };
            let removed = self.core().store.write(operation).await?;
            all += removed;
            if removed.most() < u64::from(PRUNE_BATCH) {
                break;
            }
        }
        Ok(all)
    }
}

/// Whether `every` has passed since the last time, and if so, that this is the time. A clock that was set back makes
/// everything due: else nothing would be done until it had caught up.
fn is_due(last: &AtomicI64, every: Duration, now: Timestamp) -> bool {
    let before = last.load(Ordering::Relaxed);
    let last_time = Timestamp::from_millis(before);
    let due = now >= last_time + every || now < last_time;
    due && last.compare_exchange(before, now.millis(), Ordering::Relaxed, Ordering::Relaxed).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_due_in_its_turn_and_at_once_when_the_clock_was_set_back() {
        let last = AtomicI64::new(Timestamp::from_secs(3600).millis());
        assert!(!is_due(&last, PRUNE_EVERY, Timestamp::from_secs(3659)));
        assert!(is_due(&last, PRUNE_EVERY, Timestamp::from_secs(3660)));
        assert!(!is_due(&last, PRUNE_EVERY, Timestamp::from_secs(3660)));
        assert!(is_due(&last, PRUNE_EVERY, Timestamp::from_secs(60)), "an hour back");
        assert!(!is_due(&last, PRUNE_EVERY, Timestamp::from_secs(61)));
    }
}
