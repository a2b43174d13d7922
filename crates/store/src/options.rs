//! How a store is opened, and what it calls.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hallpass_model::revocation::FeedEntry;

use crate::Result;
use crate::audit_chain::AuditKey;
use crate::postgres::PostgresUrl;

/// Called with every committed revocation, after the commit and before its operation is answered.
pub type RevocationListener = Arc<dyn Fn(&[FeedEntry]) + Send + Sync>;

/// A fault made on purpose, for tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The operation fails before it runs.
    Before,
    /// The operation runs, and its commit fails.
    AtCommit,
    /// The operation takes its time.
    Slow(Duration),
}

/// Asked with the name of each operation before it runs.
pub type FaultHook = Arc<dyn Fn(&'static str) -> Option<Fault> + Send + Sync>;

/// How a store is opened.
#[derive(Clone)]
pub struct Options {
    pub(crate) path: PathBuf,
    pub(crate) postgres: Option<PostgresUrl>,
    pub(crate) readers: usize,
    pub(crate) batch: usize,
    pub(crate) listener: RevocationListener,
    pub(crate) faults: Option<FaultHook>,
    pub(crate) audit_key: Option<AuditKey>,
}

impl Options {
    /// A database file at `path`, made if it is missing.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            postgres: None,
            readers: 4,
            batch: 256,
            listener: Arc::new(|_| ()),
            faults: None,
            audit_key: None,
        }
    }

    /// A PostgreSQL database.
    pub fn postgres(url: PostgresUrl) -> Self {
        Self { postgres: Some(url), ..Self::new("") }
    }

    /// How many connections read.
    #[must_use]
    pub const fn readers(mut self, readers: usize) -> Self {
        self.readers = readers;
        self
    }

    /// How many operations one commit may pay for at most; with 1 each has its own.
    #[must_use]
    pub const fn batch(mut self, batch: usize) -> Self {
        self.batch = batch;
        self
    }

    /// The function that is called with revocations.
    #[must_use]
    pub fn listener(mut self, listener: RevocationListener) -> Self {
        self.listener = listener;
        self
    }

    /// The key of the audit log's chain. Without it the rows that this process writes are verified by no other process.
    #[must_use]
    pub fn audit_key(mut self, key: AuditKey) -> Self {
        self.audit_key = Some(key);
        self
    }

    pub(crate) fn chain_key(&self) -> Result<AuditKey> {
        self.audit_key.clone().map_or_else(AuditKey::random, Ok)
    }

    /// Makes operations fail on purpose, for tests.
    #[doc(hidden)]
    #[must_use]
    pub fn faults(mut self, hook: FaultHook) -> Self {
        self.faults = Some(hook);
        self
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Options");
        match &self.postgres {
            Some(url) => shown.field("postgres", url),
            None => shown.field("path", &self.path).field("readers", &self.readers),
        };
        shown.finish_non_exhaustive()
    }
}

/// Calls the listener. The revocations are committed, so its panic is logged and stops nothing.
pub(crate) fn announce(listener: &RevocationListener, revoked: &[FeedEntry]) {
    if !revoked.is_empty() && catch_unwind(AssertUnwindSafe(|| listener(revoked))).is_err() {
        tracing::error!(target: "hallpass::store", "the listener for revocations panicked");
    }
}
