//! What is known about whether a request could be served.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hallpass_model::Timestamp;
use tokio::time::Instant;

use crate::Result;

/// What was last found out.
#[derive(Debug)]
pub(crate) struct Readiness {
    /// When the store was last asked, and whether it could be written. Held while it is asked: probes that come at once
    /// share one write.
    pub(crate) probed: tokio::sync::Mutex<Option<(Timestamp, Result<()>)>>,
    feed_read_at: Mutex<Instant>,
}

impl Readiness {
    /// The feed was read just now.
    pub(crate) fn starting() -> Self {
        Self { probed: tokio::sync::Mutex::default(), feed_read_at: Mutex::new(Instant::now()) }
    }

    pub(crate) fn feed_was_read(&self) {
        *self.feed_read_at.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    pub(crate) fn feed_age(&self) -> Duration {
        self.feed_read_at.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }
}
