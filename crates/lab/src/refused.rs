//! Why the lab refuses, and how much it may hold.

use std::time::Duration;

use hallpass_auth::{RandomError, StartError};

/// How the lab behaves: resolved configuration.
#[derive(Debug, Clone, Copy)]
pub struct LabSettings {
    /// Sandboxes at once.
    pub max_sandboxes: usize,
}

/// The lab says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Every sandbox is in use.
    Full {
        /// When one may come free.
        retry_after: Duration,
    },
    /// This visitor asks too much at once.
    Busy,
    /// There is no such sandbox any more.
    Gone,
    /// A sandbox cannot be made now.
    Unavailable,
}

impl From<StartError> for Refused {
    fn from(error: StartError) -> Self {
        tracing::error!(target: "hallpass::lab", %error, "a sandbox could not be made");
        Self::Unavailable
    }
}

impl From<RandomError> for Refused {
    fn from(error: RandomError) -> Self {
        Self::from(StartError::from(error))
    }
}
