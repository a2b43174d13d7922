//! The login guard's counters in Redis.

use std::fmt::Write;
use std::time::Duration;

use ::redis::Script;
use hallpass_model::Timestamp;
use hallpass_model::limit::{Budget, Held, LoginLimits, Outcome};

use super::connection::Redis;
use super::fault::RedisFault;
use super::scripts::{
    LOCK_LEFT_SCRIPT, RESERVE_ACCOUNT_SCRIPT, RESERVE_ADDRESS_SCRIPT, SETTLE_ACCOUNT_SCRIPT, SETTLE_ADDRESS_SCRIPT,
};
use crate::limits::{Bucket, LimitKey, Reserved, Settlement, Terms};

/// Whose clock says when a window ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeSource {
    /// The server's, one for all replicas.
    Server,
    /// The caller's, which tests turn.
    Caller,
}

/// Counters in Redis.
#[derive(Debug, Clone)]
pub struct RedisLimits {
    redis: Redis,
    time: TimeSource,
}

/// What the address scripts answer: granted or not, attempts used, milliseconds until the window ends.
type AddressAnswer = (u32, u32, u64);

impl RedisLimits {
    /// Counts over this connection.
    pub const fn new(redis: Redis, time: TimeSource) -> Self {
        Self { redis, time }
    }

    /// Takes one attempt.
    ///
    /// # Errors
    /// A [`RedisFault`]; then an attempt may or may not have been taken.
    pub async fn reserve(&self, bucket: Bucket<'_>, terms: Terms<'_>) -> Result<Reserved, RedisFault> {
        let mut budget = None;
        if let Some(key) = bucket.address {
            let (granted, used, left) = self.address(key, terms, None).await?;
            let left = budget_of(terms.limits, used, left);
            if granted == 0 {
                return Ok(Reserved::AddressLimited { budget: left });
            }
            budget = Some(left);
        }
        if let Some(key) = bucket.account {
            let (answer, rest, closed): (u32, u64, u32) = self.account(key, terms, None).await?;
            let has_closed = closed == 1;
            if answer == 0 {
                let held = Held::Locked { retry_after: Duration::from_millis(rest) };
                return Ok(Reserved::AccountHeld { budget, held, has_closed });
            }
            if answer == 2 {
                let budget = self.give_back(bucket.address, terms).await?;
                return Ok(Reserved::AccountHeld { budget, held: Held::Busy, has_closed });
            }
        }
        Ok(Reserved::Granted { budget })
    }

    /// Settles one attempt.
    ///
    /// # Errors
    /// A [`RedisFault`]; then the reservation may still stand.
    pub async fn settle(
        &self,
        bucket: Bucket<'_>,
        outcome: Outcome,
        terms: Terms<'_>,
    ) -> Result<Settlement, RedisFault> {
        let mut settlement = Settlement::default();
        if let Some(key) = bucket.account {
            let closes: u32 = self.account(key, terms, Some(outcome)).await?;
            settlement.locked = closes == 1;
        }
        if let Some(key) = bucket.address {
            let (_, used, left) = self.address(key, terms, Some(outcome)).await?;
            settlement.budget = Some(budget_of(terms.limits, used, left));
        }
        Ok(settlement)
    }

    /// Forgets an account's failures and its lock; says whether there were any.
    ///
    /// # Errors
    /// A [`RedisFault`].
    pub async fn unlock(&self, account: &LimitKey) -> Result<bool, RedisFault> {
        let key = key_of("account", account);
        let delete = |mut wire| async move { ::redis::cmd("DEL").arg(key).query_async::<u32>(&mut wire).await };
        Ok(self.redis.call("unlock", delete).await?.value > 0)
    }

    /// How long an account stays locked; none when it is not.
    ///
    /// # Errors
    /// A [`RedisFault`].
    pub async fn locked_for(
        &self,
        account: &LimitKey,
        Terms { now, limits }: Terms<'_>,
    ) -> Result<Option<Duration>, RedisFault> {
        let mut call = LOCK_LEFT_SCRIPT.key(key_of("account", account));
        call.arg(self.now(now)).arg(limits.lockout_failures).arg(millis(limits.lockout_for));
        let left: u64 =
            self.redis.call("lock_left", |mut wire| async move { call.invoke_async(&mut wire).await }).await?.value;
        Ok((left > 0).then(|| Duration::from_millis(left)))
    }

    /// An attempt that found the account busy was none.
    async fn give_back(&self, address: Option<&LimitKey>, terms: Terms<'_>) -> Result<Option<Budget>, RedisFault> {
        let Some(key) = address else { return Ok(None) };
        let (_, used, left) = self.address(key, terms, Some(Outcome::Void)).await?;
        Ok(Some(budget_of(terms.limits, used, left)))
    }

    /// Reserves, or settles when there is an outcome. A failure keeps its attempt; anything else gives it back.
    async fn address(
        &self,
        key: &LimitKey,
        Terms { now, limits }: Terms<'_>,
        outcome: Option<Outcome>,
    ) -> Result<AddressAnswer, RedisFault> {
        let (name, script): (_, &Script) = match outcome {
            None => ("reserve_address", &RESERVE_ADDRESS_SCRIPT),
            Some(_) => ("settle_address", &SETTLE_ADDRESS_SCRIPT),
        };
        let gives_back = outcome.is_some_and(|outcome| outcome != Outcome::Failure);
        let mut call = script.key(key_of("address", key));
        call.arg(self.now(now)).arg(limits.max).arg(millis(limits.window)).arg(u8::from(gives_back));
        Ok(self.redis.call(name, |mut wire| async move { call.invoke_async(&mut wire).await }).await?.value)
    }

    /// Reserves, or settles when there is an outcome.
    async fn account<T: ::redis::FromRedisValue>(
        &self,
        key: &LimitKey,
        Terms { now, limits }: Terms<'_>,
        outcome: Option<Outcome>,
    ) -> Result<T, RedisFault> {
        let (name, script): (_, &Script) = match outcome {
            None => ("reserve_account", &RESERVE_ACCOUNT_SCRIPT),
            Some(_) => ("settle_account", &SETTLE_ACCOUNT_SCRIPT),
        };
        let mut call = script.key(key_of("account", key));
        call.arg(self.now(now)).arg(limits.lockout_failures).arg(millis(limits.lockout_for)).arg(word(outcome));
        Ok(self.redis.call(name, |mut wire| async move { call.invoke_async(&mut wire).await }).await?.value)
    }

    fn now(&self, now: Timestamp) -> String {
        match self.time {
            TimeSource::Server => String::new(),
            TimeSource::Caller => now.millis().to_string(),
        }
    }
}

/// A prefix of its own for each kind, and nothing in it that a client chose.
fn key_of(kind: &str, key: &LimitKey) -> String {
    let mut text = format!("hallpass:limit:{kind}:");
    for byte in key {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

const fn word(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        None => "",
        Some(Outcome::Success) => "success",
        Some(Outcome::Failure) => "failure",
        Some(Outcome::Void) => "void",
    }
}

fn budget_of(limits: &LoginLimits, used: u32, resets_in: u64) -> Budget {
    Budget {
        limit: limits.max,
        window: limits.window,
        remaining: limits.max.saturating_sub(used),
        resets_in: Duration::from_millis(resets_in),
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
