//! Opening connections.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

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

/// A database of its own in memory, of so many pages of 4 KiB at most.
pub(super) fn open_in_memory(max_pages: u32) -> Result<Connection> {
    let connection = Connection::open_in_memory()?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.execute_batch("PRAGMA page_size = 4096; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;")?;
    connection.pragma_update_and_check(None, "max_page_count", max_pages, |_| Ok(()))?;
    Ok(connection)
}

/// A connection that only moves the log. It never waits for a lock: what it cannot do now it does next time.
pub(super) fn open_checkpointer(path: &Path) -> Result<Connection> {
    let connection = open_writer(path)?;
    connection.busy_timeout(Duration::ZERO)?;
    Ok(connection)
}

/// A connection that cannot write.
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

/// What SQLite finds damaged; nothing if all is well.
pub(super) fn quick_check(connection: &Connection) -> Result<Vec<String>> {
    let mut statement = connection.prepare("PRAGMA quick_check")?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(lines.into_iter().filter(|line| line != "ok").collect())
}
