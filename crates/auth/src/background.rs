//! The background work: reading what other processes wrote, rotating keys, removing what has ended.

use hallpass_password::Work;
use hallpass_store::op::{self, Pruned};

use crate::Result;
use crate::core::Auth;
use crate::ctx::Ctx;
use crate::rooms::Background;

/// Rows removed at once, so that pruning never holds up a login.
const PRUNE_BATCH: u32 = 2_000;
/// Batches in a row while there is more: assertions and logins come faster than one batch a minute.
const PRUNE_BATCHES: u32 = 20;

/// What a tick did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TickReport {
    /// Denylist entries read from the store.
    pub read: usize,
    /// Denylist entries dropped because their end had come.
    pub expired: usize,
    /// Rows removed.
    pub pruned: Option<Pruned>,
    /// The store has moved: later revocations are in the other store, so nothing may be verified here any more.
    pub has_moved: bool,
}

/// What a read of the feed found.
pub(crate) struct FeedRead {
    entries: usize,
    has_moved: bool,
}

impl Background<'_> {
    /// One tick; call it a few times a second. It reads revocations and keys that another process wrote into the
    /// same store, and does the slower work when its turn has come.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::Error::Unavailable); the next tick tries again.
    pub async fn tick(self, ctx: &Ctx) -> Result<TickReport> {
        let FeedRead { entries: read, has_moved } = self.0.poll_feed(ctx).await?;
        if has_moved {
            return Ok(TickReport { read, has_moved, ..TickReport::default() });
        }
        let expired = self.0.denylist().expire(ctx.now);
        #[allow(clippy::cast_precision_loss)]
        metrics::gauge!("hallpass_denylist_entries").set(self.0.denylist().len() as f64);
        let schedule = &self.0.core().schedule;
        if schedule.keys_are_due(ctx.now) {
            self.0.core().ring.apply_due(ctx).await?;
        }
        let pruned = if schedule.pruning_is_due(ctx.now) { Some(self.0.prune(ctx).await?) } else { None };
        Ok(TickReport { read, expired, pruned, has_moved })
    }

    /// Returns when another process has said that the feed has grown: time for a tick out of turn. It may never.
    pub async fn changed(self) {
        self.0.core().store.changed().await;
    }
}

impl Auth {
    /// Reads what others wrote, after an act that another process may have been first with: a process that answers for an
    /// end refuses its tokens from then on. The act itself is done; a feed that cannot be read now is read at the next
    /// tick.
    pub(crate) async fn poll_feed_after(&self, ctx: &Ctx) {
        if let Err(error) = self.poll_feed(ctx).await {
            tracing::warn!(%error, "the feed of revocations cannot be read");
        }
        self.core().flush_mirror(ctx).await;
    }

    pub(crate) async fn poll_feed(&self, ctx: &Ctx) -> Result<FeedRead> {
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
            // Nothing waits for it: a slow Redis must not delay the next read of the feed.
            drop(mirror.flush_soon(ctx.now));
        }
        Ok(FeedRead { entries: feed.entries.len(), has_moved: feed.has_moved })
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
        self.remove_old_mails(ctx).await;
        Ok(all)
    }
}
