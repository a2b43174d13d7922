//! SQLite: one writer that commits for many, readers on snapshots, checkpoints on a thread of their own.

mod checkpoint;
mod connection;
mod writer;

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::mpsc;

use self::connection::Transaction;
use self::writer::{Message, Pending, Writer};
use crate::op::{Mode, Operation};
use crate::store::{Fault, FaultHook, Options};
use crate::{Error, Result, migrate};

/// Writes that may wait. At 20,000 commits a second a full queue is a fifth of a second.
const QUEUE: usize = 4096;

/// An open database.
#[derive(Clone)]
pub(crate) struct Engine(Arc<Inner>);

struct Inner {
    writes: mpsc::Sender<Message>,
    readers: Vec<Mutex<Connection>>,
    next_reader: AtomicUsize,
    faults: Option<FaultHook>,
    writer: Mutex<Option<std::thread::JoinHandle<()>>>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SQLite({} readers)", self.0.readers.len())
    }
}

impl Engine {
    pub(crate) fn open(options: Options) -> Result<Self> {
        connection::check_version()?;
        connection::prepare_file(&options.path)?;
        let mut connection = connection::open_writer(&options.path)?;
        migrate::run(&mut connection, &options.path)?;
        let readers = (0..options.readers.max(1))
            .map(|_| connection::open_reader(&options.path).map(Mutex::new))
            .collect::<Result<Vec<_>>>()?;
        let checkpoints = checkpoint::start(&options.path)?;
        let (writes, queue) = mpsc::channel(QUEUE);
        let committer = Writer::new(connection, options.listener, checkpoints);
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || committer.run(queue))
            .map_err(Error::unavailable)?;
        Ok(Self(Arc::new(Inner {
            writes,
            readers,
            next_reader: AtomicUsize::new(0),
            faults: options.faults,
            writer: Mutex::new(Some(thread)),
        })))
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
        if O::MODE == Mode::PointRead {
            return self.read_here(&operation);
        }
        let engine = self.clone();
        tokio::task::spawn_blocking(move || engine.read_here(&operation)).await.map_err(Error::unavailable)?
    }

    fn read_here<O: Operation>(&self, operation: &O) -> Result<O::Output> {
        self.with_reader(|connection| Transaction::read(connection, |tx| connection::poll(operation.run(tx))))
    }

    fn with_reader<T>(&self, work: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        let readers = &self.0.readers;
        let start = self.0.next_reader.fetch_add(1, Ordering::Relaxed);
        let order = || (0..readers.len()).map(|offset| &readers[(start + offset) % readers.len()]);
        if let Some(mut free) = order().find_map(|reader| reader.try_lock().ok()) {
            return work(&mut free);
        }
        let reader = order().next().ok_or_else(|| Error::unavailable("no reader"))?;
        work(&mut reader.lock().unwrap_or_else(PoisonError::into_inner))
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
        let engine = self.clone();
        let check = move || engine.with_reader(|connection| connection::quick_check(connection));
        tokio::task::spawn_blocking(check).await.map_err(Error::unavailable)?
    }

    pub(crate) async fn close(&self) {
        // A writer that is gone already is closed already.
        let _ = self.0.writes.send(Message::Close).await;
        let thread = self.0.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A panic of the writer thread has been answered to every caller as an error by then.
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }
}
