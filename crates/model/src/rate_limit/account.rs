//! The failures against an account, and its lock.

use std::time::Duration;

use super::Rule;
use crate::Timestamp;

/// A reservation older than this belongs to a request that is gone.
const ABANDONED_AFTER: Duration = Duration::from_secs(60);
/// How long failures short of a lock are remembered.
const FAILURES_KEPT: Duration = Duration::from_secs(24 * 60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

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
    /// Failures of the day, which no success and no end of a lock forgets.
    pub day_failed: u32,
    /// When the day ends that began with its first failure.
    pub day_ends_at: Option<Timestamp>,
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
    /// The guard as it counts now: an ended lock forgets the failures, unless the pauses grow with them; a reservation
    /// that was not settled within a minute is a failure; failures that reach the limit in this way close a lock as any
    /// other.
    #[must_use]
    pub fn current(stored: Option<Self>, now: Timestamp, rule: &Rule) -> Self {
        let Some(mut guard) = stored else { return Self::default() };
        let touched = guard.touched_at.unwrap_or(now);
        let idle = touched.until(now);
        if guard.day_ends_at.is_some_and(|ends| now >= ends) {
            (guard.day_failed, guard.day_ends_at) = (0, None);
        }
        if guard.locked_until.is_some_and(|until| now >= until) {
            guard.end_lock(rule);
        }
        if guard.locked_until.is_none() && idle >= FAILURES_KEPT {
            return Self::default();
        }
        let is_abandoned = idle >= ABANDONED_AFTER && guard.pending > 0;
        let since = if is_abandoned { touched + ABANDONED_AFTER } else { touched };
        if is_abandoned {
            guard.count(guard.pending, touched);
            guard.pending = 0;
        }
        // Where pauses grow, only a failure begins one: an attempt after a pause is no reason for the next.
        if guard.locked_until.is_none() && (is_abandoned || !rule.lockout.backs_off) {
            guard.locked_until = guard.lock_end(since, rule);
        }
        if guard.locked_until.is_none() {
            guard.locked_until = guard.day_end(rule);
        }
        if guard.locked_until.is_some_and(|until| now >= until) {
            guard.end_lock(rule);
        }
        guard
    }

    fn end_lock(&mut self, rule: &Rule) {
        (self.locked_until, self.pending) = (None, 0);
        if !rule.lockout.backs_off {
            self.failed = 0;
        }
    }

    fn count(&mut self, failures: u32, at: Timestamp) {
        self.failed = self.failed.saturating_add(failures);
        self.day_failed = self.day_failed.saturating_add(failures);
        self.day_ends_at.get_or_insert(at + DAY);
    }

    /// When the lock ends that the failures in a row close, or those of the day.
    fn lock_end(&self, since: Timestamp, rule: &Rule) -> Option<Timestamp> {
        let is_full = self.failed >= rule.lockout.failures;
        is_full.then(|| since + rule.lockout.pause(self.failed)).max(self.day_end(rule))
    }

    fn day_end(&self, rule: &Rule) -> Option<Timestamp> {
        self.day_ends_at.filter(|_| self.day_failed >= rule.lockout.a_day)
    }

    /// Whether a lock has closed since the row was written, which no log says yet.
    pub fn has_closed(&self, stored: Option<&Self>) -> bool {
        self.locked_until.is_some() && stored.is_some_and(|stored| stored.locked_until.is_none())
    }

    /// Whether a row with this says what no row says.
    pub const fn is_empty(&self) -> bool {
        self.failed == 0 && self.pending == 0 && self.day_failed == 0 && self.locked_until.is_none()
    }

    /// Takes one attempt.
    ///
    /// Attempts under way count as failures until they are settled, so of any number of parallel guesses at most
    /// `Lockout::failures` reach a hash, and one after each pause that grows.
    ///
    /// # Errors
    /// [`Hold`].
    pub fn reserve(mut self, now: Timestamp, rule: &Rule) -> Result<Self, Hold> {
        if let Some(until) = self.locked_until {
            return Err(Hold::Locked { retry_after: now.until(until) });
        }
        let left = rule.lockout.failures.saturating_sub(self.failed);
        let left = if rule.lockout.backs_off { left.max(1) } else { left };
        if self.pending >= left.min(rule.lockout.a_day.saturating_sub(self.day_failed)) {
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
                self.count(1, now);
                if self.locked_until.is_some() {
                    return false;
                }
                self.locked_until = self.lock_end(now, rule);
                self.locked_until.is_some()
            }
        }
    }

    /// When the row says nothing any more and may be pruned.
    pub fn forget_at(&self) -> Timestamp {
        let told = self.locked_until.unwrap_or_else(|| self.touched_at.unwrap_or(Timestamp::EPOCH) + FAILURES_KEPT);
        let of_failures = if self.failed == 0 && self.pending == 0 { self.locked_until } else { Some(told) };
        of_failures.max(self.day_ends_at).unwrap_or(told)
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

    /// Nothing but the failures of the day.
    fn forgiven(day_failed: u32, secs: i64) -> AccountGuard {
        let (touched_at, day_ends_at) = (Some(at(secs)), Some(at(secs) + DAY));
        AccountGuard { touched_at, day_failed, day_ends_at, ..AccountGuard::default() }
    }

    #[test]
    fn a_hundred_failures_lock_until_a_day_after_the_first_whatever_lies_between() {
        let mut guard = AccountGuard::default();
        let mut now = at(0);
        for _ in 0..20 {
            for _ in 0..5 {
                guard = AccountGuard::current(Some(guard), now, &RULE).reserve(now, &RULE).expect("granted");
                guard.settle(Outcome::Failure, now, &RULE);
            }
            now = now + RULE.lockout.duration;
            let mut good = AccountGuard::current(Some(guard), now, &RULE);
            if let Ok(reserved) = good.reserve(now, &RULE) {
                good = reserved;
                good.settle(Outcome::Success, now, &RULE);
                guard = good;
            }
        }
        let refused = |now| AccountGuard::current(Some(guard), now, &RULE).reserve(now, &RULE);
        assert_eq!(refused(now), Err(Hold::Locked { retry_after: now.until(at(0) + DAY) }));
        assert!(refused(at(0) + DAY).is_ok());
    }

    #[test]
    fn pauses_double_with_each_failure_from_half_a_minute_to_a_quarter_of_an_hour() {
        let rule = Rule { lockout: Lockout { backs_off: true, ..RULE.lockout }, ..RULE };
        let (mut guard, mut now) = (fail_times(4, at(0)), at(0));
        for seconds in [30, 60, 120, 240, 480, 900, 900] {
            guard = AccountGuard::current(Some(guard), now, &rule).reserve(now, &rule).expect("one attempt");
            assert_eq!(guard.reserve(now, &rule), Err(Hold::Busy));
            assert!(guard.settle(Outcome::Failure, now, &rule));
            let held = AccountGuard::current(Some(guard), now, &rule).reserve(now, &rule);
            assert_eq!(held, Err(Hold::Locked { retry_after: Duration::from_secs(seconds) }));
            now = now + Duration::from_secs(seconds);
        }
    }

    #[test]
    fn a_lock_of_a_week_holds_for_a_week() {
        let week = Duration::from_secs(7 * 24 * 3600);
        let rule = Rule { lockout: Lockout { duration: week, ..RULE.lockout }, ..RULE };
        let mut guard = AccountGuard::default();
        for _ in 0..5 {
            guard = guard.reserve(at(0), &rule).expect("granted");
            guard.settle(Outcome::Failure, at(0), &rule);
        }
        let later = at(0) + DAY + DAY;
        assert!(AccountGuard::current(Some(guard), later, &rule).reserve(later, &rule).is_err());
        assert!(AccountGuard::current(Some(guard), at(0) + week, &rule).reserve(at(0) + week, &rule).is_ok());
    }

    #[test]
    fn five_failures_in_a_row_lock_for_half_an_hour() {
        let guard = fail_times(5, at(0));
        let locked = |seconds| Err(Hold::Locked { retry_after: Duration::from_secs(seconds) });
        assert_eq!(guard.reserve(at(0), &RULE), locked(1800));
        assert_eq!(guard.reserve(at(1799), &RULE), locked(1));
        let later = AccountGuard::current(Some(guard), at(1800), &RULE);
        assert_eq!(later, forgiven(5, 0));
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
        let ended = AccountGuard { touched_at: Some(at(0)), ..forgiven(5, 0) };
        assert_eq!(AccountGuard::current(Some(guard), at(60 + 1800), &RULE), ended);
        assert_eq!(AccountGuard::current(Some(later), at(60 + 1800), &RULE), ended);
    }

    #[test]
    fn a_limit_that_was_lowered_locks_for_the_usual_time_and_not_for_a_day() {
        let strict = Rule { lockout: Lockout { failures: 2, ..RULE.lockout }, ..RULE };
        let guard = AccountGuard::current(Some(fail_times(4, at(0))), at(10), &strict);
        assert_eq!(guard.reserve(at(10), &strict), Err(Hold::Locked { retry_after: Duration::from_secs(1790) }));
        assert_eq!(AccountGuard::current(Some(fail_times(4, at(0))), at(1800), &strict), forgiven(4, 0));
    }

    #[test]
    fn an_overloaded_attempt_counts_for_nothing() {
        let mut guard = AccountGuard::default().reserve(at(0), &RULE).expect("granted");
        guard.settle(Outcome::Void, at(0), &RULE);
        assert_eq!((guard.failed, guard.pending), (0, 0));
    }
}
