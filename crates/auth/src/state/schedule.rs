//! When background work is due.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use hallpass_model::Timestamp;

/// How often the ring is asked whether a step is due.
const KEYS_EVERY: Duration = Duration::from_secs(30);
/// How often ended rows are removed.
const PRUNE_EVERY: Duration = Duration::from_secs(60);

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

    /// Whether the ring is to be asked for a step now.
    pub(crate) fn keys_are_due(&self, now: Timestamp) -> bool {
        is_due(&self.keys, KEYS_EVERY, now)
    }

    /// Whether ended rows are to be removed now.
    pub(crate) fn pruning_is_due(&self, now: Timestamp) -> bool {
        is_due(&self.prune, PRUNE_EVERY, now)
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
