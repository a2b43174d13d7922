//! PostgreSQL, and what speaks like it: a pool, serializable transactions that are run again when they collide, one
//! round trip where one is enough.

mod batch;
mod connection;
mod fault;
mod group;
mod listen;
mod pool;
mod request;
mod retry;
mod schema;
mod session;
mod tls;
mod url;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use deadpool_postgres::Pool;
use tokio::sync::{Notify, Semaphore, TryAcquireError};
use tokio::task::JoinHandle;

use self::batch::{BatchConn, BatchQueue};
use self::fault::Cause;
use self::pool::Lease;
use self::retry::{Retries, Turns};
use self::session::{BEGIN_CONTAIN, BEGIN_READ, BEGIN_WRITE, Session};
pub use self::url::{InvalidUrl, PostgresUrl};
use crate::audit_chain::AuditKey;
use crate::op::{Mode, Operation};
use crate::options::{Fault, FaultHook, Options, RevocationListener, announce};
use crate::{Error, Result};

/// Operations under way, those that wait for a connection among them. More are refused at once.
const QUEUE: u32 = 4096;
/// An operation is answered by then.
const PATIENCE: Duration = Duration::from_secs(15);
/// Collisions after which an operation that contains an account locks the table of sessions.
const COLLISIONS: u32 = 2;

/// An open database.
#[derive(Clone)]
pub(crate) struct Engine(Arc<Inner>);

struct Inner {
    target: PostgresUrl,
    pool: Pool,
    places: Semaphore,
    batches: BatchQueue,
    turns: Turns,
    notifies: bool,
    can_lock: bool,
    can_force_plans: bool,
    listener: RevocationListener,
    faults: Option<FaultHook>,
    audit_key: AuditKey,
    news: Arc<Notify>,
    listening: Mutex<Option<JoinHandle<()>>>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.target.fmt(f)
    }
}

/// Whether there is a schema to open.
pub(crate) async fn exists(target: &PostgresUrl) -> Result<bool> {
    schema::exists(target).await
}

impl Engine {
    pub(crate) async fn open(target: PostgresUrl, options: Options) -> Result<Self> {
        let audit_key = options.chain_key()?;
        schema::run(&target).await?;
        let pool = pool::open(&target)?;
        let notifies = knows(&pool, listen::PROBE).await?;
        let can_lock = knows(&pool, LOCK_PROBE).await?;
        let can_force_plans = knows(&pool, batch::MERGED_PROBE).await?;
        let news = Arc::new(Notify::new());
        let listens = notifies && !target.is_pooled;
        let listening = listens.then(|| listen::start(target.clone(), news.clone()));
        if !listens {
            tracing::info!(
                target: "hallpass::store",
                "no LISTEN on this connection: other replicas' revocations are read by polling, four times a second"
            );
        }
        Ok(Self(Arc::new(Inner {
            target,
            pool,
            places: Semaphore::new(QUEUE as usize),
            batches: BatchQueue::new(options.batch),
            turns: Turns::default(),
            notifies,
            can_lock,
            can_force_plans,
            listener: options.listener,
            faults: options.faults,
            audit_key,
            news,
            listening: Mutex::new(listening),
        })))
    }

    /// In a task of its own: a caller that is dropped cancels nothing, and a panic fails this operation alone.
    pub(crate) async fn run<O: Operation>(&self, operation: O) -> Result<O::Output> {
        let inner = self.0.clone();
        let task = tokio::spawn(async move {
            let _place = inner.places.try_acquire().map_err(|error| match error {
                TryAcquireError::NoPermits => Error::unavailable("the write queue is full"),
                TryAcquireError::Closed => Error::unavailable("the store is closed"),
            })?;
            let late = |_| Err(Error::unavailable("the database did not answer in time"));
            tokio::time::timeout(PATIENCE, inner.settle(&operation)).await.unwrap_or_else(late)
        });
        task.await.unwrap_or_else(|error| {
            if error.is_panic() {
                tracing::error!(target: "hallpass::store", operation = O::NAME, "an operation panicked");
                return Err(Error::Corrupt("an operation panicked"));
            }
            Err(Error::unavailable("the runtime is shutting down"))
        })
    }

