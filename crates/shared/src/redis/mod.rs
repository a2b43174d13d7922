//! Redis or Valkey, for replicas that share limits and revocations. The driver is named nowhere else.

mod about;
mod connection;
mod denylist;
mod fault;
mod message;
mod rate_limit;
mod scripts;
mod subscription;
mod url;

pub use self::about::{About, Unsafe};
pub use self::connection::Redis;
pub use self::denylist::RedisDenylist;
pub use self::fault::RedisFault;
pub use self::rate_limit::{RedisLimits, TimeSource};
pub use self::subscription::{Received, Subscription};
pub use self::url::{BadRedisUrl, RedisUrl};
