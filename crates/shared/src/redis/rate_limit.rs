//! The rate limits' counters in Redis.

use std::time::Duration;

use ::redis::Script;
use hallpass_model::rate_limit::{
    BucketKey, Buckets, Budget, Hold, Lockout, Outcome, Reservation, Rule, Settlement, Terms,
};
use hallpass_model::{Timestamp, hex};

use super::connection::Redis;
use super::fault::RedisFault;
use super::scripts::{
    LOCK_LEFT_SCRIPT, RESERVE_ACCOUNT_SCRIPT, RESERVE_ADDRESS_SCRIPT, SETTLE_ACCOUNT_SCRIPT, SETTLE_ADDRESS_SCRIPT,
};

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
    pub async fn reserve(&self, buckets: &Buckets, terms: Terms<'_>) -> Result<Reservation, RedisFault> {
        let mut budget = None;
        if let Some(key) = &buckets.address {
            let (granted, used, left) = self.address(key, terms, None).await?;
            let left = budget_of(terms.rule, used, left);
            if granted == 0 {
                return Ok(Reservation::AddressLimited { budget: left });
            }
            budget = Some(left);
        }
        if let Some(key) = &buckets.account {
            let (answer, rest, closed): (u32, u64, u32) = self.account(key, terms, None).await?;
            let has_closed = closed == 1;
            if answer == 0 {
                let hold = Hold::Locked { retry_after: Duration::from_millis(rest) };
                return Ok(Reservation::AccountHeld { budget, hold, has_closed });
            }
            if answer == 2 {
                let budget = self.give_back(buckets.address.as_ref(), terms).await?;
                return Ok(Reservation::AccountHeld { budget, hold: Hold::Busy, has_closed });
            }
        }
        Ok(Reservation::Granted { budget })
    }

    /// Settles one attempt.
    ///
    /// # Errors
    /// A [`RedisFault`]; then the reservation may still stand.
    pub async fn settle(
        &self,
        buckets: &Buckets,
        outcome: Outcome,
        terms: Terms<'_>,
    ) -> Result<Settlement, RedisFault> {
        let mut settlement = Settlement::default();
        if let Some(key) = &buckets.account {
            let closes: u32 = self.account(key, terms, Some(outcome)).await?;
            settlement.locked = closes == 1;
        }
        if let Some(key) = &buckets.address {
            let (_, used, left) = self.address(key, terms, Some(outcome)).await?;
            settlement.budget = Some(budget_of(terms.rule, used, left));
        }
        Ok(settlement)
    }

    /// Forgets an account's failures and its lock; says whether there were any.
    ///
    /// # Errors
    /// A [`RedisFault`].
    pub async fn unlock(&self, account: &BucketKey) -> Result<bool, RedisFault> {
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
        account: &BucketKey,
        Terms { now, rule }: Terms<'_>,
    ) -> Result<Option<Duration>, RedisFault> {
        let mut call = LOCK_LEFT_SCRIPT.key(key_of("account", account));
        call.arg(self.now(now)).arg(&lockout_args(rule));
        let left: u64 =
            self.redis.call("lock_left", |mut wire| async move { call.invoke_async(&mut wire).await }).await?.value;
        Ok((left > 0).then(|| Duration::from_millis(left)))
    }

    /// An attempt that found the account busy was none.
    async fn give_back(&self, address: Option<&BucketKey>, terms: Terms<'_>) -> Result<Option<Budget>, RedisFault> {
        let Some(key) = address else { return Ok(None) };
        let (_, used, left) = self.address(key, terms, Some(Outcome::Void)).await?;
        Ok(Some(budget_of(terms.rule, used, left)))
    }

    /// Reserves, or settles when there is an outcome. A failure keeps its attempt; anything else gives it back.
    async fn address(
        &self,
        key: &BucketKey,
        Terms { now, rule }: Terms<'_>,
        outcome: Option<Outcome>,
    ) -> Result<AddressAnswer, RedisFault> {
        let (name, script): (_, &Script) = match outcome {
            None => ("reserve_address", &RESERVE_ADDRESS_SCRIPT),
            Some(_) => ("settle_address", &SETTLE_ADDRESS_SCRIPT),
        };
        let gives_back = outcome.is_some_and(|outcome| outcome != Outcome::Failure);
        let mut call = script.key(key_of("address", key));
        call.arg(self.now(now)).arg(rule.max).arg(millis(rule.window)).arg(u8::from(gives_back));
        Ok(self.redis.call(name, |mut wire| async move { call.invoke_async(&mut wire).await }).await?.value)
    }

    /// Reserves, or settles when there is an outcome.
    async fn account<T: ::redis::FromRedisValue>(
        &self,
        key: &BucketKey,
        Terms { now, rule }: Terms<'_>,
        outcome: Option<Outcome>,
    ) -> Result<T, RedisFault> {
        let (name, script): (_, &Script) = match outcome {
            None => ("reserve_account", &RESERVE_ACCOUNT_SCRIPT),
            Some(_) => ("settle_account", &SETTLE_ACCOUNT_SCRIPT),
        };
        let mut call = script.key(key_of("account", key));
        call.arg(self.now(now)).arg(&lockout_args(rule)).arg(word(outcome));
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
fn key_of(kind: &str, key: &BucketKey) -> String {
    format!("hallpass:limit:{kind}:{}", hex(key))
}

/// The second to the fifth argument of the scripts of an account.
fn lockout_args(rule: &Rule) -> [u64; 4] {
    let Lockout { failures, duration, backs_off, a_day } = rule.lockout;
    [failures.into(), millis(duration), backs_off.into(), a_day.into()]
}

const fn word(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        None => "",
        Some(Outcome::Success) => "success",
        Some(Outcome::Failure) => "failure",
        Some(Outcome::Void) => "void",
    }
}

fn budget_of(rule: &Rule, used: u32, resets_in: u64) -> Budget {
    Budget {
        limit: rule.max,
        window: rule.window,
        remaining: rule.max.saturating_sub(used),
        resets_in: Duration::from_millis(resets_in),
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
