//! Statements of several operations in one transaction: one round trip and one flush of the log for all of them.
//!
//! An operation whose first statement may be all of it ([`Operation::FIRST_MAY_BE_ALL`]) has it sent together with those
//! of others that come while the last such transaction is under way. A lone one is sent at once. When anything fails,
//! nothing has happened, and each is run by itself: what one operation suffers is no other's concern.
//!
//! [`Operation::FIRST_MAY_BE_ALL`]: crate::Operation::FIRST_MAY_BE_ALL

use std::future::{Future, poll_fn};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use futures_util::future::maybe_done;
use hallpass_model::revocation::Numbered;
use tokio::sync::oneshot;
use tokio_postgres::Error as DriverError;

use super::fault::{self, Cause};
use super::pool::Lease;
use super::session::{Answer, Request};
use super::{Inner, PATIENCE};
use crate::audit_chain::AuditKey;
use crate::conn::{Conn, Dialect, FromRow, Value};
use crate::{Error, Result};

/// As for one operation; but a row that somebody else holds is soon left to whoever wants it, so that the others go on.
const BEGIN_TOGETHER: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE; SET LOCAL lock_timeout = '250ms'";
/// Transactions under way at once. While one waits for the disk, the next is gathered and computed.
const FLIGHTS: usize = 2;

/// A statement that waits for its transaction.
struct Passenger {
    sql: &'static str,
    params: Vec<Owned>,
    reply: oneshot::Sender<std::result::Result<Answer, Grounded>>,
}

/// A parameter that outlives its operation's attempt.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Owned {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

/// A transaction that came to nothing, or of which nobody knows.
#[derive(Clone)]
enum Grounded {
    /// It has not happened: each may be run by itself. Whether the connection is as it was before.
    Apart { is_idle: bool },
    /// It may have happened.
    Unknown(String),
}

/// Statements that wait for a transaction.
pub(super) struct Queue {
    /// How many one transaction takes at most.
    seats: usize,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    passengers: Vec<Passenger>,
    flights: usize,
}

impl Queue {
    pub(super) fn new(seats: usize) -> Self {
        Self { seats, waiting: Mutex::default() }
    }

    /// Whether there is anything to gain from it.
    pub(super) const fn is_shared(&self) -> bool {
        self.seats > 1
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a statement, and sees to it that somebody will send it.
    fn board(engine: &Arc<Inner>, passenger: Passenger) {
        let mut waiting = engine.together.lock();
        waiting.passengers.push(passenger);
        if waiting.flights < FLIGHTS {
            waiting.flights += 1;
            tokio::spawn(fly(Shift { engine: engine.clone(), has_ended: false }));
        }
    }
}

/// One of the [`FLIGHTS`]; its place is free again when it ends, however it ends.
struct Shift {
    engine: Arc<Inner>,
    has_ended: bool,
}

impl Shift {
    /// The next to go; when nobody waits the shift has ended, in the same breath: who comes then begins another.
    fn next(&mut self) -> Option<Vec<Passenger>> {
        let mut waiting = self.engine.together.lock();
        let seats = waiting.passengers.len().min(self.engine.together.seats);
        if seats == 0 {
            waiting.flights -= 1;
            self.has_ended = true;
            return None;
        }
        Some(waiting.passengers.drain(..seats).collect())
    }
}

impl Drop for Shift {
    fn drop(&mut self) {
        if !self.has_ended {
            self.engine.together.lock().flights -= 1;
        }
    }
}

async fn fly(mut shift: Shift) {
    while let Some(mut passengers) = shift.next() {
        // Two replicas that change the same rows do it in the same order: else each would wait for the other.
        passengers.sort_by(|one, other| (one.sql, &one.params).cmp(&(other.sql, &other.params)));
        #[allow(clippy::cast_precision_loss, reason = "a hundred")]
        metrics::histogram!("hallpass_store_batch_size").record(passengers.len() as f64);
        let late = |_| Err(Grounded::Unknown("the database did not answer in time".to_owned()));
        let landed = tokio::time::timeout(PATIENCE, shift.engine.send_together(&passengers)).await;
        match landed.unwrap_or_else(late) {
            Ok(answers) => passengers.into_iter().zip(answers).for_each(|(one, answer)| one.hears(Ok(answer))),
            Err(grounded) => passengers.into_iter().for_each(|one| one.hears(Err(grounded.clone()))),
        }
    }
}

impl Passenger {
    fn hears(self, answer: std::result::Result<Answer, Grounded>) {
        // Whoever asked may have gone away.
        drop(self.reply.send(answer));
    }

    fn values(&self) -> Vec<Value<'_>> {
        self.params.iter().map(Owned::borrowed).collect()
    }
}

