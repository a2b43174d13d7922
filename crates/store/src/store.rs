//! The store as its users hold it.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hallpass_model::revocation::Numbered;

use crate::audit_chain::AuditKey;
use crate::op::{Mode, Operation, Revoking, Run, Unmirrored};
use crate::postgres::{self, Postgres};
use crate::{Error, Result, sqlite};

/// Hears of every committed revocation, after the commit and before its operation is answered.
pub type RevocationListener = Arc<dyn Fn(&[Numbered]) + Send + Sync>;

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
    pub(crate) postgres: Option<Postgres>,
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
    pub fn postgres(target: Postgres) -> Self {
        Self { postgres: Some(target), ..Self::new("") }
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

    /// Who hears of revocations.
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
            Some(target) => shown.field("postgres", target),
            None => shown.field("path", &self.path).field("readers", &self.readers),
        };
        shown.finish_non_exhaustive()
    }
}

/// A store. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    engine: Engine,
}

#[derive(Debug, Clone)]
enum Engine {
    Sqlite(sqlite::Engine),
    Postgres(postgres::Engine),
}

impl Store {
    /// Opens a database file, bringing its schema up to date. Blocks for a few milliseconds.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Newer`], [`Error::UnsafeEngine`].
    pub fn open(options: Options) -> Result<Self> {
        if options.postgres.is_some() {
            return Err(Error::unavailable("PostgreSQL is reached by `connect`"));
        }
        sqlite::Engine::open(options).map(|engine| Self { engine: Engine::Sqlite(engine) })
    }

    /// Opens whichever database the options name, bringing its schema up to date.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn connect(mut options: Options) -> Result<Self> {
        let Some(target) = options.postgres.take() else { return Self::open(options) };
        postgres::Engine::open(target, options).await.map(|engine| Self { engine: Engine::Postgres(engine) })
    }

    /// Whether there is anything at the place that the options name.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn exists(options: &Options) -> Result<bool> {
        match &options.postgres {
            Some(target) => postgres::exists(target).await,
            None => Ok(options.path.exists()),
        }
    }

    /// A database in memory that dies with its last holder, of at most 2 MiB: for sandboxes. Full, it refuses writes.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub fn in_memory(listener: RevocationListener) -> Result<Self> {
        sqlite::Engine::in_memory(listener).map(|engine| Self { engine: Engine::Sqlite(engine) })
    }

    /// Runs an operation that reads, on a snapshot.
    ///
    /// # Errors
    /// A storage fault, never an outcome.
    pub async fn read<O: Operation>(&self, operation: O) -> Result<O::Output> {
        debug_assert!(O::MODE != Mode::Write, "{} writes", O::NAME);
        let begun = std::time::Instant::now();
        let result = match &self.engine {
            Engine::Sqlite(engine) => engine.read(operation).await,
            Engine::Postgres(engine) => engine.run(operation).await,
        };
        record(O::NAME, begun, result.as_ref().err());
        result
    }

    /// Runs an operation that writes. It is durable when this returns. Dropping the future does not undo it.
    ///
    /// # Errors
    /// A storage fault, never an outcome; then nothing of the operation has happened.
    pub async fn write<O: Operation>(&self, operation: O) -> Result<O::Output> {
        debug_assert!(O::MODE == Mode::Write, "{} only reads", O::NAME);
        let begun = std::time::Instant::now();
        let result = match &self.engine {
            Engine::Sqlite(engine) => engine.write(operation).await,
            Engine::Postgres(engine) => engine.run(operation).await,
        };
        record(O::NAME, begun, result.as_ref().err());
        result
    }

    /// Runs an operation that may revoke. It is durable when this returns, and its output is to be had from
    /// [`Unmirrored::mirrored`] alone: no answer goes out before the other replicas can know.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn revoke<O: Revoking>(&self, operation: O) -> Result<Unmirrored<O::Output>> {
        self.write(Run(operation)).await
    }

    /// Whether the store answers, for writing as well as for reading. It writes a row.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn ping(&self) -> Result<()> {
        self.read(crate::op::GetMeta { name: "ping" }).await?;
        self.write(crate::op::Probe).await
    }

    /// Looks through the whole database for damage; returns what it found, nothing if all is well.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn check(&self) -> Result<Vec<String>> {
        match &self.engine {
            Engine::Sqlite(engine) => engine.check().await,
            Engine::Postgres(engine) => engine.check().await,
        }
    }

    /// Returns when another process has said that it wrote revocations. It may be late, and never speaks where the
    /// database cannot tell (SQLite, a pooler): who follows the feed polls as well.
    pub async fn changed(&self) {
        match &self.engine {
            Engine::Sqlite(_) => std::future::pending().await,
            Engine::Postgres(engine) => engine.changed().await,
        }
    }

    /// Answers what was asked, and lets go of the file or the connections. Later operations are
    /// [`Error::Unavailable`].
    pub async fn close(&self) {
        match &self.engine {
            Engine::Sqlite(engine) => engine.close().await,
            Engine::Postgres(engine) => engine.close().await,
        }
    }
}

/// What is committed is committed: a listener that panics is told of, and stops nothing.
pub(crate) fn announce(listener: &RevocationListener, revoked: &[Numbered]) {
    if !revoked.is_empty() && catch_unwind(AssertUnwindSafe(|| listener(revoked))).is_err() {
        tracing::error!(target: "hallpass::store", "the listener for revocations panicked");
    }
}

fn record(name: &'static str, begun: std::time::Instant, error: Option<&Error>) {
    metrics::histogram!("hallpass_store_seconds", "op" => name).record(begun.elapsed().as_secs_f64());
    if let Some(error) = error {
        metrics::counter!("hallpass_store_errors_total", "op" => name, "code" => error.code()).increment(1);
    }
}
