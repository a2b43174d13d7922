//! The login guard that replicas share: counted in Redis, and in this process while Redis does not answer.
//!
//! Address and account are two keys and two scripts, since a cluster may keep them on two nodes. Nothing is lost by
//! that: an attempt of an address is spent even when the account turns out to be locked, so whatever is cut off between
//! the two leaves one attempt too many counted, never one too few.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hallpass_model::Timestamp;
use hallpass_model::limit::{Budget, Held, LoginLimits, Outcome};

use crate::local::LocalLimits;
use crate::redis::{RedisFault, RedisLimits};

/// The bucket of an address or an account: hashed, so that nothing typed by a client becomes part of a key.
pub type LimitKey = [u8; 32];

/// Where an attempt was reserved, and so where it must be settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ledger {
    /// In Redis.
    Redis,
    /// In this process.
    Local,
}

/// Whose attempt it is.
#[derive(Debug, Clone, Copy)]
pub struct Bucket<'a> {
    /// The client address, when one is counted.
    pub address: Option<&'a LimitKey>,
    /// The account, when one is guarded.
    pub account: Option<&'a LimitKey>,
}

/// By which rules it is counted, and when.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// The instant.
    pub now: Timestamp,
    /// The limits.
    pub limits: &'a LoginLimits,
}

/// What became of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reserved {
    /// The password may be tried.
    Granted {
        /// What is left to the address.
        budget: Option<Budget>,
    },
    /// The address has none left.
    AddressLimited {
        /// Nothing, until the window ends.
        budget: Budget,
    },
    /// The account takes no attempt now. One that is busy has cost the address nothing.
    AccountHeld {
        /// What is left to the address.
        budget: Option<Budget>,
        /// Why.
        held: Held,
        /// Whether this attempt found a lock that abandoned reservations had closed.
        has_closed: bool,
    },
}

/// What a settlement left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settlement {
    /// What is left to the address.
    pub budget: Option<Budget>,
    /// Whether this attempt closed the lock.
    pub locked: bool,
}

/// Limits that count across replicas.
#[derive(Debug)]
pub struct SharedLimits {
    redis: RedisLimits,
    local: LocalLimits,
    is_local: AtomicBool,
}

impl SharedLimits {
    /// Counts in Redis.
    pub fn new(redis: RedisLimits) -> Self {
        metrics::gauge!("hallpass_limits_local").set(0.0);
        Self { redis, local: LocalLimits::default(), is_local: AtomicBool::new(false) }
    }

    /// Takes one attempt, in Redis; in this process, of half the budget, while Redis does not answer.
    pub async fn reserve(&self, bucket: Bucket<'_>, terms: Terms<'_>) -> (Reserved, Ledger) {
        match self.redis.reserve(bucket, terms).await {
            Ok(reserved) => {
                self.note(None);
                (reserved, Ledger::Redis)
            }
            Err(fault) => {
                self.note(Some(&fault));
                (self.local.reserve(bucket, terms), Ledger::Local)
            }
        }
    }

    /// Settles one attempt where it was reserved. When Redis does not hear of it, the reservation stays, and counts as
    /// a failure after a minute: closed rather than open.
    pub async fn settle(&self, ledger: Ledger, bucket: Bucket<'_>, outcome: Outcome, terms: Terms<'_>) -> Settlement {
        if ledger == Ledger::Local {
            return self.local.settle(bucket, outcome, terms);
        }
        match self.redis.settle(bucket, outcome, terms).await {
            Ok(settlement) => settlement,
            Err(fault) => {
                self.note(Some(&fault));
                Settlement::default()
            }
        }
    }

    /// Ends a lock; says whether there was anything to end.
    ///
    /// # Errors
    /// Redis does not answer, and the lock stands.
    pub async fn unlock(&self, account: &LimitKey) -> Result<bool, RedisFault> {
        let was_local = self.local.unlock(account);
        Ok(self.redis.unlock(account).await? || was_local)
    }

    /// How long an account stays locked, in Redis or in this process, whichever is longer; none when it is not locked.
    ///
    /// # Errors
    /// Redis does not answer.
    pub async fn locked_for(&self, account: &LimitKey, terms: Terms<'_>) -> Result<Option<Duration>, RedisFault> {
        let local = self.local.locked_for(account, terms);
        Ok(self.redis.locked_for(account, terms).await?.max(local))
    }

    /// Says it once when counting moves from one place to the other.
    fn note(&self, fault: Option<&RedisFault>) {
        let is_local = fault.is_some();
        if self.is_local.swap(is_local, Ordering::Relaxed) == is_local {
            return;
        }
        metrics::gauge!("hallpass_limits_local").set(if is_local { 1.0 } else { 0.0 });
        if let Some(fault) = fault {
            tracing::warn!(%fault, "logins are counted in this process, with half the budget");
        } else {
            tracing::info!("logins are counted in Redis again");
        }
    }
}
