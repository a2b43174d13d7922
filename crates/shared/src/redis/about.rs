//! What kind of server it is, and whether it may be trusted with a denylist.

use super::connection::{PATIENCE, Redis, in_time};
use super::fault::RedisFault;

/// What a server says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Its version, as Redis counts (Valkey says 7.2 for compatibility).
    pub version: String,
    /// What it throws away when memory runs out.
    pub eviction: String,
}

/// Why a server must not hold the denylist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsafe {
    /// It would forget revocations when memory runs out.
    #[error(
        "its maxmemory-policy is {0}: it would throw revocations and lockouts away when memory runs out. Set \
         maxmemory-policy to noeviction, or give hallpass a Redis of its own"
    )]
    Evicts(String),
    /// It is too old.
    #[error("its version is {0}, and 6.0 is needed")]
    TooOld(String),
}

impl About {
    /// Whether it may be trusted.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self) -> Result<(), Unsafe> {
        let major = self.version.split('.').next().and_then(|major| major.parse::<u32>().ok()).unwrap_or_default();
        if major < 6 {
            return Err(Unsafe::TooOld(self.version.clone()));
        }
        if self.eviction == "noeviction" { Ok(()) } else { Err(Unsafe::Evicts(self.eviction.clone())) }
    }

    fn parse(info: &str) -> Option<Self> {
        let of = |name: &str| info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim);
        Some(Self { version: of("redis_version")?.to_owned(), eviction: of("maxmemory_policy")?.to_owned() })
    }
}

impl Redis {
    /// Asks the server what it is. `INFO` is allowed where `CONFIG` is not.
    ///
    /// # Errors
    /// A [`RedisFault`].
    pub async fn about(&self) -> Result<About, RedisFault> {
        let info = in_time(PATIENCE * 2, async {
            let mut wire = self.client().await?.get_multiplexed_async_connection().await?;
            ::redis::cmd("INFO").query_async::<String>(&mut wire).await
        });
        About::parse(&info.await?).ok_or_else(|| RedisFault::Refused("INFO says nothing of the server".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_evicts_or_is_old_is_refused() {
        let about = |version, policy| {
            let info = format!("# Server\r\nredis_version:{version}\r\nx:y\r\nmaxmemory_policy:{policy}\r\n");
            About::parse(&info).expect("both are said").check()
        };
        assert_eq!(about("7.0.15", "noeviction"), Ok(()));
        assert_eq!(about("7.0.15", "volatile-lru"), Err(Unsafe::Evicts("volatile-lru".to_owned())));
        assert_eq!(about("5.0.7", "noeviction"), Err(Unsafe::TooOld("5.0.7".to_owned())));
    }
}
