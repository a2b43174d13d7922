//! Statements of several operations in one transaction: one round trip and one flush of the log for all of them.
//!
//! The first statement of an operation that may need no other ([`Operation::FIRST_MAY_BE_ALL`]) is sent in a batch with
//! those that arrive while the last batch is under way. A lone statement is sent at once. Each operation gets the result
//! of its own statement. Statements of one kind are sent as one, with arrays ([`group`]). If any statement fails, the transaction is rolled back and each operation is retried alone.
//!
//! [`Operation::FIRST_MAY_BE_ALL`]: crate::Operation::FIRST_MAY_BE_ALL

use std::future::{Future, poll_fn};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use futures_util::future::maybe_done;
use hallpass_model::revocation::FeedEntry;
use tokio::sync::oneshot;
use tokio_postgres::Error as DriverError;

use super::fault::{self, Cause};
use super::group::{self, Group};
use super::pool::Lease;
use super::request::{Answer, Request};
use super::{Inner, PATIENCE};
use crate::audit_chain::AuditKey;
use crate::conn::{Conn, Dialect, FromRow, OwnedValue, RowStatement, Value};
use crate::{Error, Result};

/// As for one operation, but a lock that is not free soon fails the batch, so that its other operations go on.
const BEGIN_BATCH: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE; SET LOCAL lock_timeout = '250ms'";
/// For a batch with arrays. PostgreSQL would read the whole of a table that is small beside the batch, and then two batches
/// collide that share no row: it locks what it reads. A plan for each batch would cost as much as what the batch saves.
const BEGIN_MERGED: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE; SET LOCAL lock_timeout = '250ms'; \
    SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; \
    SET LOCAL plan_cache_mode = force_generic_plan";
/// Whether the server knows these settings.
pub(super) const MERGED_PROBE: &str = "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; \
    SET LOCAL enable_mergejoin = off; SET LOCAL plan_cache_mode = force_generic_plan";
/// Batches under way at once. While one waits for the disk, the next is gathered and computed.
const WORKERS: usize = 2;

/// A statement that waits for its batch.
pub(super) struct Entry {
    pub(super) sql: &'static str,
    /// The same for several entries at once.
    pub(super) many: Option<&'static str>,
    pub(super) params: Vec<OwnedValue>,
    reply: oneshot::Sender<std::result::Result<Answer, BatchError>>,
}

/// A batch without results.
#[derive(Clone)]
enum BatchError {
    /// It has not happened: each operation may be run alone. Whether the connection is as it was before.
    RolledBack { is_idle: bool },
    /// It may have happened.
    InDoubt(String),
}

/// Statements that wait for a batch.
pub(super) struct BatchQueue {
    /// How many statements one transaction holds at most.
    max_batch: usize,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    entries: Vec<Entry>,
    workers: usize,
}

impl BatchQueue {
    pub(super) fn new(max_batch: usize) -> Self {
        Self { max_batch, waiting: Mutex::default() }
    }

