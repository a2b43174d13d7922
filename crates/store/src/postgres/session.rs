//! An operation's statements on a connection. What can travel together does: a round trip is what costs.

use deadpool_postgres::ClientWrapper;
use hallpass_model::revocation::FeedEntry;
use tokio_postgres::Error as DriverError;

use super::fault::{self, Cause};
use super::request::{Answer, Params, Request};
use crate::audit_chain::AuditKey;
use crate::conn::{Conn, Dialect, FromRow, Value};
use crate::{Error, Result};

/// Serializable, because operations are written as if each were alone: what they read must still hold when they commit.
pub(super) const BEGIN_WRITE: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE";
/// The same, with the table of sessions locked: no session rotates until the commit. A lock on the table comes before the
/// snapshot, which a lock on a row does not; so what an earlier rotation wrote is seen, and no later one collides. It waits
/// for rotations under way, which take milliseconds, and gives way to a VACUUM.
pub(super) const BEGIN_CONTAIN: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE; \
    SET LOCAL lock_timeout = '2s'; LOCK TABLE sessions IN SHARE ROW EXCLUSIVE MODE; SET LOCAL lock_timeout TO DEFAULT";
/// One snapshot for all statements.
pub(super) const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// How far the conversation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The first statement goes alone: as it is when it reads, within a transaction of its own when it writes.
    Alone { writes: bool },
    /// It went; whether it wrote.
    Spent { wrote: bool },
    /// The first statement takes this BEGIN along.
    Outside(&'static str),
    /// A transaction is open.
    Inside,
}

/// A connection as an operation sees it.
pub(super) struct Session<'a> {
    client: &'a ClientWrapper,
    audit_key: &'a AuditKey,
    named: bool,
    phase: Phase,
    /// Why a statement failed; what the operation made of it does not matter.
    pub(super) cause: Option<Cause>,
    pub(super) revoked: Vec<FeedEntry>,
}

impl<'a> Session<'a> {
    /// For an operation that is one statement, or may be.
    pub(super) const fn alone(on: (&'a ClientWrapper, &'a AuditKey), named: bool, writes: bool) -> Self {
        Self { client: on.0, audit_key: on.1, named, phase: Phase::Alone { writes }, cause: None, revoked: Vec::new() }
    }

    /// For an operation in a transaction.
    pub(super) const fn transaction(
        (client, audit_key): (&'a ClientWrapper, &'a AuditKey),
        named: bool,
        begin: &'static str,
    ) -> Self {
        Self { client, audit_key, named, phase: Phase::Outside(begin), cause: None, revoked: Vec::new() }
    }

    /// Whether there is a transaction to end.
    pub(super) fn is_open(&self) -> bool {
        self.phase == Phase::Inside
    }

    fn failed(&mut self, error: &DriverError) -> Error {
        self.failed_by(fault::cause(error), error)
    }

    fn failed_by(&mut self, cause: Cause, error: &DriverError) -> Error {
        self.cause = Some(cause);
        Error::unavailable(fault::describe(error))
    }

    async fn send(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<Answer> {
        if let Phase::Spent { wrote } = self.phase {
            self.cause = Some(if wrote { Cause::Final } else { Cause::NeedsTransaction });
            return Err(Error::Corrupt("a statement after the one that was to be all"));
        }
        let statement = match Request::prepare(self.client, sql, self.named).await {
            Ok(statement) => statement,
            Err(error) => return Err(self.failed(&error)),
        };
        let request = Request { client: self.client, statement, sql, params: Params::Row(params) };
        match std::mem::replace(&mut self.phase, Phase::Inside) {
            Phase::Outside(begin) => {
                let (opened, answer) = tokio::join!(biased; self.client.batch_execute(begin), request.run());
                opened.and(answer)
            }
            Phase::Alone { writes } => {
                self.phase = Phase::Spent { wrote: false };
                return if writes { self.whole_transaction(request).await } else { self.by_itself(request).await };
            }
            Phase::Inside | Phase::Spent { .. } => request.run().await,
        }
        .map_err(|error| self.failed(&error))
    }

    async fn by_itself(&mut self, request: Request<'_>) -> Result<Answer> {
        request.run().await.map_err(|error| self.failed(&error))
    }

    /// BEGIN, the statement and COMMIT in one pipeline: one round trip. If the statement fails, the server makes a
    /// rollback of the commit. If the connection fails, the outcome is unknown, so it is never sent again.
    async fn whole_transaction(&mut self, request: Request<'_>) -> Result<Answer> {
        let client = self.client;
        let flight = async {
            tokio::join!(biased; client.batch_execute(BEGIN_WRITE), request.run(), client.batch_execute("COMMIT"))
        };
        let (begun, answer, committed) = flight.await;
        let answer = begun.and(answer).map_err(|error| match fault::cause(&error) {
            // Refused by the server it has not happened; without its word it may have.
            Cause::Lost if error.code().is_none() => self.failed_by(Cause::Final, &error),
            cause => self.failed_by(cause, &error),
        })?;
        committed.map_err(|error| self.failed_by(fault::cause_at_commit(&error), &error))?;
        self.phase = Phase::Spent { wrote: answer.changed > 0 };
        Ok(answer)
    }
}

impl Conn for Session<'_> {
    const DIALECT: Dialect = Dialect::Postgres;

    async fn execute(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<u64> {
        self.send(sql, params).await.map(|answer| answer.changed)
    }

    async fn rows<T: FromRow>(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<Vec<T>> {
        self.send(sql, params).await?.decode()
    }

    fn audit_key(&self) -> &AuditKey {
        self.audit_key
    }

    fn revoked(&mut self, entry: FeedEntry) {
        self.revoked.push(entry);
    }
}
