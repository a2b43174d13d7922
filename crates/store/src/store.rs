//! The store as its users hold it.

use crate::op::{Mode, Operation, Revoking, Run, Unmirrored};
use crate::options::{Options, RevocationListener};
use crate::{Error, Result, postgres, sqlite};

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

fn record(name: &'static str, begun: std::time::Instant, error: Option<&Error>) {
    metrics::histogram!("hallpass_store_seconds", "op" => name).record(begun.elapsed().as_secs_f64());
    if let Some(error) = error {
        metrics::counter!("hallpass_store_errors_total", "op" => name, "code" => error.code()).increment(1);
    }
}