    /// Whether a batch may hold more than one statement.
    pub(super) const fn is_shared(&self) -> bool {
        self.max_batch > 1
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a statement, and starts a worker if fewer than [`WORKERS`] run.
    fn push(engine: &Arc<Inner>, entry: Entry) {
        let mut waiting = engine.batches.lock();
        waiting.entries.push(entry);
        if waiting.workers < WORKERS {
            waiting.workers += 1;
            tokio::spawn(run(Worker { engine: engine.clone(), has_ended: false }));
        }
    }
}

impl Waiting {
    /// The entries of the next batch. A statement whose operation has timed out is dropped: sent late, a rotation would
    /// be done after its client was answered 503.
    fn take(&mut self, max_batch: usize) -> Vec<Entry> {
        self.entries.retain(|entry| !entry.reply.is_closed());
        let count = self.entries.len().min(max_batch);
        self.entries.drain(..count).collect()
    }
}

/// One of the [`WORKERS`]; its place is free again when it ends, also by a panic.
struct Worker {
    engine: Arc<Inner>,
    has_ended: bool,
}

impl Worker {
    /// The next batch. `None` ends the worker under the same lock: a statement that is pushed later starts another.
    fn next(&mut self) -> Option<Vec<Entry>> {
        let mut waiting = self.engine.batches.lock();
        let entries = waiting.take(self.engine.batches.max_batch);
        if entries.is_empty() {
            waiting.workers -= 1;
            self.has_ended = true;
            return None;
        }
        Some(entries)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if !self.has_ended {
            self.engine.batches.lock().workers -= 1;
        }
    }
}

async fn run(mut worker: Worker) {
    while let Some(mut entries) = worker.next() {
        // Two replicas that change the same rows do it in the same order, or each would wait for the other.
        entries.sort_by(|one, other| (one.sql, &one.params).cmp(&(other.sql, &other.params)));
        #[allow(clippy::cast_precision_loss, reason = "a hundred")]
        metrics::histogram!("hallpass_store_batch_size").record(entries.len() as f64);
        let late = |_| Err(BatchError::InDoubt("the database did not answer in time".to_owned()));
        let sent = tokio::time::timeout(PATIENCE, worker.engine.send_batch(&entries)).await;
        match sent.unwrap_or_else(late) {
            Ok(answers) => entries.into_iter().zip(answers).for_each(|(entry, answer)| entry.reply(Ok(answer))),
            Err(error) => entries.into_iter().for_each(|entry| entry.reply(Err(error.clone()))),
        }
    }
}

impl Entry {
    fn reply(self, answer: std::result::Result<Answer, BatchError>) {
        // The operation may have timed out.
        drop(self.reply.send(answer));
    }
}

impl Inner {
    /// BEGIN, the statements and COMMIT in one pipeline.
    async fn send_batch(&self, entries: &[Entry]) -> std::result::Result<Vec<Answer>, BatchError> {
        let in_doubt = |error: Error| BatchError::InDoubt(error.to_string());
        let mut lease = Lease::take(&self.pool).await.map_err(in_doubt)?;
        let client = lease.client().map_err(in_doubt)?;
        let groups = group::of(entries, self.can_force_plans);
        let mut requests = Vec::with_capacity(groups.len());
        for group in &groups {
            // Nothing was sent yet, so nothing has happened.
            let statement = Request::prepare(client, group.sql, !self.target.is_pooled).await;
            let statement = statement.map_err(|_| BatchError::RolledBack { is_idle: false })?;
            requests.push(Request { client, statement, sql: group.sql, params: group.params() });
        }
        let opening = if groups.len() < entries.len() { BEGIN_MERGED } else { BEGIN_BATCH };
        let (begun, answers, committed) = tokio::join!(
            biased;
            client.batch_execute(opening),
            in_turn(requests.iter().map(Request::run)),
            client.batch_execute("COMMIT")
        );
        let outcome = outcome(begun, answers.into_iter().collect(), committed);
        if matches!(outcome, Ok(_) | Err(BatchError::RolledBack { is_idle: true })) {
            lease.clean();
        }
        split(outcome?, &groups).map_err(in_doubt)
    }
}

/// An answer for each entry.
fn split(answers: Vec<Answer>, groups: &[Group<'_>]) -> Result<Vec<Answer>> {
    let mut of_entries = Vec::with_capacity(answers.len());
    for (answer, group) in answers.into_iter().zip(groups) {
        if group.count == 1 {
            of_entries.push(answer);
        } else {
            of_entries.append(&mut answer.split(group.count)?);
        }
    }
    Ok(of_entries)
}

/// What the server's answers mean for all of them.
fn outcome(
    begun: std::result::Result<(), DriverError>,
    answers: std::result::Result<Vec<Answer>, DriverError>,
    committed: std::result::Result<(), DriverError>,
) -> std::result::Result<Vec<Answer>, BatchError> {
    let in_doubt = |error: &DriverError| BatchError::InDoubt(fault::describe(error));
    begun.map_err(|error| match fault::cause(&error) {
        // The server has closed the connection, and read nothing more.
        Cause::Lost if error.code().is_some() => BatchError::RolledBack { is_idle: false },
        // Without a transaction around them the statements may have happened one by one.
        _ => in_doubt(&error),
    })?;
    let answers = answers.map_err(|error| match (error.code(), fault::cause(&error)) {
        (None, _) => in_doubt(&error),
        // The COMMIT that follows a refused statement is a rollback.
        (Some(_), cause) => BatchError::RolledBack { is_idle: cause != Cause::Lost },
    })?;
    committed.map_err(|error| match fault::cause_at_commit(&error) {
        Cause::Contention => BatchError::RolledBack { is_idle: true },
        _ => in_doubt(&error),
    })?;
    Ok(answers)
}

/// Runs futures at once; each begins before the next, which is the order in which they are sent.
async fn in_turn<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut futures: Vec<_> = futures.map(|future| Box::pin(maybe_done(future))).collect();
    poll_fn(|context| {
        let mut waits = false;
        for future in &mut futures {
            waits |= future.as_mut().poll(context).is_pending();
        }
        if waits { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    futures.iter_mut().filter_map(|future| future.as_mut().take_output()).collect()
}

/// The connection of an operation whose first statement is sent in a batch.
pub(super) struct BatchConn<'a> {
    engine: &'a Arc<Inner>,
    /// Whether the first statement was sent, and whether it wrote.
    wrote: Option<bool>,
    /// Why the statement failed; what the operation made of it does not matter.
    pub(super) cause: Option<Cause>,
}

impl<'a> BatchConn<'a> {
    pub(super) const fn new(engine: &'a Arc<Inner>) -> Self {
        Self { engine, wrote: None, cause: None }
    }

    fn failed<T>(&mut self, cause: Cause, error: Error) -> Result<T> {
        self.cause = Some(cause);
        Err(error)
    }

    async fn send(&mut self, sql: &'static str, many: Option<&'static str>, params: &[Value<'_>]) -> Result<Answer> {
        if let Some(wrote) = self.wrote {
            let cause = if wrote { Cause::Final } else { Cause::NeedsTransaction };
            return self.failed(cause, Error::Corrupt("a statement after the one that was to be all"));
        }
        let (reply, answer) = oneshot::channel();
        let params = params.iter().map(OwnedValue::from).collect();
        BatchQueue::push(self.engine, Entry { sql, many, params, reply });
        match answer.await {
            Ok(Ok(answer)) => {
                self.wrote = Some(answer.changed > 0);
                Ok(answer)
            }
            Ok(Err(BatchError::RolledBack { .. })) => {
                self.failed(Cause::BatchFailed, Error::unavailable("a batch was rolled back"))
            }
            Ok(Err(BatchError::InDoubt(text))) => self.failed(Cause::Final, Error::unavailable(text)),
            Err(_) => self.failed(Cause::Final, Error::unavailable("a batch was given up")),
        }
    }
}

impl Conn for BatchConn<'_> {
    const DIALECT: Dialect = Dialect::Postgres;

    async fn execute(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<u64> {
        self.send(sql, None, params).await.map(|answer| answer.changed)
    }

    async fn rows<T: FromRow>(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<Vec<T>> {
        self.send(sql, None, params).await?.decode()
    }

    async fn row_among_many<T: FromRow>(
        &mut self,
        statement: &RowStatement,
        params: &[Value<'_>],
    ) -> Result<Option<T>> {
        let answer = self.send(statement.one, Some(statement.postgres_many), params).await?;
        Ok(answer.decode()?.pop())
    }

    fn audit_key(&self) -> &AuditKey {
        &self.engine.audit_key
    }

    /// An operation that revokes has a second statement, and so a transaction of its own.
    fn revoked(&mut self, _: FeedEntry) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    type Reply = oneshot::Receiver<std::result::Result<Answer, BatchError>>;

    fn entry(sql: &'static str) -> (Entry, Reply) {
        let (reply, answer) = oneshot::channel();
        (Entry { sql, many: None, params: Vec::new(), reply }, answer)
    }

    #[test]
    fn a_statement_whose_operation_has_timed_out_is_never_sent() {
        let ((first, first_answer), (late, late_answer), (last, last_answer)) =
            (entry("first"), entry("late"), entry("last"));
        let mut waiting = Waiting { entries: vec![first, late, last], workers: 1 };
        drop(late_answer);
        let mut take = |count| waiting.take(count).iter().map(|entry| entry.sql).collect::<Vec<_>>();
        assert_eq!((take(1), take(8)), (vec!["first"], vec!["last"]));
        drop((first_answer, last_answer));
    }
}
