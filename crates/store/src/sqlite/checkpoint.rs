//! Moving the write-ahead log into the database, away from the committing thread, whose tail latency it would be.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;

use super::connection;
use crate::{Error, Result};

/// Between two checkpoints under load. An idle store is not woken at all.
const PAUSE: Duration = Duration::from_millis(100);

/// Pages of log (64 MiB) above which the writer lends a hand.
const OVERGROWN: i64 = 16 * 1024;

/// The thread that moves the log.
pub(super) struct Checkpointer {
    commits: SyncSender<()>,
    alive: Sender<()>,
    overgrown: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Checkpointer {
    pub(super) fn start(path: &Path) -> Result<Self> {
        let connection = connection::open_checkpointer(path)?;
        let (commits, news) = sync_channel(1);
        let (alive, stop) = channel();
        let overgrown = Arc::new(AtomicBool::new(false));
        let flag = overgrown.clone();
        let thread = std::thread::Builder::new()
            .name("store-checkpoint".to_owned())
            .spawn(move || run(&connection, &news, &stop, &flag))
            .map_err(Error::unavailable)?;
        Ok(Self { commits, alive, overgrown, thread })
    }

    /// Says that there is something to move. A full channel says so already.
    pub(super) fn committed(&self) {
        let _ = self.commits.try_send(());
    }

    /// Under unbroken load a checkpoint never reaches the end of the log, so the log is never begun anew and only
    /// grows. Between two transactions the writer can reach it: little is left to move by then.
    pub(super) fn relieve(&self, writer: &Connection) {
        if self.overgrown.swap(false, Ordering::Relaxed) {
            checkpoint(writer, "PRAGMA wal_checkpoint(PASSIVE)");
        }
    }

    /// Ends the thread after a last checkpoint.
    pub(super) fn stop(self) {
        drop((self.commits, self.alive));
        // A thread that panicked has nothing left to move that the next start would not.
        let _ = self.thread.join();
    }
}

fn run(connection: &Connection, commits: &Receiver<()>, stop: &Receiver<()>, overgrown: &AtomicBool) {
    while commits.recv().is_ok() && stop.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
        let pages = checkpoint(connection, "PRAGMA wal_checkpoint(PASSIVE)");
        overgrown.store(pages > OVERGROWN, Ordering::Relaxed);
    }
    checkpoint(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
}

/// Returns the length of the log in pages. A checkpoint that cannot be done now is done later.
fn checkpoint(connection: &Connection, sql: &'static str) -> i64 {
    connection.query_row(sql, [], |row| row.get(1)).unwrap_or_else(|error| {
        tracing::warn!(target: "hallpass::store", %error, "checkpoint failed; the next one tries again");
        0
    })
}