    /// Returns when another replica has notified of a revocation; without LISTEN never.
    pub(crate) async fn changed(&self) {
        self.0.news.notified().await;
    }

    /// Indexes that were left half built, and a feed whose counter is behind it.
    pub(crate) async fn check(&self) -> Result<Vec<String>> {
        const INDEXES: &str = "SELECT 'index ' || CAST(indexrelid::regclass AS TEXT) || ' is not valid: REINDEX it' \
            FROM pg_index WHERE NOT indisvalid";
        const FEED: &str = "SELECT 'the feed is ahead of its counter' WHERE \
            (SELECT COALESCE(MAX(seq), 0) FROM revocations) > (SELECT value FROM counters WHERE name = 'revocations')";
        let mut lease = Lease::take(&self.0.pool).await?;
        let mut found = Vec::new();
        for sql in [INDEXES, FEED] {
            let rows = lease.client()?.query_typed(sql, &[]).await;
            let rows = rows.map_err(|error| Error::unavailable(fault::describe(&error)))?;
            found.extend(rows.iter().map(|row| row.get::<_, String>(0)));
        }
        lease.clean();
        Ok(found)
    }

    /// Lets what is under way finish, and closes every connection.
    pub(crate) async fn close(&self) {
        if let Some(listening) = self.0.listening.lock().unwrap_or_else(PoisonError::into_inner).take() {
            listening.abort();
        }
        // A semaphore that is closed already has been waited for already.
        if let Ok(all) = self.0.places.acquire_many(QUEUE).await {
            all.forget();
        }
        self.0.places.close();
        self.0.pool.close();
    }
}

/// Takes a lock that conflicts with no statement of the server.
const LOCK_PROBE: &str = "DO $$ BEGIN LOCK TABLE sessions IN ACCESS SHARE MODE NOWAIT; END $$";

/// `CockroachDB` and `YugabyteDB` may not know NOTIFY or LOCK TABLE; then it must not be in any transaction.
async fn knows(pool: &Pool, probe: &str) -> Result<bool> {
    let mut lease = Lease::take(pool).await?;
    let probed = lease.client()?.batch_execute(probe).await;
    let known = match probed {
        Ok(()) => true,
        Err(error) if error.code().is_some() => false,
        Err(error) => return Err(Error::unavailable(fault::describe(&error))),
    };
    lease.clean();
    Ok(known)
}

/// How an operation is run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Plan {
    /// Its first statement in a batch; a second one makes it begin again in a transaction.
    Batch,
    /// Its first statement without a transaction; a second one makes it begin again in one.
    Alone,
    /// In a transaction.
    Transaction,
    /// In a transaction that locks the table of sessions.
    Containment,
}

/// A failed attempt.
struct Failed {
    cause: Cause,
    error: Error,
}

type Attempt<T> = std::result::Result<T, Failed>;

/// The result of an operation, or the failure of one of its statements.
fn attempted<T>(result: Result<T>, cause: Option<Cause>) -> Attempt<T> {
    match (result, cause) {
        (Ok(output), None) => Ok(output),
        (Err(error), cause) => Err(Failed { cause: cause.unwrap_or(Cause::Final), error }),
        (Ok(_), Some(cause)) => Err(Failed { cause, error: Error::Corrupt("an operation swallowed a fault") }),
    }
}

impl Failed {
    const fn last(error: Error) -> Self {
        Self { cause: Cause::Final, error }
    }
}

