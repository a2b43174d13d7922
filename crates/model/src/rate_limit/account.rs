//! The failures against an account, and its lock.

use std::time::Duration;

use super::Rule;
use crate::Timestamp;

/// A reservation older than this belongs to a request that is gone.
const ABANDONED_AFTER: Duration = Duration::from_secs(60);
/// How long failures short of a lock are remembered.
const FAILURES_KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// The failures in a row against one email address, whether an account has it or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AccountGuard {
    /// Failures in a row.
    pub failed: u32,
    /// Attempts under way.
    pub pending: u32,
    /// The last reservation or settlement.
    pub touched_at: Option<Timestamp>,
    /// When the lock ends, if there is one.
    pub locked_until: Option<Timestamp>,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The password was right.
    Success,
    /// The password was wrong, or there is no such account.
    Failure,
    /// Nothing was found out: the hashing queue was full, or the store failed after the reservation.
    Void,
}

/// Why an attempt against an account may not go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// Too many failures in a row.
    Locked {
        /// Until the lock ends.
        retry_after: Duration,
    },
    /// Failures and attempts under way together fill the limit. Nothing is locked: each settlement may make room.
    Busy,
}

impl AccountGuard {
    /// The guard as it counts now: an ended lock forgets the failures; a reservation that was not settled within a
    /// minute is a failure; failures that reach the limit in this way close a lock as any other.
    #[must_use]
    pub fn current(stored: Option<Self>, now: Timestamp, rule: &Rule) -> Self {
        let Some(mut guard) = stored else { return Self::default() };
        let touched = guard.touched_at.unwrap_or(now);
        let idle = touched.until(now);
        if guard.locked_until.is_some_and(|until| now >= until) || idle >= FAILURES_KEPT {
            return Self::default();
        }
        let mut since = touched;
        if idle >= ABANDONED_AFTER && guard.pending > 0 {
            guard.failed = guard.failed.saturating_add(guard.pending);
            guard.pending = 0;
            since = touched + ABANDONED_AFTER;
        }
        if guard.locked_until.is_none() && guard.failed >= rule.lockout.failures {
            guard.locked_until = Some(since + rule.lockout.duration);
            if now >= since + rule.lockout.duration {
                return Self::default();
            }
        }
        guard
    }

    /// Whether a lock has closed since the row was written, which no log says yet.
    pub fn has_closed(&self, stored: Option<&Self>) -> bool {
        self.locked_until.is_some() && stored.is_some_and(|stored| stored.locked_until.is_none())
    }

    /// Takes one attempt.
    ///
    /// Attempts under way count as failures until they are settled, so of any number of parallel guesses at most
    /// `Lockout::failures` reach a hash.
    ///
    /// # Errors
    /// [`Hold`].
    pub fn reserve(mut self, now: Timestamp, rule: &Rule) -> Result<Self, Hold> {
        if let Some(until) = self.locked_until {
            return Err(Hold::Locked { retry_after: now.until(until) });
        }
        if self.failed.saturating_add(self.pending) >= rule.lockout.failures {
            return Err(Hold::Busy);
        }
        self.pending += 1;
        self.touched_at = Some(now);
        Ok(self)
    }

    /// Settles one attempt. Returns whether this one closed the lock.
    pub fn settle(&mut self, outcome: Outcome, now: Timestamp, rule: &Rule) -> bool {
        self.pending = self.pending.saturating_sub(1);
        self.touched_at = Some(now);
        match outcome {
            Outcome::Void => false,
            Outcome::Success => {
                self.failed = 0;
                false
            }
            Outcome::Failure => {
                self.failed = self.failed.saturating_add(1);
                let closes = self.failed >= rule.lockout.failures && self.locked_until.is_none();
                if closes {
                    self.locked_until = Some(now + rule.lockout.duration);
                }
                closes
            }
        }
    }

