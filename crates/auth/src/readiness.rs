//! Whether a request could be served.

use std::time::Duration;

use crate::core::Auth;
use crate::ctx::Ctx;
use crate::rooms::Background;
use crate::{Error, Result};

/// How long an answer of the store is reused. Each one costs a write, and anyone may ask where the probes are public.
const PROBE_EVERY: Duration = Duration::from_secs(1);
/// Beyond this age of the feed this process may be verifying tokens that others have revoked. It is read four times a
/// second.
const FEED_MAX_AGE: Duration = Duration::from_secs(10);

impl Background<'_> {
    /// Whether a request could be served: the store can be written, the feed of revocations is fresh, a key can sign,
    /// and Redis can be believed where every check asks it.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when not; the reason is logged.
    pub async fn ready(self, ctx: &Ctx) -> Result<()> {
        self.0.probe_store(ctx).await?;
        let age = self.feed_age();
        if age > FEED_MAX_AGE {
            tracing::warn!(seconds = age.as_secs(), "not ready: the feed of revocations was not read for too long");
            return Err(Error::Unavailable);
        }
        self.0.mirror_ready().await?;
        self.0.core().ring.signer(ctx.now).map(|_| ())
    }

    /// How long ago this process last read what others have revoked. It grows when the background work has stopped or
    /// the store does not answer.
    pub fn feed_age(self) -> Duration {
        self.0.core().readiness.feed_age()
    }
}

impl Auth {
    async fn probe_store(&self, ctx: &Ctx) -> Result<()> {
        let mut probed = self.core().readiness.probed.lock().await;
        if let Some((at, result)) = &*probed
            && ctx.now >= *at
            && ctx.now < *at + PROBE_EVERY
        {
            return result.clone();
        }
        let result = self.core().store.ping().await.map_err(Error::from);
        *probed = Some((ctx.now, result.clone()));
        result
    }
}
