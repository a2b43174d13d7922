//! What takes the noise out of the tests.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hallpass_model::rate_limit::{BucketKey, Buckets, Lockout, Reservation, Rule, Terms};
use hallpass_model::revocation::{FeedEntry, Revocation, Subject};
use hallpass_model::{SessionId, Timestamp, UserId};
use hallpass_shared::{
    PresentedToken, Redis, RedisDenylist, RedisFault, RedisLimits, RedisUrl, SharedLimits, TimeSource,
};

pub const LIMITS: Rule =
    Rule { max: 10, window: Duration::from_secs(900), lockout: Lockout::new(5, Duration::from_secs(1800)) };
/// 2027-01-15T08:00:00Z.
pub const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

pub fn redis(url: &str) -> Redis {
    Redis::new(RedisUrl::parse(url).expect("well-formed"))
}

pub fn counters(url: &str) -> RedisLimits {
    RedisLimits::new(redis(url), TimeSource::Caller)
}

pub fn shared(url: &str) -> SharedLimits {
    SharedLimits::new(counters(url))
}

pub fn denylist(url: &str) -> Arc<RedisDenylist> {
    RedisDenylist::new(redis(url), "test".to_owned())
}

pub fn terms() -> Terms<'static> {
    Terms { now: NOW, rule: &LIMITS }
}

/// Address and account of this number.
pub fn keys(n: u8) -> (BucketKey, BucketKey) {
    ([n; 32], [100 + n; 32])
}

pub const fn buckets(keys: (BucketKey, BucketKey)) -> Buckets {
    Buckets { address: Some(keys.0), account: Some(keys.1) }
}

pub const fn is_granted(reserved: &Reservation) -> bool {
    matches!(reserved, Reservation::Granted { .. })
}

pub fn session(n: u8) -> SessionId {
    SessionId::new(NOW, [n; 10])
}

pub fn user(n: u8) -> UserId {
    UserId::new(NOW, [n; 10])
}

/// An entry that lives for a quarter of an hour.
pub fn entry(seq: i64, subject: Subject) -> FeedEntry {
    FeedEntry { seq, revocation: Revocation { subject, until: NOW + Duration::from_secs(900) } }
}

/// A token of session and user `n`, issued now.
pub fn presented(token: &str, n: u8) -> PresentedToken<'_> {
    PresentedToken { token, session: session(n), user: user(n), issued_at: NOW.secs() }
}

/// Waits, with patience, for something to become true.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < Duration::from_secs(60), "still not: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub const fn is_incomplete(verdict: &Result<bool, RedisFault>) -> bool {
    matches!(verdict, Err(RedisFault::Incomplete))
}
