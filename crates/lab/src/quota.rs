//! A visitor's share of the lab: requests a second, requests under way, hashes under way.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use hallpass_model::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::refused::Refused;

/// Requests that may come at once after a pause.
pub(crate) const BURST: i64 = 120;
/// Milliseconds after which one more may come.
pub(crate) const EACH: i64 = 50;
/// Requests under way.
pub(crate) const AT_ONCE: usize = 8;

/// What one client address may use, however many sandboxes it has.
#[derive(Debug)]
pub(crate) struct Share {
    network: Vec<u8>,
    bucket: Mutex<Bucket>,
    places: Arc<Semaphore>,
    hashing: Arc<Semaphore>,
    seen: AtomicI64,
}

/// As full as `left` says, as of `at`.
#[derive(Debug)]
struct Bucket {
    left: i64,
    at: i64,
}

impl Share {
    pub(crate) fn new(network: Vec<u8>, now: Timestamp) -> Arc<Self> {
        Arc::new(Self {
            network,
            bucket: Mutex::new(Bucket { left: BURST * EACH, at: now.millis() }),
            places: Arc::new(Semaphore::new(AT_ONCE)),
            hashing: Arc::new(Semaphore::new(1)),
            seen: AtomicI64::new(now.millis()),
        })
    }

    pub(crate) fn network(&self) -> &[u8] {
        &self.network
    }

    /// When it was last used, in milliseconds.
    pub(crate) fn seen(&self) -> i64 {
        self.seen.load(Ordering::Relaxed)
    }

    /// Counts one request.
    pub(crate) fn take(&self, now: Timestamp) -> Result<(), Refused> {
        let now = now.millis();
        self.seen.store(now, Ordering::Relaxed);
        let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = now.saturating_sub(bucket.at).max(0);
        bucket.left = bucket.left.saturating_add(passed).min(BURST * EACH);
        bucket.at = bucket.at.max(now);
        if bucket.left < EACH {
            return Err(Refused::Busy);
        }
        bucket.left -= EACH;
        Ok(())
    }

    /// A place among the requests under way, until it is dropped.
    pub(crate) fn enter(&self) -> Result<OwnedSemaphorePermit, Refused> {
        self.places.clone().try_acquire_owned().map_err(|_| Refused::Busy)
    }

    /// The one place for a hash of a chosen cost: an expensive one takes a second of the lab's only hashing thread.
    pub(crate) fn enter_hashing(&self) -> Result<OwnedSemaphorePermit, Refused> {
        self.hashing.clone().try_acquire_owned().map_err(|_| Refused::Busy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn a_burst_then_twenty_a_second() {
        let share = Share::new(Vec::new(), at(0));
        for _ in 0..BURST {
            share.take(at(0)).expect("within the burst");
        }
        assert_eq!(share.take(at(0)), Err(Refused::Busy));
        assert_eq!(share.take(at(49)), Err(Refused::Busy));
        share.take(at(50)).expect("one came free");
        assert_eq!(share.take(at(51)), Err(Refused::Busy));
    }

    #[test]
    fn so_many_at_once_and_one_hash() {
        let share = Share::new(Vec::new(), at(0));
        let places: Vec<_> = (0..AT_ONCE).map(|_| share.enter().expect("free")).collect();
        assert!(share.enter().is_err());
        drop(places);
        let _hash = share.enter_hashing().expect("free");
        assert!(share.enter_hashing().is_err());
        assert!(share.enter().is_ok());
    }
}
