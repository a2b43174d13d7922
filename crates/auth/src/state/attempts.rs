//! Attempts at a password that wait for one another.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hallpass_model::UserId;
use hallpass_model::rate_limit::BucketKey;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

/// How long an attempt waits for others against the same account.
const PATIENCE: Duration = Duration::from_secs(5);
/// An attempt that another replica settles wakes no waiter here.
const POLL: Duration = Duration::from_millis(250);
/// Attempts that may wait for one account. Each costs a look into the store now and then.
const MOST_WAITING: usize = 64;

/// The attempts of this process.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    pub(crate) tasks: TaskTracker,
    /// Whether attempts run in the task of their client, and end with it.
    pub(crate) are_attached: AtomicBool,
    queues: Mutex<HashMap<BucketKey, Arc<Queue>>>,
    /// Accounts whose hash could not be read, as far as that was logged.
    unreadable: Mutex<HashSet<UserId>>,
}

/// Accounts that are remembered as logged; beyond, none is logged any more.
const MOST_UNREADABLE: usize = 10_000;

#[derive(Debug, Default)]
struct Queue {
    free: Notify,
    length: AtomicUsize,
}

/// A place among those that wait for one account. It is given back when it is dropped.
pub(crate) struct Place<'a> {
    attempts: &'a Attempts,
    key: BucketKey,
    queue: Arc<Queue>,
    until: Instant,
}

impl Attempts {
    /// Takes a place; none when too many wait already.
    pub(crate) fn queue_up(&self, key: &BucketKey) -> Option<Place<'_>> {
        let mut queues = self.queues();
        let queue = queues.entry(*key).or_default().clone();
        if queue.length.load(Ordering::Relaxed) >= MOST_WAITING {
            return None;
        }
        queue.length.fetch_add(1, Ordering::Relaxed);
        Some(Place { attempts: self, key: *key, queue, until: Instant::now() + PATIENCE })
    }

    /// An attempt was settled: the one that has waited longest may go on.
    pub(crate) fn settled(&self, key: &BucketKey) {
        if let Some(queue) = self.queues().get(key) {
            queue.free.notify_one();
        }
    }

    /// Whether this account's hash was found unreadable for the first time.
    pub(crate) fn is_first_unreadable(&self, user: UserId) -> bool {
        let mut unreadable = self.unreadable.lock().unwrap_or_else(PoisonError::into_inner);
        unreadable.len() < MOST_UNREADABLE && unreadable.insert(user)
    }

    // Every entry is whole at any time, whatever panicked.
    fn queues(&self) -> MutexGuard<'_, HashMap<BucketKey, Arc<Queue>>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place<'_> {
    /// Waits for a settlement; false when this attempt has waited long enough.
    pub(crate) async fn wait(&self) -> bool {
        let left = self.until.saturating_duration_since(Instant::now());
        // Out of time or woken: the caller asks the guard again either way.
        let _ = tokio::time::timeout(left.min(POLL), self.queue.free.notified()).await;
        !left.is_zero()
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut queues = self.attempts.queues();
        if self.queue.length.fetch_sub(1, Ordering::Relaxed) == 1 {
            queues.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn those_who_wait_are_woken_in_turn_and_leave_no_trace() {
        let attempts = Attempts::default();
        let (first, second) = (attempts.queue_up(&[1; 32]).expect("room"), attempts.queue_up(&[1; 32]).expect("room"));
        let begun = Instant::now();
        attempts.settled(&[1; 32]);
        assert!(first.wait().await);
        assert!(begun.elapsed().is_zero(), "woken, not timed out");
        assert!(second.wait().await);
        assert_eq!(begun.elapsed(), POLL);
        drop((first, second));
        assert!(attempts.queues().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_is_bounded_in_time_and_number() {
        let attempts = Attempts::default();
        let places: Vec<_> = (0..MOST_WAITING).map(|_| attempts.queue_up(&[1; 32]).expect("room")).collect();
        assert!(attempts.queue_up(&[1; 32]).is_none());
        assert!(attempts.queue_up(&[2; 32]).is_some());
        let begun = Instant::now();
        while places[0].wait().await {}
        assert_eq!(begun.elapsed(), PATIENCE);
    }
}
