//! What time it is: the one place of this crate that asks.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// A clock, in whole seconds since the epoch.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The system's clock.
pub(crate) fn system() -> Clock {
    Arc::new(|| {
        #[allow(clippy::disallowed_methods, reason = "a service that verifies has no main of ours to hand it in")]
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}