impl Inner {
    async fn settle<O: Operation>(self: &Arc<Self>, operation: &O) -> Result<O::Output> {
        let fault = self.faults.as_ref().and_then(|hook| hook(O::NAME));
        match fault {
            Some(Fault::Before) => return Err(Error::unavailable("an injected fault")),
            Some(Fault::AtCommit) if O::MODE != Mode::Write => {
                return Err(Error::unavailable("an injected fault"));
            }
            Some(Fault::Slow(time)) => tokio::time::sleep(time).await,
            Some(Fault::AtCommit) | None => {}
        }
        let fails_commit = fault == Some(Fault::AtCommit);
        let mut plan = match O::MODE {
            _ if fails_commit => Plan::Transaction,
            Mode::Write if O::FIRST_MAY_BE_ALL && self.batches.is_shared() => Plan::Batch,
            Mode::Write if O::FIRST_MAY_BE_ALL => Plan::Alone,
            Mode::Write => Plan::Transaction,
            // It has a second statement for certain.
            Mode::PointRead | Mode::List if operation.reads_many() => Plan::Transaction,
            Mode::PointRead | Mode::List => Plan::Alone,
        };
        let mut retries = Retries::new(O::NAME, &self.turns);
        loop {
            let attempt = match plan {
                Plan::Batch => self.batched(operation).await,
                Plan::Alone => self.alone(operation).await,
                Plan::Transaction => {
                    let begin = if O::MODE == Mode::Write { BEGIN_WRITE } else { BEGIN_READ };
                    self.transaction(operation, begin, fails_commit).await
                }
                Plan::Containment => self.transaction(operation, BEGIN_CONTAIN, fails_commit).await,
            };
            match attempt {
                Ok(output) => return Ok(output),
                Err(Failed { cause: Cause::NeedsTransaction, .. }) => plan = Plan::Transaction,
                Err(Failed { cause: Cause::BatchFailed, .. }) => {
                    retries.batch_failed();
                    plan = Plan::Alone;
                }
                Err(Failed { cause, error }) => {
                    retries.again(cause, error).await?;
                    if O::CONTAINS && self.can_lock && retries.collisions() >= COLLISIONS {
                        plan = Plan::Containment;
                    }
                }
            }
        }
    }

    async fn batched<O: Operation>(self: &Arc<Self>, operation: &O) -> Attempt<O::Output> {
        let mut session = BatchConn::new(self);
        let result = operation.run(&mut session).await;
        attempted(result, session.cause)
    }

    async fn alone<O: Operation>(&self, operation: &O) -> Attempt<O::Output> {
        let mut lease = Lease::take(&self.pool).await.map_err(Failed::last)?;
        let client = lease.client().map_err(Failed::last)?;
        let mut session = Session::alone((client, &self.audit_key), !self.target.is_pooled, O::MODE == Mode::Write);
        let result = operation.run(&mut session).await;
        let cause = session.cause;
        if cause != Some(Cause::Lost) && cause != Some(Cause::Final) {
            lease.clean();
        }
        attempted(result, cause)
    }

    async fn transaction<O: Operation>(
        &self,
        operation: &O,
        begin: &'static str,
        fails_commit: bool,
    ) -> Attempt<O::Output> {
        let mut lease = Lease::take(&self.pool).await.map_err(Failed::last)?;
        let client = lease.client().map_err(Failed::last)?;
        let mut session = Session::transaction((client, &self.audit_key), !self.target.is_pooled, begin);
        let mut result = operation.run(&mut session).await;
        if fails_commit && result.is_ok() {
            result = Err(Error::unavailable("an injected fault at commit"));
        }
        let (cause, is_open, revoked) = (session.cause, session.is_open(), session.revoked);
        let output = match (result, cause) {
            (Ok(output), None) => output,
            (Ok(_), Some(cause)) => {
                return Err(Failed { cause, error: Error::Corrupt("an operation swallowed a fault") });
            }
            (Err(error), cause) => {
                if !is_open || client.batch_execute("ROLLBACK").await.is_ok() {
                    lease.clean();
                }
                return Err(Failed { cause: cause.unwrap_or(Cause::Final), error });
            }
        };
        if is_open {
            let commit = if self.notifies && !revoked.is_empty() { listen::NOTIFY_AND_COMMIT } else { "COMMIT" };
            if let Err(error) = client.batch_execute(commit).await {
                let failed = Failed {
                    cause: fault::cause_at_commit(&error),
                    error: Error::unavailable(fault::describe(&error)),
                };
                if failed.cause == Cause::Contention && client.batch_execute("ROLLBACK").await.is_ok() {
                    lease.clean();
                }
                return Err(failed);
            }
        }
        lease.clean();
        announce(&self.listener, &revoked);
        Ok(output)
    }
}
