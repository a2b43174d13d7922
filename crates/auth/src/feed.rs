//! The revocation feed: what verifiers elsewhere must refuse.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use hallpass_model::revocation::Numbered;
use hallpass_store::op;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::Result;
use crate::core::Auth;

/// How long before a reader asked a read of the store may have begun that answers it: as long as a revocation by another
/// process may take to be noticed in any case.
const SHARED_FOR: Duration = Duration::from_millis(250);

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
    pub entries: Arc<[Numbered]>,
}

/// What the store has after a place in the feed.
#[derive(Debug, Clone)]
struct Found {
    last_seq: i64,
    entries: Arc<[Numbered]>,
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
        let found = self.revocations_since(since).await?;
        match since {
            Some(place) if place > found.last_seq => Ok(self.page(self.revocations_since(None).await?, true)),
            _ => Ok(self.page(found, since.is_none())),
        }
    }

    /// A reader that waits for more at its place. Readers at one place share the reads of the store.
    pub fn feed_reader(&self, since: Option<i64>) -> FeedReader {
        let version = self.denylist().subscribe();
        FeedReader { auth: self.clone(), version, place: self.core().feed_places.at(since) }
    }

    /// The version of the key ring as this process knows it.
    pub fn key_ring_version(&self) -> i64 {
        self.core().ring.version()
    }

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
            keys: self.key_ring_version(),
            entries: found.entries,
        }
    }
}

/// A reader of the feed, at its place.
#[derive(Debug)]
pub struct FeedReader {
    auth: Auth,
    version: watch::Receiver<u64>,
    place: Arc<Place>,
}

impl FeedReader {
    /// What came after the reader's place, as [`Auth::revocations`]; the place moves on. Every revocation that this
    /// process knew when the call began is in this page or was in one before.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::Error::Unavailable).
    pub async fn read(&mut self) -> Result<FeedPage> {
        // Marked as seen before the store is read: a revocation during the read wakes the reader again.
        let version = *self.version.borrow_and_update();
        let mut found = self.place.read(&self.auth, version).await?;
        if self.place.since.is_some_and(|since| since > found.last_seq) {
            self.place = self.auth.core().feed_places.at(None);
            found = self.place.read(&self.auth, version).await?;
        }
        let page = self.auth.page(found, self.place.since.is_none());
        self.place = self.auth.core().feed_places.at(Some(page.cursor));
        Ok(page)
    }

    /// Returns when this process knows of a revocation that came after the last read began.
    pub async fn changed(&mut self) {
        if self.version.changed().await.is_err() {
            // The denylist lives as long as `auth`.
            std::future::pending::<()>().await;
        }
    }
}

/// The places in the feed at which readers wait. Readers that have seen everything are all at one.
#[derive(Debug, Default)]
pub(crate) struct Places(Mutex<HashMap<Option<i64>, Weak<Place>>>);

impl Places {
    fn at(&self, since: Option<i64>) -> Arc<Place> {
        // Entries are added and removed as a whole, whatever panicked.
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = places.get(&since).and_then(Weak::upgrade) {
            return place;
        }
        places.retain(|_, place| place.strong_count() > 0);
        let place = Arc::new(Place { since, last: tokio::sync::Mutex::default() });
        places.insert(since, Arc::downgrade(&place));
        place
    }
}

/// A place in the feed, with the last read of the store from there on: 1,024 readers that one revocation wakes make one
/// read. It lives as long as a reader is there, and so do the entries it has found.
#[derive(Debug)]
struct Place {
    since: Option<i64>,
    last: tokio::sync::Mutex<Option<Read>>,
}

#[derive(Debug)]
struct Read {
    /// The denylist's version when it began: what was committed up to then is in it.
    version: u64,
    begun: Instant,
    /// A failure is shared, too: else readers would wait for a store that hangs one after the other.
    outcome: Result<Found>,
}

impl Place {
    /// What the store has after this place, by a read that began with this version of the denylist or a later one, and
    /// no longer than [`SHARED_FOR`] ago.
    async fn read(&self, auth: &Auth, version: u64) -> Result<Found> {
        let oldest = Instant::now().checked_sub(SHARED_FOR);
        // Callers that wait here find the read of the one before them.
        let mut last = self.last.lock().await;
        let is_good = |read: &&Read| read.version >= version && oldest.is_none_or(|oldest| read.begun >= oldest);
        if let Some(read) = last.as_ref().filter(is_good) {
            return read.outcome.clone();
        }
        let (version, begun) = (auth.denylist().version(), Instant::now());
        let outcome = auth.revocations_since(self.since).await;
        *last = Some(Read { version, begun, outcome: outcome.clone() });
        outcome
    }
}
