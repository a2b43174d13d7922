//! The small face that an engine shows to operations.
//!
//! Statements are `&'static str` with `$1`-style parameters bound by number, in the SQL that both engines speak.

use std::future::Future;

use hallpass_model::revocation::FeedEntry;
use hallpass_model::{Role, SessionId, Timestamp, UserId};

use crate::audit_chain::AuditKey;
pub use crate::value::{OwnedValue, Value};
use crate::{Error, Result};

/// Which database an engine uses. Only the operations that close a store and that continue its numbers depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// A statement that concerns one row, and the same statement for several operations at once.
#[derive(Debug)]
pub struct RowStatement {
    pub one: &'static str,
    /// In the SQL of PostgreSQL. Each parameter is an array of what the operations have; the last column of a row is the
    /// place of its operation among them, from 1.
    pub postgres_many: &'static str,
}

/// A connection inside a transaction.
pub trait Conn: Send {
    /// Which database it is.
    const DIALECT: Dialect;

    /// Runs a statement; returns how many rows it changed.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    fn execute(&mut self, sql: &'static str, params: &[Value<'_>]) -> impl Future<Output = Result<u64>> + Send;

    /// Reads every row of a statement.
    ///
    /// # Errors
    /// [`Error::Unavailable`]; [`Error::Corrupt`] when a row does not decode.
    fn rows<T: FromRow>(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
    ) -> impl Future<Output = Result<Vec<T>>> + Send;

    /// The key of the audit log's chain.
    fn audit_key(&self) -> &AuditKey;

    /// Notes a revocation that this transaction has written; it is announced after the commit.
    fn revoked(&mut self, entry: FeedEntry);

    /// Reads at most one row.
    ///
    /// # Errors
    /// As [`Conn::rows`].
    fn row<T: FromRow>(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
    ) -> impl Future<Output = Result<Option<T>>> + Send {
        async move { Ok(self.rows(sql, params).await?.pop()) }
    }

    /// Reads at most one row of a statement, which an engine may send for several operations at once.
    ///
    /// # Errors
    /// As [`Conn::rows`].
    fn row_among_many<T: FromRow>(
        &mut self,
        statement: &RowStatement,
        params: &[Value<'_>],
    ) -> impl Future<Output = Result<Option<T>>> + Send {
        self.row(statement.one, params)
    }
}

/// One row of an answer, read by column number.
pub trait Row {
    /// An integer.
    ///
    /// # Errors
    /// [`Error::Corrupt`] for another type.
    fn int(&self, column: usize) -> Result<Option<i64>>;
    /// A text.
    ///
    /// # Errors
    /// [`Error::Corrupt`] for another type.
    fn text(&self, column: usize) -> Result<Option<String>>;
    /// Bytes.
    ///
    /// # Errors
    /// [`Error::Corrupt`] for another type.
    fn blob(&self, column: usize) -> Result<Option<Vec<u8>>>;
}

/// What a row decodes into.
pub trait FromRow: Sized + Send {
    /// Decodes.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    fn from_row(row: &dyn Row) -> Result<Self>;
}

/// Reads a row's columns in their order.
pub(crate) struct Columns<'a> {
    row: &'a dyn Row,
    next: usize,
}

impl<'a> Columns<'a> {
    pub(crate) const fn of(row: &'a dyn Row) -> Self {
        Self { row, next: 0 }
    }

    const fn advance(&mut self) -> usize {
        let column = self.next;
        self.next += 1;
        column
    }

    pub(crate) fn opt_int(&mut self) -> Result<Option<i64>> {
        let column = self.advance();
        self.row.int(column)
    }

    pub(crate) fn int(&mut self) -> Result<i64> {
        self.opt_int()?.ok_or(Error::Corrupt("NULL where an integer belongs"))
    }

    pub(crate) fn count(&mut self) -> Result<u32> {
        u32::try_from(self.int()?).map_err(|_| Error::Corrupt("count"))
    }

    pub(crate) fn opt_text(&mut self) -> Result<Option<String>> {
        let column = self.advance();
        self.row.text(column)
    }

    pub(crate) fn text(&mut self) -> Result<String> {
        self.opt_text()?.ok_or(Error::Corrupt("NULL where a text belongs"))
    }

    pub(crate) fn opt_blob(&mut self) -> Result<Option<Vec<u8>>> {
        let column = self.advance();
        self.row.blob(column)
    }

    pub(crate) fn blob(&mut self) -> Result<Vec<u8>> {
        self.opt_blob()?.ok_or(Error::Corrupt("NULL where bytes belong"))
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        self.opt_array()?.ok_or(Error::Corrupt("NULL where bytes belong"))
    }

    pub(crate) fn opt_array<const N: usize>(&mut self) -> Result<Option<[u8; N]>> {
        let bytes = self.opt_blob()?;
        bytes.map(|b| b.try_into().map_err(|_| Error::Corrupt("bytes of another length"))).transpose()
    }

    pub(crate) fn time(&mut self) -> Result<Timestamp> {
        self.int().map(Timestamp::from_millis)
    }

    pub(crate) fn opt_time(&mut self) -> Result<Option<Timestamp>> {
        Ok(self.opt_int()?.map(Timestamp::from_millis))
    }

    pub(crate) fn user_id(&mut self) -> Result<UserId> {
        self.array().map(UserId::from_bytes)
    }

    pub(crate) fn session_id(&mut self) -> Result<SessionId> {
        self.array().map(SessionId::from_bytes)
    }

    pub(crate) fn role(&mut self) -> Result<Role> {
        self.text()?.parse().map_err(|_| Error::Corrupt("role"))
    }
}

impl FromRow for String {
    fn from_row(row: &dyn Row) -> Result<Self> {
        Columns::of(row).text()
    }
}

impl FromRow for i64 {
    fn from_row(row: &dyn Row) -> Result<Self> {
        Columns::of(row).int()
    }
}
