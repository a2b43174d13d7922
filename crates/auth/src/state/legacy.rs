//! How the system that users move in from has answered of late.

use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::time::Duration;

use hallpass_model::Timestamp;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Questions at once; more are turned away, as if the other system did not answer.
const AT_ONCE: usize = 16;
/// Failures in a row after which it is left alone.
const MOST_FAILURES: u32 = 5;
/// For how long.
const REST: Duration = Duration::from_secs(10);

/// How the other system has answered of late.
#[derive(Debug)]
pub(crate) struct LegacyState {
    questions: Semaphore,
    failures: AtomicU32,
    /// In milliseconds since the epoch.
    rests_until: AtomicI64,
}

impl Default for LegacyState {
    fn default() -> Self {
        Self { questions: Semaphore::new(AT_ONCE), failures: AtomicU32::new(0), rests_until: AtomicI64::new(0) }
    }
}

impl LegacyState {
    /// Notes whether a question was answered.
    pub(crate) fn note(&self, now: Timestamp, has_answered: bool) {
        if has_answered {
            self.failures.store(0, Ordering::Relaxed);
        } else if self.failures.fetch_add(1, Ordering::Relaxed) + 1 >= MOST_FAILURES {
            self.failures.store(0, Ordering::Relaxed);
            self.rests_until.store((now + REST).millis(), Ordering::Relaxed);
        }
    }

    /// Whether it may be asked now; the question ends when this is dropped.
    pub(crate) fn may_ask(&self, now: Timestamp) -> Option<SemaphorePermit<'_>> {
        let rests = now.millis() < self.rests_until.load(Ordering::Relaxed);
        self.questions.try_acquire().ok().filter(|_| !rests)
    }
}
