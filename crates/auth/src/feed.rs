//! The revocation feed: what verifiers elsewhere must refuse.

use std::sync::Arc;

use hallpass_model::revocation::FeedEntry;
use hallpass_store::op;
use tokio::sync::watch;

use crate::Result;
use crate::core::Auth;
use crate::rooms::Services;
use crate::state::{FeedPlace, Found};

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
    pub entries: Arc<[FeedEntry]>,
}

impl Services<'_> {
    /// What came after a place in the feed; everything without one. What has ended is part of it for some time: the
    /// reader's clock says so, and not this server's, which may be ahead.
    ///
    /// A place that this server has not reached is from before a backup was restored: then everything, too.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::Error::Unavailable).
    pub async fn revocations(self, since: Option<i64>) -> Result<FeedPage> {
        let found = self.0.revocations_since(since).await?;
        match since {
            Some(place) if place > found.last_seq => Ok(self.0.page(self.0.revocations_since(None).await?, true)),
            _ => Ok(self.0.page(found, since.is_none())),
        }
    }

    /// A reader that waits for more at its place. Readers at one place share the reads of the store.
    pub fn feed_reader(self, since: Option<i64>) -> FeedReader {
        let version = self.0.denylist().subscribe();
        FeedReader { auth: self.0.clone(), version, place: self.0.core().feed_places.at(since) }
    }

    /// The version of the key ring as this process knows it.
    pub fn key_ring_version(self) -> i64 {
        self.0.core().ring.version()
    }
}

impl Auth {
    async fn revocations_since(&self, since: Option<i64>) -> Result<Found> {
        let feed = self.core().store.read(op::RevocationsSince { seq: since.unwrap_or(0) }).await?;
        Ok(Found { last_seq: feed.last_seq, entries: feed.entries.into() })
    }

    fn page(&self, found: Found, is_complete: bool) -> FeedPage {
        FeedPage {
            cursor: found.last_seq,
            is_complete,
            // The ring as this process serves it, not as the store has it: given any sooner, a verifier would fetch the
            // key set of before, and not come again.
            keys: self.services().key_ring_version(),
            entries: found.entries,
        }
    }
}

/// A reader of the feed, at its place.
#[derive(Debug)]
pub struct FeedReader {
    auth: Auth,
    version: watch::Receiver<u64>,
    place: Arc<FeedPlace>,
}

impl FeedReader {
    /// What came after the reader's place, as [`Services::revocations`]; the place moves on. Every revocation that this
    /// process knew when the call began is in this page or was in one before.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::Error::Unavailable).
    pub async fn read(&mut self) -> Result<FeedPage> {
        // Marked as seen before the store is read: a revocation during the read wakes the reader again.
        let version = *self.version.borrow_and_update();
        let mut found = self.read_place(version).await?;
        if self.place.since.is_some_and(|since| since > found.last_seq) {
            self.place = self.auth.core().feed_places.at(None);
            found = self.read_place(version).await?;
        }
        let page = self.auth.page(found, self.place.since.is_none());
        self.place = self.auth.core().feed_places.at(Some(page.cursor));
        Ok(page)
    }

    async fn read_place(&self, version: u64) -> Result<Found> {
        let now = || self.auth.denylist().version();
        self.place.read(version, now, self.auth.revocations_since(self.place.since)).await
    }

    /// Returns when this process knows of a revocation that came after the last read began.
    pub async fn changed(&mut self) {
        if self.version.changed().await.is_err() {
            // The denylist lives as long as `auth`.
            std::future::pending::<()>().await;
        }
    }
}
