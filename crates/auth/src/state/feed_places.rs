//! Places in the revocation feed, and the reads of the store that readers at one place share.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use hallpass_model::revocation::FeedEntry;
use tokio::time::Instant;

use crate::Result;

/// How long before a reader asked a read of the store may have begun that answers it: as long as a revocation by another
/// process may take to be noticed in any case.
const SHARED_FOR: Duration = Duration::from_millis(250);

/// What the store has after a place in the feed.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) last_seq: i64,
    pub(crate) entries: Arc<[FeedEntry]>,
}

/// The places in the feed at which readers wait. Readers that have seen everything are all at one.
#[derive(Debug, Default)]
pub(crate) struct FeedPlaces(Mutex<HashMap<Option<i64>, Weak<FeedPlace>>>);

impl FeedPlaces {
    pub(crate) fn at(&self, since: Option<i64>) -> Arc<FeedPlace> {
        // Entries are added and removed as a whole, whatever panicked.
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = places.get(&since).and_then(Weak::upgrade) {
            return place;
        }
        places.retain(|_, place| place.strong_count() > 0);
        let place = Arc::new(FeedPlace { since, last: tokio::sync::Mutex::default() });
        places.insert(since, Arc::downgrade(&place));
        place
    }
}

/// A place in the feed, with the last read of the store from there on: 1,024 readers that one revocation wakes make one
/// read. It lives as long as a reader is there, and so do the entries it has found.
#[derive(Debug)]
pub(crate) struct FeedPlace {
    pub(crate) since: Option<i64>,
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

impl FeedPlace {
    /// What the store has after this place, by a read that began with this version of the denylist or a later one, and
    /// no longer than [`SHARED_FOR`] ago.
    pub(crate) async fn read(
        &self,
        version: u64,
        version_now: impl Fn() -> u64,
        fetch: impl Future<Output = Result<Found>>,
    ) -> Result<Found> {
        let oldest = Instant::now().checked_sub(SHARED_FOR);
        // Callers that wait here find the read of the one before them.
        let mut last = self.last.lock().await;
        let is_good = |read: &&Read| read.version >= version && oldest.is_none_or(|oldest| read.begun >= oldest);
        if let Some(read) = last.as_ref().filter(is_good) {
            return read.outcome.clone();
        }
        let (version, begun) = (version_now(), Instant::now());
        let outcome = fetch.await;
        *last = Some(Read { version, begun, outcome: outcome.clone() });
        outcome
    }
}