impl Inner {
    /// BEGIN, the statements and COMMIT in one flight.
    async fn send_together(&self, passengers: &[Passenger]) -> std::result::Result<Vec<Answer>, Grounded> {
        let unknown = |error: Error| Grounded::Unknown(error.to_string());
        let mut lease = Lease::take(&self.pool).await.map_err(unknown)?;
        let client = lease.client().map_err(unknown)?;
        let values: Vec<_> = passengers.iter().map(Passenger::values).collect();
        let mut requests = Vec::with_capacity(passengers.len());
        for (Passenger { sql, .. }, params) in passengers.iter().zip(&values) {
            // Nothing was sent yet, so nothing has happened.
            let statement = Request::prepare(client, sql, !self.target.is_pooled).await;
            let statement = statement.map_err(|_| Grounded::Apart { is_idle: false })?;
            requests.push(Request { client, statement, sql, params });
        }
        let (begun, answers, committed) = tokio::join!(
            biased;
            client.batch_execute(BEGIN_TOGETHER),
            in_turn(requests.iter().map(Request::run)),
            client.batch_execute("COMMIT")
        );
        let outcome = outcome(begun, answers.into_iter().collect(), committed);
        if matches!(outcome, Ok(_) | Err(Grounded::Apart { is_idle: true })) {
            lease.clean();
        }
        outcome
    }
}

/// What the server's words mean for all of them.
fn outcome(
    begun: std::result::Result<(), DriverError>,
    answers: std::result::Result<Vec<Answer>, DriverError>,
    committed: std::result::Result<(), DriverError>,
) -> std::result::Result<Vec<Answer>, Grounded> {
    let unknown = |error: &DriverError| Grounded::Unknown(fault::told(error));
    begun.map_err(|error| match fault::cause(&error) {
        // The server has closed the connection, and read nothing more.
        Cause::Lost if error.code().is_some() => Grounded::Apart { is_idle: false },
        // Without a transaction around them the statements may have happened one by one.
        _ => unknown(&error),
    })?;
    let answers = answers.map_err(|error| match (error.code(), fault::cause(&error)) {
        (None, _) => unknown(&error),
        // The COMMIT that follows a refused statement is a rollback.
        (Some(_), cause) => Grounded::Apart { is_idle: cause != Cause::Lost },
    })?;
    committed.map_err(|error| match fault::cause_at_commit(&error) {
        Cause::Contention => Grounded::Apart { is_idle: true },
        _ => unknown(&error),
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

/// What an operation sees while its first statement travels with others'.
pub(super) struct Together<'a> {
    engine: &'a Arc<Inner>,
    /// Whether the first statement went, and whether it wrote.
    wrote: Option<bool>,
    /// Why the statement failed; what the operation made of it does not matter.
    pub(super) cause: Option<Cause>,
}

impl<'a> Together<'a> {
    pub(super) const fn new(engine: &'a Arc<Inner>) -> Self {
        Self { engine, wrote: None, cause: None }
    }

    fn failed<T>(&mut self, cause: Cause, error: Error) -> Result<T> {
        self.cause = Some(cause);
        Err(error)
    }

    async fn send(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<Answer> {
        if let Some(wrote) = self.wrote {
            let cause = if wrote { Cause::Final } else { Cause::NeedsTransaction };
            return self.failed(cause, Error::Corrupt("a statement after the one that was to be all"));
        }
        let (reply, answer) = oneshot::channel();
        let params = params.iter().map(Owned::from).collect();
        Queue::board(self.engine, Passenger { sql, params, reply });
        match answer.await {
            Ok(Ok(answer)) => {
                self.wrote = Some(answer.changed > 0);
                Ok(answer)
            }
            Ok(Err(Grounded::Apart { .. })) => {
                self.failed(Cause::Apart, Error::unavailable("a transaction of several failed"))
            }
            Ok(Err(Grounded::Unknown(told))) => self.failed(Cause::Final, Error::unavailable(told)),
            Err(_) => self.failed(Cause::Final, Error::unavailable("a transaction of several was given up")),
        }
    }
}

impl Conn for Together<'_> {
    const DIALECT: Dialect = Dialect::Postgres;

    async fn execute(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<u64> {
        self.send(sql, params).await.map(|answer| answer.changed)
    }

    async fn rows<T: FromRow>(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<Vec<T>> {
        self.send(sql, params).await?.decode()
    }

    fn audit_key(&self) -> &AuditKey {
        &self.engine.audit_key
    }

    /// An operation that revokes has a second statement, and so a transaction of its own.
    fn revoked(&mut self, _: Numbered) {}
}

impl Owned {
    const fn borrowed(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Int(number) => Value::Int(*number),
            Self::Text(text) => Value::Text(text.as_str()),
            Self::Blob(bytes) => Value::Blob(bytes.as_slice()),
        }
    }
}

impl From<&Value<'_>> for Owned {
    fn from(value: &Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Int(number) => Self::Int(*number),
            Value::Text(text) => Self::Text((*text).to_owned()),
            Value::Blob(bytes) => Self::Blob(bytes.to_vec()),
        }
    }
}
