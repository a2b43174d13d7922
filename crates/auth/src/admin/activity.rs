//! What this process has done since it started.

use std::collections::BTreeMap;

use hallpass_model::Timestamp;

use super::Admin;
pub use crate::state::{Happening, Series};

/// Numbers of this process, at one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Logins by result: `success`, or the code of the refusal.
    pub logins: BTreeMap<&'static str, u64>,
    /// Refreshes by result.
    pub refreshes: BTreeMap<&'static str, u64>,
    /// Accounts locked by failures in a row.
    pub lockouts: u64,
    /// Passwords that wait to be hashed or checked.
    pub hash_queue: u64,
    /// Passwords turned away because that queue was full.
    pub hash_shed: u64,
    /// Entries of the denylist.
    pub denylist: u64,
}

impl Admin {
    /// What happened in this process in the last hour, by minutes, and in the last day, by quarters of an hour.
    pub fn history(&self, now: Timestamp) -> [Series; 2] {
        self.auth.core().counters.history.read(now)
    }

    /// What this process has done since it started.
    pub fn activity(&self) -> Activity {
        let core = self.auth.core();
        Activity {
            logins: core.counters.logins.totals(),
            refreshes: core.counters.refreshes.totals(),
            lockouts: core.counters.lockouts(),
            hash_queue: core.pool.waiting(),
            hash_shed: core.pool.shed(),
            denylist: core.denylist.len() as u64,
        }
    }
}
