//! Opening connections, and running operations on one.

use std::future::Future;
use std::path::Path;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use hallpass_model::revocation::Numbered;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, OpenFlags, Statement, ToSql};

use crate::conn::{Conn, FromRow, Row, Value};
use crate::{Error, Result};

/// How long to wait for another process, such as the command line, to finish its transaction.
const BUSY: Duration = Duration::from_secs(5);
/// More statements than there are, so that each is prepared once.
const STATEMENTS: usize = 256;

/// Versions before 3.51.3 can corrupt a write-ahead log when two connections write or checkpoint at once.
pub(super) fn check_version() -> Result<()> {
    if rusqlite::version_number() < 3_051_003 { Err(Error::UnsafeEngine(rusqlite::version())) } else { Ok(()) }
}

/// Makes the file readable by its owner only, before SQLite writes a byte into it; its log inherits the mode.
pub(super) fn prepare_file(path: &Path) -> Result<()> {
    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(Error::unavailable)?;
    }
    let file = std::fs::OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path);
    file.map(|_| ()).map_err(Error::unavailable)
}

/// The one connection that writes. Every commit is on the disk before it is answered.
pub(super) fn open_writer(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path)?;
    configure(&connection)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
         PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -4096;",
    )?;
    Ok(connection)
}

pub(super) fn open_reader(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    configure(&connection)?;
    connection.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -1024;")?;
    Ok(connection)
}

fn configure(connection: &Connection) -> Result<()> {
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(())
}

pub(super) fn quick_check(connection: &Connection) -> Result<Vec<String>> {
    let mut statement = connection.prepare("PRAGMA quick_check")?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(lines.into_iter().filter(|line| line != "ok").collect())
}

/// Runs a future that never waits: on SQLite every answer is there at once.
pub(super) fn poll<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => Err(Error::Corrupt("an operation waited for something else than the store")),
    }
}

/// A transaction, and the revocations written in it so far.
pub(super) struct Transaction<'a> {
    connection: &'a mut Connection,
    pub(super) revoked: Vec<Numbered>,
}

impl<'a> Transaction<'a> {
    pub(super) const fn new(connection: &'a mut Connection) -> Self {
        Self { connection, revoked: Vec::new() }
    }

    /// Runs a statement that takes no parameters, such as BEGIN.
    pub(super) fn control(&self, sql: &'static str) -> Result<()> {
        self.connection.prepare_cached(sql)?.execute([])?;
        Ok(())
    }

    /// Reads on one snapshot.
    pub(super) fn read<T>(connection: &'a mut Connection, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let mut tx = Self::new(connection);
        tx.control("BEGIN")?;
        let result = work(&mut tx);
        // A reader has nothing to lose: ending the snapshot is all there is to do.
        let ended = tx.control("COMMIT");
        result.and_then(|value| ended.map(|()| value))
    }

    fn prepared(&self, sql: &'static str, params: &[Value<'_>]) -> Result<CachedStatement<'_>> {
        let mut statement = self.connection.prepare_cached(sql)?;
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
    let name = NAMES.get(index).ok_or(Error::Corrupt("more parameters than a statement may have"))?;
    let place = statement.parameter_index(name)?.ok_or(Error::Corrupt("a parameter that its statement lacks"))?;
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
    async fn execute(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<u64> {
        self.execute_now(sql, params)
    }

    async fn rows<T: FromRow>(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<Vec<T>> {
        self.rows_now(sql, params)
    }

    fn revoked(&mut self, entry: Numbered) {
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
