//! Bringing a database's schema up to date.

use std::path::Path;

use rusqlite::Connection;

use crate::{Error, Result};

mod sqlite {
    refinery::embed_migrations!("migrations/sqlite");
}

/// Applies what is missing. Of two processes that start together one does it while the other waits at the lock file.
///
/// # Errors
/// [`Error::Newer`] when a newer release was here before.
pub(crate) fn run(connection: &mut Connection, database: &Path) -> Result<()> {
    let lock = std::fs::File::create(database.with_extension("lock")).map_err(Error::unavailable)?;
    lock.lock().map_err(Error::unavailable)?;
    let runner = sqlite::migrations::runner();
    let result = runner.run(connection);
    match result {
        Ok(_) => Ok(()),
        Err(error) => match error.kind() {
            refinery::error::Kind::MissingVersion(migration) => Err(Error::Newer(migration.to_string())),
            _ => Err(Error::unavailable(error)),
        },
    }
}
