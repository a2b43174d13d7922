//! The login guard of this process alone, for the time in which Redis does not answer.
//!
//! Each replica counts for itself then, so each has half the budget. Memory is bounded: when the table is full, an
//! unknown one shares one bucket, so a flood of addresses cannot make the guard forget, nor let itself through.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hallpass_model::Timestamp;
use hallpass_model::rate_limit::{
    AccountGuard, AddressWindow, BucketKey, Buckets, Hold, Outcome, Reservation, Rule, Settlement, Terms,
};

/// Buckets of each kind; some twelve megabytes.
const ROOM: usize = 65_536;
/// The bucket of all that came when the table was full.
const CROWD: BucketKey = [0; 32];

#[derive(Debug, Default)]
pub(crate) struct MemoryLimits(Mutex<Tables>);

#[derive(Debug, Default)]
struct Tables {
    addresses: HashMap<BucketKey, AddressWindow>,
    accounts: HashMap<BucketKey, AccountGuard>,
}

impl MemoryLimits {
    pub(crate) fn reserve(&self, buckets: &Buckets, Terms { now, rule }: Terms<'_>) -> Reservation {
        let rule = &rule.halved();
        let mut tables = self.tables();
        tables.make_room(now, rule);
        let address = buckets.address.map(|key| tables.address_slot(&key));
        let window = address.map(|key| AddressWindow::current(tables.addresses.get(&key).copied(), now, rule));
        let budget = |window: Option<AddressWindow>| window.map(|window| window.budget(now, rule));
        let taken = window.map(|window| window.reserve(rule).ok_or(window.budget(now, rule))).transpose();
        let taken = match taken {
            Ok(taken) => taken,
            Err(budget) => return Reservation::AddressLimited { budget },
        };
        let refused = buckets.account.and_then(|key| tables.reserve_account(&key, now, rule).err());
        if let Some((hold @ Hold::Busy, has_closed)) = refused {
            return Reservation::AccountHeld { budget: budget(window), hold, has_closed };
        }
        if let (Some(key), Some(taken)) = (address, taken) {
            tables.addresses.insert(key, taken);
        }
        match refused {
            Some((hold, has_closed)) => Reservation::AccountHeld { budget: budget(taken), hold, has_closed },
            None => Reservation::Granted { budget: budget(taken) },
        }
    }

    pub(crate) fn settle(&self, buckets: &Buckets, outcome: Outcome, Terms { now, rule }: Terms<'_>) -> Settlement {
        let rule = &rule.halved();
        let mut tables = self.tables();
        let mut settlement = Settlement::default();
        if let Some(key) = buckets.account {
            let key = tables.account_slot(&key);
            let stored = tables.accounts.get(&key).copied();
            let mut guard = AccountGuard::current(stored, now, rule);
            let has_closed = guard.has_closed(stored.as_ref());
            settlement.locked = guard.settle(outcome, now, rule) || has_closed;
            tables.accounts.insert(key, guard);
        }
        if let Some(key) = buckets.address {
            let key = tables.address_slot(&key);
            let window = AddressWindow::current(tables.addresses.get(&key).copied(), now, rule);
            let window = if outcome == Outcome::Failure { window } else { window.give_back() };
            tables.addresses.insert(key, window);
            settlement.budget = Some(window.budget(now, rule));
        }
        settlement
    }

    pub(crate) fn unlock(&self, account: &BucketKey) -> bool {
        self.tables().accounts.remove(account).is_some()
    }

    pub(crate) fn locked_for(&self, account: &BucketKey, Terms { now, rule }: Terms<'_>) -> Option<Duration> {
        let stored = self.tables().accounts.get(account).copied();
        AccountGuard::current(stored, now, &rule.halved()).locked_until.map(|until| now.until(until))
    }

    // Every entry is whole at any time, whatever panicked.
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tables {
    fn address_slot(&self, key: &BucketKey) -> BucketKey {
        if self.addresses.len() < ROOM || self.addresses.contains_key(key) { *key } else { CROWD }
    }

    fn account_slot(&self, key: &BucketKey) -> BucketKey {
        if self.accounts.len() < ROOM || self.accounts.contains_key(key) { *key } else { CROWD }
    }

    /// Takes one attempt, or says why not and whether a lock was found that is in no log yet.
    fn reserve_account(&mut self, key: &BucketKey, now: Timestamp, rule: &Rule) -> Result<(), (Hold, bool)> {
        let key = self.account_slot(key);
        let stored = self.accounts.get(&key).copied();
        let guard = AccountGuard::current(stored, now, rule);
        let has_closed = guard.has_closed(stored.as_ref());
        let reserved = guard.reserve(now, rule);
        // A lock is found once; an attempt that is turned away for another reason leaves no row.
        if reserved.is_ok() || has_closed {
            self.accounts.insert(key, reserved.unwrap_or(guard));
        }
        reserved.map(|_| ()).map_err(|hold| (hold, has_closed))
    }

    /// Forgets what has ended, when there is no room otherwise.
    fn make_room(&mut self, now: Timestamp, rule: &Rule) {
        if self.addresses.len() >= ROOM {
            self.addresses.retain(|_, window| now < window.ends_at);
        }
        if self.accounts.len() >= ROOM {
            self.accounts.retain(|_, guard| {
                let current = AccountGuard::current(Some(*guard), now, rule);
                !current.is_empty()
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use hallpass_model::rate_limit::Lockout;

    use super::*;

    const RULE: Rule =
        Rule { max: 10, window: Duration::from_secs(900), lockout: Lockout::new(5, Duration::from_secs(1800)) };
    const NOW: Timestamp = Timestamp::from_secs(100);

    fn key(n: u32) -> BucketKey {
        let mut key = [1; 32];
        key[..4].copy_from_slice(&n.to_be_bytes());
        key
    }

    fn attempt(limits: &MemoryLimits, address: u32, account: u32) -> Reservation {
        let buckets = Buckets { address: Some(key(address)), account: Some(key(account)) };
        limits.reserve(&buckets, Terms { now: NOW, rule: &RULE })
    }

    #[test]
    fn half_the_budget_is_left_to_each_process() {
        let limits = MemoryLimits::default();
        let granted = |address, account| matches!(attempt(&limits, address, account), Reservation::Granted { .. });
        assert_eq!((0..20).filter(|n| granted(0, *n)).count(), 5);
        assert_eq!((1..20).filter(|n| granted(*n, 100)).count(), 3);
    }

    #[test]
    fn a_full_table_lets_no_flood_through_and_forgets_no_bucket() {
        let limits = MemoryLimits::default();
        let room = u32::try_from(ROOM).expect("a small number");
        for n in 0..room {
            assert!(matches!(attempt(&limits, n, n), Reservation::Granted { .. }));
        }
        let granted =
            (room..room + 100).filter(|n| matches!(attempt(&limits, *n, *n), Reservation::Granted { .. })).count();
        assert_eq!(granted, 3, "the crowd shares one account bucket");
        assert!(matches!(attempt(&limits, 7, 7), Reservation::Granted { .. }), "a known address goes on");
    }
}