    /// When the row says nothing any more and may be pruned.
    pub fn forget_at(&self) -> Timestamp {
        self.locked_until.unwrap_or_else(|| self.touched_at.unwrap_or(Timestamp::EPOCH) + FAILURES_KEPT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rate_limit::Lockout;
    use crate::rate_limit::example::{RULE, at};

    fn fail_times(count: u32, now: Timestamp) -> AccountGuard {
        let mut guard = AccountGuard::default();
        for _ in 0..count {
            guard = guard.reserve(now, &RULE).expect("not locked yet");
            guard.settle(Outcome::Failure, now, &RULE);
        }
        guard
    }

    #[test]
    fn five_failures_in_a_row_lock_for_half_an_hour() {
        let guard = fail_times(5, at(0));
        let locked = |seconds| Err(Hold::Locked { retry_after: Duration::from_secs(seconds) });
        assert_eq!(guard.reserve(at(0), &RULE), locked(1800));
        assert_eq!(guard.reserve(at(1799), &RULE), locked(1));
        let later = AccountGuard::current(Some(guard), at(1800), &RULE);
        assert_eq!(later, AccountGuard::default());
    }

    #[test]
    fn a_success_ends_the_row() {
        let mut guard = fail_times(4, at(0)).reserve(at(1), &RULE).expect("one is left");
        assert!(!guard.settle(Outcome::Success, at(1), &RULE));
        assert_eq!(guard.failed, 0);
    }

    #[test]
    fn parallel_guesses_cannot_pass_the_limit() {
        let mut guard = AccountGuard::default();
        let mut granted = 0;
        for _ in 0..40 {
            if let Ok(next) = guard.reserve(at(0), &RULE) {
                guard = next;
                granted += 1;
            }
        }
        assert_eq!(granted, 5);
    }

    #[test]
    fn a_success_does_not_free_the_guesses_under_way() {
        let mut guard = AccountGuard::default();
        for _ in 0..5 {
            guard = guard.reserve(at(0), &RULE).expect("granted");
        }
        guard.settle(Outcome::Success, at(0), &RULE);
        let guard = guard.reserve(at(0), &RULE).expect("one came free");
        assert!(guard.reserve(at(0), &RULE).is_err());
    }

    #[test]
    fn abandoned_reservations_are_failures_after_a_minute_and_at_the_limit_an_ordinary_lock() {
        let guard = fail_times(3, at(0)).reserve(at(0), &RULE).expect("granted");
        let later = AccountGuard::current(Some(guard), at(61), &RULE);
        assert_eq!((later.failed, later.pending, later.locked_until), (4, 0, None));
        let guard = guard.reserve(at(0), &RULE).expect("granted");
        assert_eq!(guard.reserve(at(59), &RULE), Err(Hold::Busy), "nothing is locked yet");
        let later = AccountGuard::current(Some(guard), at(61), &RULE);
        assert!(later.has_closed(Some(&guard)) && !later.has_closed(Some(&later)));
        assert_eq!(later.reserve(at(61), &RULE), Err(Hold::Locked { retry_after: Duration::from_secs(1799) }));
        assert_eq!(AccountGuard::current(Some(guard), at(60 + 1800), &RULE), AccountGuard::default());
        assert_eq!(AccountGuard::current(Some(later), at(60 + 1800), &RULE), AccountGuard::default());
    }

    #[test]
    fn a_limit_that_was_lowered_locks_for_the_usual_time_and_not_for_a_day() {
        let strict = Rule { lockout: Lockout { failures: 2, ..RULE.lockout }, ..RULE };
        let guard = AccountGuard::current(Some(fail_times(4, at(0))), at(10), &strict);
        assert_eq!(guard.reserve(at(10), &strict), Err(Hold::Locked { retry_after: Duration::from_secs(1790) }));
        assert_eq!(AccountGuard::current(Some(fail_times(4, at(0))), at(1800), &strict), AccountGuard::default());
    }

    #[test]
    fn an_overloaded_attempt_counts_for_nothing() {
        let mut guard = AccountGuard::default().reserve(at(0), &RULE).expect("granted");
        guard.settle(Outcome::Void, at(0), &RULE);
        assert_eq!((guard.failed, guard.pending), (0, 0));
    }
}
