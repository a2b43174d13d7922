//! Fast shared state: the denylist every verification asks, and the limits that replicas share.
//!
//! It is a replica. The database is the truth; whatever is here can be rebuilt from it, and is, at every start.

mod denylist;
mod presented;
mod rate_limit;
mod redis;

pub use crate::denylist::Denylist;
pub use crate::presented::PresentedToken;
pub use crate::rate_limit::SharedLimits;
pub use crate::redis::{
    About, BadRedisUrl, Received, Redis, RedisDenylist, RedisFault, RedisLimits, RedisUrl, Subscription, TimeSource,
    Unsafe,
};
