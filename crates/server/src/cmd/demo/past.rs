//! A clock that is behind the real one while the installation is filled, and runs with it afterwards.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use hallpass_auth::Clock;
use hallpass_model::Timestamp;

pub(super) struct PastClock {
    real: Arc<dyn Clock>,
    behind_millis: AtomicI64,
}

impl PastClock {
    pub(super) fn new(real: Arc<dyn Clock>) -> Self {
        Self { real, behind_millis: AtomicI64::new(0) }
    }

    /// Lies so far behind. The history goes forward only: nothing that was written may lie in the future of what follows.
    pub(super) fn go_back(&self, by: Duration) {
        self.behind_millis.store(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
    }
}

impl Clock for PastClock {
    fn now(&self) -> Timestamp {
        let behind = u64::try_from(self.behind_millis.load(Ordering::SeqCst)).unwrap_or_default();
        self.real.now() - Duration::from_millis(behind)
    }
}
