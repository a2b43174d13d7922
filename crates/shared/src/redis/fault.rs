//! Redis does not do what was asked.

use ::redis::RedisError;

/// Why Redis gave no answer. Never a verdict about a token or a login.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RedisFault {
    /// It did not answer a moment ago, and is not asked again before another.
    #[error("Redis did not answer a moment ago")]
    Paused,
    /// It did not answer in time.
    #[error("Redis does not answer in time")]
    Slow,
    /// The connection cannot be made, or broke.
    #[error("Redis cannot be reached: {0}")]
    Lost(String),
    /// It answered with an error.
    #[error("Redis refuses: {0}")]
    Refused(String),
    /// It answers, but may have forgotten revocations: it was emptied, restarted, or another server took over, and
    /// the set was not pushed again yet.
    #[error("the denylist in Redis is not known to be whole")]
    Incomplete,
}

impl RedisFault {
    /// A stable name for metrics.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Paused => "paused",
            Self::Slow => "slow",
            Self::Lost(_) => "lost",
            Self::Refused(_) => "refused",
            Self::Incomplete => "incomplete",
        }
    }

    /// Whether the connection is of no more use.
    pub(super) const fn is_fatal(&self) -> bool {
        matches!(self, Self::Slow | Self::Lost(_))
    }
}

/// Answers of a server that is not, or no longer, the one to talk to.
const ELSEWHERE: [&str; 4] = ["READONLY", "LOADING", "MASTERDOWN", "CLUSTERDOWN"];

impl From<RedisError> for RedisFault {
    fn from(error: RedisError) -> Self {
        let is_elsewhere = error.code().is_some_and(|code| ELSEWHERE.contains(&code));
        if error.is_timeout() {
            Self::Slow
        } else if is_elsewhere || error.is_io_error() || error.is_unrecoverable_error() || error.is_cluster_error() {
            Self::Lost(error.to_string())
        } else {
            Self::Refused(error.to_string())
        }
    }
}
