//! Operations on a SQLite connection: a transaction, its statements and its rows.

use std::borrow::Cow;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use hallpass_model::revocation::FeedEntry;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, Statement, ToSql};

use crate::audit_chain::AuditKey;
use crate::conn::{Conn, Dialect, FromRow, Row, Value};
use crate::op::Operation;
use crate::{Error, Result};

/// Runs a future that never waits: on SQLite every answer is there at once.
fn poll<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => Err(Error::Corrupt("an operation waited for something else than the store")),
    }
}

/// A transaction, and the revocations written in it so far.
pub(super) struct Transaction<'a> {
    connection: &'a mut Connection,
    audit_key: &'a AuditKey,
    pub(super) revoked: Vec<FeedEntry>,
}

impl<'a> Transaction<'a> {
    pub(super) const fn new(connection: &'a mut Connection, audit_key: &'a AuditKey) -> Self {
        Self { connection, audit_key, revoked: Vec::new() }
    }

    /// Runs a statement that takes no parameters, such as BEGIN.
    pub(super) fn control(&self, sql: &'static str) -> Result<()> {
        self.connection.prepare_cached(sql)?.execute([])?;
        Ok(())
    }

    /// Runs an operation. A panic is that operation's failure, not the end of the thread that serves all of them.
    pub(super) fn run<O: Operation>(&mut self, operation: &O) -> Result<O::Output> {
        catch_unwind(AssertUnwindSafe(|| poll(operation.run(self)))).unwrap_or_else(|_| {
            tracing::error!(target: "hallpass::store", operation = O::NAME, "an operation panicked");
            Err(Error::Corrupt("an operation panicked"))
        })
    }

    /// Runs an operation that reads, on one snapshot.
    pub(super) fn read<O: Operation>(
        connection: &'a mut Connection,
        audit_key: &'a AuditKey,
        operation: &O,
    ) -> Result<O::Output> {
        let mut tx = Self::new(connection, audit_key);
        tx.control("BEGIN")?;
        let result = tx.run(operation);
        // A reader has nothing to lose: ending the snapshot is all there is to do.
        let ended = tx.control("COMMIT");
        result.and_then(|value| ended.map(|()| value))
    }

    fn prepared(&self, sql: &'static str, params: &[Value<'_>]) -> Result<CachedStatement<'_>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        if statement.parameter_count() != params.len() {
            return Err(Error::Corrupt("another number of parameters than the statement has"));
        }
        for (index, value) in params.iter().enumerate() {
            bind(&mut statement, index, value)?;
        }
        Ok(statement)
    }

    fn execute_now(&self, sql: &'static str, params: &[Value<'_>]) -> Result<u64> {
        let mut statement = self.prepared(sql, params)?;
        let changed = statement.raw_execute()?;
        u64::try_from(changed).map_err(|_| Error::Corrupt("count of changed rows"))
    }

    fn rows_now<T: FromRow>(&self, sql: &'static str, params: &[Value<'_>]) -> Result<Vec<T>> {
        let mut statement = self.prepared(sql, params)?;
        let mut rows = statement.raw_query();
        let mut decoded = Vec::new();
        while let Some(row) = rows.next()? {
            decoded.push(T::from_row(&SqliteRow(row))?);
        }
        Ok(decoded)
    }
}

/// SQLite numbers `$1` by its first appearance in the text, so parameters are bound by their names.
fn bind(statement: &mut Statement<'_>, index: usize, value: &Value<'_>) -> Result<()> {
    const NAMES: [&str; 20] = [
        "$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15", "$16", "$17",
        "$18", "$19", "$20",
    ];
    // Only statements that write many rows at once have more.
    let name = NAMES.get(index).map_or_else(|| format!("${}", index + 1).into(), |name| Cow::Borrowed(*name));
    let place = statement.parameter_index(&name)?.ok_or(Error::Corrupt("a parameter that its statement lacks"))?;
    statement.raw_bind_parameter(place, value)?;
    Ok(())
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl Conn for Transaction<'_> {
    const DIALECT: Dialect = Dialect::Sqlite;

    async fn execute(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<u64> {
        self.execute_now(sql, params)
    }

    async fn rows<T: FromRow>(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<Vec<T>> {
        self.rows_now(sql, params)
    }

    fn audit_key(&self) -> &AuditKey {
        self.audit_key
    }

    fn revoked(&mut self, entry: FeedEntry) {
        self.revoked.push(entry);
    }
}

struct SqliteRow<'a>(&'a rusqlite::Row<'a>);

impl Row for SqliteRow<'_> {
    fn int(&self, column: usize) -> Result<Option<i64>> {
        match self.0.get_ref(column)? {
            ValueRef::Null => Ok(None),
            ValueRef::Integer(number) => Ok(Some(number)),
            _ => Err(Error::Corrupt("another type where an integer belongs")),
        }
    }

    fn text(&self, column: usize) -> Result<Option<String>> {
        match self.0.get_ref(column)? {
            ValueRef::Null => Ok(None),
            ValueRef::Text(bytes) => {
                let text = std::str::from_utf8(bytes).map_err(|_| Error::Corrupt("text that is not UTF-8"))?;
                Ok(Some(text.to_owned()))
            }
            _ => Err(Error::Corrupt("another type where a text belongs")),
        }
    }

    fn blob(&self, column: usize) -> Result<Option<Vec<u8>>> {
        match self.0.get_ref(column)? {
            ValueRef::Null => Ok(None),
            ValueRef::Blob(bytes) => Ok(Some(bytes.to_vec())),
            _ => Err(Error::Corrupt("another type where bytes belong")),
        }
    }
}
