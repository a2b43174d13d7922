//! The rate limits that replicas share: counted in Redis, and in this process while Redis does not answer.
//!
//! Address and account are two keys and two scripts, since a cluster may keep them on two nodes. Nothing is lost by
//! that: an attempt of an address is spent even when the account turns out to be locked, so whatever is cut off between
//! the two leaves one attempt too many counted, never one too few.

mod memory;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hallpass_model::rate_limit::{Backend, BucketKey, Buckets, Outcome, Reservation, Settlement, Terms};

use self::memory::MemoryLimits;
use crate::redis::{RedisFault, RedisLimits};

/// Limits that count across replicas.
#[derive(Debug)]
pub struct SharedLimits {
    redis: RedisLimits,
    memory: MemoryLimits,
    is_local: AtomicBool,
}

impl SharedLimits {
    /// Counts in Redis.
    pub fn new(redis: RedisLimits) -> Self {
        metrics::gauge!("hallpass_limits_local").set(0.0);
        Self { redis, memory: MemoryLimits::default(), is_local: AtomicBool::new(false) }
    }

    /// Takes one attempt, in Redis; in this process, of half the budget, while Redis does not answer.
    pub async fn reserve(&self, buckets: &Buckets, terms: Terms<'_>) -> (Reservation, Backend) {
        match self.redis.reserve(buckets, terms).await {
            Ok(reservation) => {
                self.note(None);
                (reservation, Backend::Redis)
            }
            Err(fault) => {
                self.note(Some(&fault));
                (self.memory.reserve(buckets, terms), Backend::Memory)
            }
        }
    }

    /// Settles one attempt where it was reservation. When Redis does not get it, the reservation stays, and counts as
    /// a failure after a minute: closed rather than open.
    pub async fn settle(&self, backend: Backend, buckets: &Buckets, outcome: Outcome, terms: Terms<'_>) -> Settlement {
        if backend == Backend::Memory {
            return self.memory.settle(buckets, outcome, terms);
        }
        match self.redis.settle(buckets, outcome, terms).await {
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
    pub async fn unlock(&self, account: &BucketKey) -> Result<bool, RedisFault> {
        let was_local = self.memory.unlock(account);
        Ok(self.redis.unlock(account).await? || was_local)
    }

    /// How long an account stays locked, in Redis or in this process, whichever is longer; none when it is not locked.
    ///
    /// # Errors
    /// Redis does not answer.
    pub async fn locked_for(&self, account: &BucketKey, terms: Terms<'_>) -> Result<Option<Duration>, RedisFault> {
        let local = self.memory.locked_for(account, terms);
        Ok(self.redis.locked_for(account, terms).await?.max(local))
    }

    /// Logs once that counting moves from one engine to the other.
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
