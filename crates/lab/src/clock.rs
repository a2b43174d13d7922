//! A sandbox's clock: the server's, and as far ahead of it as the visitor has moved it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use hallpass_auth::Clock;
use hallpass_model::Timestamp;

/// How far a clock may be moved in all: past the end of every session.
const FARTHEST: Duration = Duration::from_secs(400 * 24 * 3600);

/// The clock would be farther ahead than any rule needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooFar;

/// A clock that can be moved forward. Backward it never goes: rules may rely on that.
pub(crate) struct MovableClock {
    base: Arc<dyn Clock>,
    ahead: AtomicI64,
}

impl MovableClock {
    pub(crate) fn new(base: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self { base, ahead: AtomicI64::new(0) })
    }

    pub(crate) fn advance(&self, by: Duration) -> Result<(), TooFar> {
        let by = i64::try_from(by.as_millis()).map_err(|_| TooFar)?;
        let limit = i64::try_from(FARTHEST.as_millis()).unwrap_or(i64::MAX);
        let moved = |ahead: i64| ahead.checked_add(by).filter(|sum| *sum <= limit);
        self.ahead.fetch_update(Ordering::SeqCst, Ordering::SeqCst, moved).map(|_| ()).map_err(|_| TooFar)
    }

    pub(crate) fn ahead(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.ahead.load(Ordering::SeqCst)).unwrap_or_default())
    }
}

impl Clock for MovableClock {
    fn now(&self) -> Timestamp {
        self.base.now() + self.ahead()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Stopped;

    impl Clock for Stopped {
        fn now(&self) -> Timestamp {
            Timestamp::from_secs(1000)
        }
    }

    #[test]
    fn it_moves_forward_up_to_its_bound() {
        let clock = MovableClock::new(Arc::new(Stopped));
        clock.advance(Duration::from_secs(60)).expect("near");
        assert_eq!(clock.now(), Timestamp::from_secs(1060));
        assert_eq!(clock.advance(FARTHEST), Err(TooFar));
        assert_eq!(clock.advance(Duration::MAX), Err(TooFar));
        assert_eq!(clock.ahead(), Duration::from_secs(60));
    }
}
