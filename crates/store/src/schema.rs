//! Bringing a database's schema up to date.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rusqlite::Connection;

use crate::{Error, Result};

mod sqlite {
    refinery::embed_migrations!("migrations/sqlite");
}

/// Held while a database is opened: of two processes that start together one makes the schema while the other waits.
/// Gone with the process, however it ends.
pub(crate) struct StartLock {
    _file: File,
}

impl StartLock {
    /// Waits for the lock that lies beside the database.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when there can be no such file.
    pub(crate) fn take(database: &Path) -> Result<Self> {
        let path = database.with_added_extension("lock");
        let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path);
        let file = file.map_err(Error::unavailable)?;
        file.lock().map_err(Error::unavailable)?;
        Ok(Self { _file: file })
    }
}

/// Applies what is missing.
///
/// # Errors
/// [`Error::Newer`] when a newer release was here before.
pub(crate) fn run(connection: &mut Connection) -> Result<()> {
    match sqlite::migrations::runner().run(connection) {
        Ok(_) => Ok(()),
        Err(error) => match error.kind() {
            refinery::error::Kind::MissingVersion(migration) => Err(Error::Newer(migration.to_string())),
            _ => Err(Error::unavailable(error)),
        },
    }
}
