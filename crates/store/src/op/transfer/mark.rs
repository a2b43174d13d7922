//! The marks of a move. Of the two stores at most one is open at any time, and these say which:
//!
//! - the copy carries [`Incoming`] from its first row to its last; no server starts on it until [`Finish`] takes the
//!   mark away;
//! - the source carries [`Outgoing`] from when it is closed for writing, and the word that it was moved, for good,
//!   before the copy is opened.

use hallpass_model::audit::{AuditContext, AuditEntry, Event};
use serde::{Deserialize, Serialize};

use crate::conn::{Columns, Conn, Dialect, FromRow, Row, Value};
use crate::op::meta::PUT;
use crate::op::{Mode, Operation, audit};
use crate::{Error, Result};

pub(super) const INCOMING: &str = "migration.incoming";
pub(super) const OUTGOING: &str = "migration.outgoing";
pub(super) const MOVED: &str = "migration.moved";

const READ: &str = "SELECT \
    (SELECT value FROM meta WHERE name = 'migration.incoming'), \
    (SELECT value FROM meta WHERE name = 'migration.outgoing'), \
    (SELECT COUNT(*) FROM meta WHERE name = 'migration.moved')";
/// Succeeds only while this very transfer goes on, and keeps it from being ended before this transaction commits.
pub(super) const CLAIM: &str = "UPDATE meta SET value = $1 WHERE name = 'migration.incoming' AND value = $1";
const IS_INHABITED: &str = "SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM users LIMIT 1) AS first) \
    + (SELECT COUNT(*) FROM (SELECT 1 FROM meta LIMIT 1) AS first)";
const FORGET: &str = "DELETE FROM meta WHERE name LIKE 'migration.%'";
const NEWEST: &str = "SELECT COALESCE(MAX(seq), 0) FROM audit_log";
/// Numbers that were given explicitly do not move an identity column along; SQLite's AUTOINCREMENT needs no telling.
const POSTGRES_ADVANCE: &str =
    "SELECT setval(pg_get_serial_sequence('audit_log', 'seq'), GREATEST($1, CAST(1 AS BIGINT)))";

/// The store is being filled from another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incoming {
    /// Which installation it becomes a copy of: the source's sealed check of its master key, which no other has.
    pub installation: String,
    /// Names this copy among all copies of that installation.
    pub ticket: String,
    /// Where it comes from, without a password.
    pub from: String,
}

/// The store is closed for writing, because it moves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    /// The ticket of the copy that it moves to.
    pub ticket: String,
    /// Names this closing: after a reopening the marks of before mean nothing.
    pub closing: String,
    /// Where it moves to, without a password.
    pub to: String,
}

impl Incoming {
    /// The mark as it is written.
    ///
    /// # Errors
    /// [`Error::Corrupt`], which cannot be.
    pub fn encode(&self) -> Result<Vec<u8>> {
        encode(self)
    }
}

pub(super) fn encode(mark: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(mark).map_err(|_| Error::Corrupt("the mark of a move"))
}

fn decode<T: for<'a> Deserialize<'a>>(mark: Option<Vec<u8>>) -> Result<Option<T>> {
    let decoded = mark.map(|mark| serde_json::from_slice(&mark)).transpose();
    decoded.map_err(|_| Error::Corrupt("the mark of a move"))
}

/// What a store says about moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marks {
    /// It is being filled.
    pub incoming: Option<Incoming>,
    /// It is closed for writing.
    pub outgoing: Option<Outgoing>,
    /// It was moved, for good.
    pub is_moved: bool,
}

impl FromRow for Marks {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        let (incoming, outgoing) = (decode(columns.opt_blob()?)?, decode(columns.opt_blob()?)?);
        Ok(Self { incoming, outgoing, is_moved: columns.int()? > 0 })
    }
}

pub(super) async fn read<C: Conn>(conn: &mut C) -> Result<Marks> {
    conn.row(READ, &[]).await?.ok_or(Error::Corrupt("an answer without a row"))
}

/// Reads the marks.
#[derive(Debug)]
pub struct ReadMarks;

impl Operation for ReadMarks {
    type Output = Marks;
    const NAME: &'static str = "read_marks";
    const MODE: Mode = Mode::PointRead;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Marks> {
        read(conn).await
    }
}

/// Marks an empty store as a copy, or finds the mark of an earlier run.
#[derive(Debug)]
pub struct Begin {
    pub mark: Incoming,
}

/// What became of a [`Begin`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// The store was empty, and is marked.
    Fresh,
    /// An earlier run has marked it; that mark goes on.
    Resumed(Incoming),
    /// It is being filled from another installation.
    Foreign(Incoming),
    /// The target already holds an installation.
    Inhabited,
}

impl Operation for Begin {
    type Output = Begun;
    const NAME: &'static str = "copy_begin";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Begun> {
        if let Some(found) = read(conn).await?.incoming {
            let is_ours = found.installation == self.mark.installation;
            return Ok(if is_ours { Begun::Resumed(found) } else { Begun::Foreign(found) });
        }
        if conn.row::<i64>(IS_INHABITED, &[]).await? != Some(0) {
            return Ok(Begun::Inhabited);
        }
        conn.execute(PUT, &[INCOMING.into(), Value::Blob(&self.mark.encode()?)]).await?;
        Ok(Begun::Fresh)
    }
}

/// Opens a copy that is complete: takes the marks away and tells the audit log.
#[derive(Debug)]
pub struct Finish {
    pub act: AuditContext,
    /// The mark of the copy.
    pub mark: Incoming,
}

impl Operation for Finish {
    /// Whether it was this move's to finish.
    type Output = bool;
    const NAME: &'static str = "copy_finish";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<bool> {
        if conn.execute(CLAIM, &[Value::Blob(&self.mark.encode()?)]).await? == 0 {
            return Ok(false);
        }
        conn.execute(FORGET, &[]).await?;
        let newest: i64 = conn.row(NEWEST, &[]).await?.unwrap_or_default();
        if C::DIALECT == Dialect::Postgres {
            let _: Option<i64> = conn.row(POSTGRES_ADVANCE, &[newest.into()]).await?;
        }
        let entry = AuditEntry::new(Event::StoreMoved).detail("from", &self.mark.from);
        audit::append(conn, &self.act, &entry).await?;
        // A number that was given out before would hide an entry from a reader that has read up to it.
        let appended: i64 = conn.row(NEWEST, &[]).await?.unwrap_or_default();
        if appended > newest { Ok(true) } else { Err(Error::Corrupt("the numbers of the audit log do not go on")) }
    }
}
