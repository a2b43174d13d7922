//! Moving the write-ahead log into the database, away from the committing thread, whose tail latency it would be.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use rusqlite::Connection;

use super::connection;
use crate::{Error, Result};

/// Between two checkpoints under load. An idle store is not woken at all.
const PAUSE: Duration = Duration::from_millis(100);

/// Starts the thread; it ends, after a last checkpoint, when the sender is dropped.
pub(super) fn start(path: &Path) -> Result<Sender<()>> {
    let connection = connection::open_writer(path)?;
    let (commits, news) = channel();
    std::thread::Builder::new()
        .name("store-checkpoint".to_owned())
        .spawn(move || run(&connection, &news))
        .map_err(Error::unavailable)?;
    Ok(commits)
}

fn run(connection: &Connection, news: &Receiver<()>) {
    while news.recv().is_ok() {
        std::thread::sleep(PAUSE);
        while news.try_recv().is_ok() {}
        checkpoint(connection, "PRAGMA wal_checkpoint(PASSIVE)");
    }
    checkpoint(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
}

/// A checkpoint that cannot be done now is done later: the log only grows in the meantime.
fn checkpoint(connection: &Connection, sql: &'static str) {
    let done = connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    if let Err(error) = done {
        tracing::warn!(target: "hallpass::store", %error, "checkpoint failed; the next one tries again");
    }
}
