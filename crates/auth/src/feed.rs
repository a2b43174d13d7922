//! The revocation feed: what verifiers elsewhere must refuse.

use hallpass_model::revocation::Numbered;
use hallpass_store::op;
use tokio::sync::broadcast;

use crate::Result;
use crate::core::Auth;

/// A part of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedPage {
    /// Where the reader is now.
    pub cursor: i64,
    /// Whether this is the whole set that is in force, or what came after the reader's place.
    pub is_complete: bool,
    /// The version of the key ring that is served: when it changes, the key set has.
    pub keys: i64,
    /// What is refused.
    pub entries: Vec<Numbered>,
}

impl Auth {
    /// What came after a place in the feed; everything without one. What has ended is part of it for some time: the
    /// reader's clock says so, and not this server's, which may be ahead.
    ///
    /// A place that this server has not reached is from before a backup was restored: then everything, too.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::Error::Unavailable).
    pub async fn revocations(&self, since: Option<i64>) -> Result<FeedPage> {
        let feed = self.core().store.read(op::RevocationsSince { seq: since.unwrap_or(0) }).await?;
        if since.is_some_and(|since| since > feed.last_seq) {
            return Box::pin(self.revocations(None)).await;
        }
        Ok(FeedPage {
            cursor: feed.last_seq,
            is_complete: since.is_none(),
            // The ring as this process serves it, not as the store has it: announced any sooner, a verifier would fetch the
            // key set of before, and not come again.
            keys: self.key_ring_version(),
            entries: feed.entries,
        })
    }

    /// Wakes the readers of the feed, at every revocation that this process makes or receives.
    pub fn revocation_signal(&self) -> broadcast::Receiver<Numbered> {
        self.denylist().subscribe()
    }

    /// The version of the key ring as this process knows it.
    pub fn key_ring_version(&self) -> i64 {
        self.core().ring.version()
    }
}
