//! SQLite: one writer that commits for many, readers on snapshots, checkpoints on a thread of their own.

mod checkpoint;
mod connection;
mod readers;
mod transaction;
mod writer;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::mpsc;

use self::checkpoint::Checkpointer;
use self::readers::Readers;
use self::transaction::Transaction;
use self::writer::{Message, Pending, Writer};
use crate::migrate::{self, StartLock};
use crate::op::{Mode, Operation};
use crate::store::{Fault, FaultHook, Options};
use crate::{Error, Result};

/// Writes that may wait. At 20,000 commits a second a full queue is a fifth of a second.
const QUEUE: usize = 4096;

/// An open database.
#[derive(Clone)]
pub(crate) struct Engine(Arc<Inner>);

struct Inner {
    writes: mpsc::Sender<Message>,
    readers: Readers,
    faults: Option<FaultHook>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SQLite({} readers)", self.0.readers.count())
    }
}

impl Engine {
    pub(crate) fn open(options: Options) -> Result<Self> {
        let path = &options.path;
        connection::check_version()?;
        connection::prepare_file(path)?;
        let lock = StartLock::take(path)?;
        let mut connection = connection::open_writer(path)?;
        migrate::run(&mut connection)?;
        drop(lock);
        let readers = Readers::open(path, options.readers)?;
        let checkpointer = Checkpointer::start(path)?;
        let (writes, queue) = mpsc::channel(QUEUE);
        let committer = Writer::new(connection, checkpointer, &options);
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || committer.run(queue))
            .map_err(Error::unavailable)?;
        Ok(Self(Arc::new(Inner { writes, readers, faults: options.faults, writer: Mutex::new(Some(thread)) })))
    }

    fn fault(&self, name: &'static str) -> Option<Fault> {
        self.0.faults.as_ref().and_then(|hook| hook(name))
    }

    /// A point read is cheaper than the thread hop that would protect the runtime from it, so it runs where it is;
    /// a list goes to a blocking thread.
    pub(crate) async fn read<O: Operation>(&self, operation: O) -> Result<O::Output> {
        match self.fault(O::NAME) {
            Some(Fault::Slow(time)) => tokio::time::sleep(time).await,
            Some(_) => return Err(Error::unavailable("a fault made on purpose")),
            None => {}
        }
        let inner = self.0.clone();
        let read = move || inner.readers.with(|connection| Transaction::read(connection, &operation));
        if O::MODE == Mode::PointRead { read() } else { blocking(read).await }
    }

    pub(crate) async fn write<O: Operation>(&self, operation: O) -> Result<O::Output> {
        let (pending, answer) = Pending::new(operation, self.fault(O::NAME));
        self.0.writes.try_send(Message::Work(Box::new(pending))).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Error::unavailable("the write queue is full"),
            mpsc::error::TrySendError::Closed(_) => Error::unavailable("the store is closed"),
        })?;
        answer.await.map_err(|_| Error::unavailable("the writer dropped the operation"))?
    }

    pub(crate) async fn check(&self) -> Result<Vec<String>> {
        let inner = self.0.clone();
        blocking(move || inner.readers.with(|connection| connection::quick_check(connection))).await
    }

    pub(crate) async fn close(&self) {
        // A writer that is gone already is closed already.
        let _ = self.0.writes.send(Message::Close).await;
        let thread = self.0.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        let inner = self.0.clone();
        let wind_down = move || {
            // The readers first: the last connection to let go removes the log, and a reader could not.
            inner.readers.close();
            // The writer thread answers its callers even when it panics: their channels close.
            let _ = thread.map(JoinHandle::join);
            Ok(())
        };
        let _ = blocking(wind_down).await;
    }
}

/// Runs blocking work off the runtime's threads.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::unavailable)?
}
