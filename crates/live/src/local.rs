//! The login guard of this process alone, for the time in which Redis does not answer.
//!
//! Each replica counts for itself then, so each has half the budget. Memory is bounded: when the table is full, whoever
//! is not in it shares one bucket, so a flood of addresses cannot make the guard forget, nor let itself through.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hallpass_model::Timestamp;
use hallpass_model::limit::{AccountGuard, AddressWindow, Held, LoginLimits, Outcome};

use crate::limits::{Bucket, LimitKey, Reserved, Settlement, Terms};

/// Buckets of each kind; some twelve megabytes.
const ROOM: usize = 65_536;
/// The bucket of everybody who came when the table was full.
const CROWD: LimitKey = [0; 32];

#[derive(Debug, Default)]
pub(crate) struct LocalLimits(Mutex<Tables>);

#[derive(Debug, Default)]
struct Tables {
    addresses: HashMap<LimitKey, AddressWindow>,
    accounts: HashMap<LimitKey, AccountGuard>,
}

/// Half, and at least one.
fn reduced(limits: &LoginLimits) -> LoginLimits {
    LoginLimits { max: limits.max.div_ceil(2), lockout_failures: limits.lockout_failures.div_ceil(2), ..*limits }
}

impl LocalLimits {
    pub(crate) fn reserve(&self, bucket: Bucket<'_>, Terms { now, limits }: Terms<'_>) -> Reserved {
        let limits = reduced(limits);
        let mut tables = self.tables();
        tables.make_room(now, &limits);
        let address = bucket.address.map(|key| tables.address_slot(key));
        let window = address.map(|key| AddressWindow::current(tables.addresses.get(&key).copied(), now, &limits));
        let budget = |window: Option<AddressWindow>| window.map(|window| window.budget(now, &limits));
        let taken = window.map(|window| window.reserve(&limits).ok_or(window.budget(now, &limits))).transpose();
        let taken = match taken {
            Ok(taken) => taken,
            Err(budget) => return Reserved::AddressLimited { budget },
        };
        let refused = bucket.account.and_then(|key| tables.reserve_account(key, now, &limits).err());
        if let Some((held @ Held::Busy, has_closed)) = refused {
            return Reserved::AccountHeld { budget: budget(window), held, has_closed };
        }
        if let (Some(key), Some(taken)) = (address, taken) {
            tables.addresses.insert(key, taken);
        }
        match refused {
            Some((held, has_closed)) => Reserved::AccountHeld { budget: budget(taken), held, has_closed },
            None => Reserved::Granted { budget: budget(taken) },
        }
    }

    pub(crate) fn settle(&self, bucket: Bucket<'_>, outcome: Outcome, Terms { now, limits }: Terms<'_>) -> Settlement {
        let limits = reduced(limits);
        let mut tables = self.tables();
        let mut settlement = Settlement::default();
        if let Some(key) = bucket.account {
            let key = tables.account_slot(key);
            let stored = tables.accounts.get(&key).copied();
            let mut guard = AccountGuard::current(stored, now, &limits);
            let has_closed = guard.has_closed(stored.as_ref());
            settlement.locked = guard.settle(outcome, now, &limits) || has_closed;
            tables.accounts.insert(key, guard);
        }
        if let Some(key) = bucket.address {
            let key = tables.address_slot(key);
            let window = AddressWindow::current(tables.addresses.get(&key).copied(), now, &limits);
            let window = if outcome == Outcome::Failure { window } else { window.give_back() };
            tables.addresses.insert(key, window);
            settlement.budget = Some(window.budget(now, &limits));
        }
        settlement
    }

    pub(crate) fn unlock(&self, account: &LimitKey) -> bool {
        self.tables().accounts.remove(account).is_some()
    }

    pub(crate) fn locked_for(&self, account: &LimitKey, Terms { now, limits }: Terms<'_>) -> Option<Duration> {
        let stored = self.tables().accounts.get(account).copied();
        AccountGuard::current(stored, now, &reduced(limits)).locked_until.map(|until| now.until(until))
    }

    // Every entry is whole at any time, whatever panicked.
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tables {
    fn address_slot(&self, key: &LimitKey) -> LimitKey {
        if self.addresses.len() < ROOM || self.addresses.contains_key(key) { *key } else { CROWD }
    }

    fn account_slot(&self, key: &LimitKey) -> LimitKey {
        if self.accounts.len() < ROOM || self.accounts.contains_key(key) { *key } else { CROWD }
    }

    /// Takes one attempt, or says why not and whether a lock was found that is in no log yet.
    fn reserve_account(&mut self, key: &LimitKey, now: Timestamp, limits: &LoginLimits) -> Result<(), (Held, bool)> {
        let key = self.account_slot(key);
        let stored = self.accounts.get(&key).copied();
        let guard = AccountGuard::current(stored, now, limits);
        let has_closed = guard.has_closed(stored.as_ref());
        let reserved = guard.reserve(now, limits);
        // A lock is found once; an attempt that is turned away for another reason leaves no row.
        if reserved.is_ok() || has_closed {
            self.accounts.insert(key, reserved.unwrap_or(guard));
        }
        reserved.map(|_| ()).map_err(|held| (held, has_closed))
    }

    /// Forgets what has ended, when there is no room otherwise.
    fn make_room(&mut self, now: Timestamp, limits: &LoginLimits) {
        if self.addresses.len() >= ROOM {
            self.addresses.retain(|_, window| now < window.ends_at);
        }
        if self.accounts.len() >= ROOM {
            self.accounts.retain(|_, guard| {
                let current = AccountGuard::current(Some(*guard), now, limits);
                current.failed > 0 || current.pending > 0 || current.locked_until.is_some()
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: LoginLimits = LoginLimits {
        max: 10,
        window: Duration::from_secs(900),
        lockout_failures: 5,
        lockout_for: Duration::from_secs(1800),
    };
    const NOW: Timestamp = Timestamp::from_secs(100);

    fn key(n: u32) -> LimitKey {
        let mut key = [1; 32];
        key[..4].copy_from_slice(&n.to_be_bytes());
        key
    }

    fn attempt(limits: &LocalLimits, address: u32, account: u32) -> Reserved {
        let (address, account) = (key(address), key(account));
        let bucket = Bucket { address: Some(&address), account: Some(&account) };
        limits.reserve(bucket, Terms { now: NOW, limits: &LIMITS })
    }

    #[test]
    fn half_the_budget_is_left_to_each_process() {
        let limits = LocalLimits::default();
        let granted = |address, account| matches!(attempt(&limits, address, account), Reserved::Granted { .. });
        assert_eq!((0..20).filter(|n| granted(0, *n)).count(), 5);
        assert_eq!((1..20).filter(|n| granted(*n, 100)).count(), 3);
    }

    #[test]
    fn a_full_table_lets_nobody_through_and_forgets_nobody() {
        let limits = LocalLimits::default();
        let room = u32::try_from(ROOM).expect("a small number");
        for n in 0..room {
            assert!(matches!(attempt(&limits, n, n), Reserved::Granted { .. }));
        }
        let granted =
            (room..room + 100).filter(|n| matches!(attempt(&limits, *n, *n), Reserved::Granted { .. })).count();
        assert_eq!(granted, 3, "the crowd shares one account bucket");
        assert!(matches!(attempt(&limits, 7, 7), Reserved::Granted { .. }), "whoever is known goes on");
    }
}
