//! Keeping this process and Redis in agreement.
//!
//! Redis is quick and forgets; the database is slow and does not. So replicas receive revocations through Redis, read
//! what they may have missed from the database, and give Redis back what it has lost.

use std::time::Duration;

use hallpass_model::revocation::FeedEntry;
use hallpass_shared::{Received, RedisDenylist, RedisFault, Subscription};
use hallpass_store::op;

use crate::core::Auth;
use crate::ctx::Ctx;
use crate::rooms::Background;
use crate::settings::{Consistency, OnOutage};
use crate::{Error, Result};

/// How often Redis is asked whether it has forgotten anything.
const PROBE_EVERY: Duration = Duration::from_secs(1);
/// How soon a lost Redis is looked for again.
const RETRY_AFTER: Duration = Duration::from_millis(250);
/// In a cluster one node may lose its part without anybody noticing: so all of it is pushed now and then.
const CLUSTER_PUSHES: u32 = 60;

impl Background<'_> {
    /// Listens to the other replicas and mends what Redis has lost, for as long as the server runs. Without Redis it
    /// returns at once.
    pub async fn run_redis_sync(self, ctx: impl Fn() -> Ctx) {
        let Some(mirror) = self.0.core().mirror() else { return };
        let mut is_lost = false;
        loop {
            match mirror.subscribe().await {
                Ok(subscription) => {
                    if std::mem::take(&mut is_lost) {
                        tracing::info!("Redis answers again");
                    }
                    self.0.listen(mirror, subscription, &ctx).await;
                }
                Err(fault) => {
                    if !std::mem::replace(&mut is_lost, true) {
                        tracing::warn!(%fault, "Redis is lost; revocations are read from the database");
                    }
                    // It may take commands all the same.
                    self.0.repair(mirror, &ctx(), false).await;
                }
            }
            tokio::time::sleep(RETRY_AFTER).await;
        }
    }

    /// Pushes the whole set into Redis before anything is served. Without Redis there is nothing to do.
    ///
    /// # Errors
    /// Redis does not take it; then [`Background::run_redis_sync`] goes on trying.
    pub async fn prepare_redis(self, ctx: &Ctx) -> Result<(), RedisFault> {
        match self.0.core().mirror() {
            Some(mirror) => self.0.push(mirror, ctx).await,
            None => Ok(()),
        }
    }
}

impl Auth {
    /// Until the connection breaks.
    async fn listen(&self, mirror: &RedisDenylist, mut subscription: Subscription, ctx: &impl Fn() -> Ctx) {
        // Messages that were sent without a subscription are missed; the database has their entries.
        if let Err(error) = self.poll_feed(&ctx()).await {
            tracing::warn!(%error, "the gap is closed by the next look into the database");
        }
        let mut probes = tokio::time::interval(PROBE_EVERY);
        probes.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut count = 0_u32;
        loop {
            tokio::select! {
                received = subscription.next() => match received {
                    Received::Entry(entry) => self.apply_message(entry, &ctx()),
                    Received::Unreadable => tracing::debug!("a message on the channel is not a revocation"),
                    Received::Closed => return,
                },
                () = mirror.found_incomplete() => self.repair(mirror, &ctx(), false).await,
                _ = probes.tick() => {
                    if !subscription.is_alive().await {
                        return;
                    }
                    count = count.wrapping_add(1);
                    let is_due = mirror.redis().is_cluster() && count.is_multiple_of(CLUSTER_PUSHES);
                    self.repair(mirror, &ctx(), is_due).await;
                }
            }
        }
    }

    /// An entry lives no longer than a token it can speak of, whatever was said on the channel.
    fn apply_message(&self, mut entry: FeedEntry, ctx: &Ctx) {
        let longest = ctx.now + self.settings().revocation_ttl() + op::Prune::KEPT;
        entry.revocation.until = entry.revocation.until.min(longest);
        self.denylist().apply(&[entry]);
    }

    /// Pushes the set if Redis may lack a part of it, or if it is time anyway.
    async fn repair(&self, mirror: &RedisDenylist, ctx: &Ctx, is_due: bool) {
        let is_whole = mirror.is_whole().await;
        if is_whole.is_err() || (matches!(is_whole, Ok(true)) && !is_due) {
            return;
        }
        if let Err(fault) = self.push(mirror, ctx).await {
            tracing::warn!(%fault, "the denylist could not be pushed into Redis; the next probe tries again");
        }
    }

    async fn push(&self, mirror: &RedisDenylist, ctx: &Ctx) -> Result<(), RedisFault> {
        let in_force = self.core().store.read(op::RevocationsSince { seq: 0 }).await;
        // Without the database there is nothing to push, and what is there already is not vouched for.
        let feed = in_force.map_err(|_| RedisFault::Incomplete)?;
        mirror.push(&feed.entries, ctx.now).await?;
        metrics::counter!("hallpass_denylist_pushes_total").increment(1);
        tracing::info!(entries = feed.entries.len(), "the denylist in Redis is whole");
        Ok(())
    }

    /// Whether Redis can be believed, where nothing is answered without it.
    pub(crate) async fn mirror_ready(&self) -> Result<()> {
        let settings = self.settings();
        let must_ask =
            settings.denylist.consistency == Consistency::Strict && settings.denylist.on_outage == OnOutage::Deny;
        let Some(mirror) = self.core().mirror().filter(|_| must_ask) else { return Ok(()) };
        if matches!(mirror.is_whole().await, Ok(true)) { Ok(()) } else { Err(Error::Unavailable) }
    }
}
