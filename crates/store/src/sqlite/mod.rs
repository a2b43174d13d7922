//! SQLite: one writer that commits for many, readers on snapshots, checkpoints on a thread of their own.

mod checkpoint;
mod connection;
mod memory;
mod readers;
mod transaction;
mod writer;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::mpsc;

use self::checkpoint::Checkpointer;
use self::memory::Memory;
use self::readers::Readers;
use self::transaction::Transaction;
use self::writer::{Message, Pending, Writer};
use crate::audit_chain::AuditKey;
use crate::op::{Mode, Operation};
use crate::options::{Fault, FaultHook, Options, RevocationListener};
use crate::schema::{self, StartLock};
use crate::{Error, Result};

/// Writes that may wait. At 20,000 commits a second a full queue is a fifth of a second.
const QUEUE: usize = 4096;

/// An open database.
#[derive(Clone)]
pub(crate) struct Engine(Kind);

#[derive(Clone)]
enum Kind {
    File(Arc<Inner>),
    Memory(Arc<Memory>),
}

struct Inner {
    writes: mpsc::Sender<Message>,
    readers: Readers,
    faults: Option<FaultHook>,
    audit_key: AuditKey,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::File(inner) => write!(f, "SQLite({} readers)", inner.readers.count()),
            Kind::Memory(_) => f.write_str("SQLite(in memory)"),
        }
    }
}

impl Engine {
    pub(crate) fn open(options: Options) -> Result<Self> {
        let path = &options.path;
        connection::check_version()?;
        connection::prepare_file(path)?;
        let lock = StartLock::take(path)?;
        let mut connection = connection::open_writer(path)?;
        schema::run(&mut connection)?;
        drop(lock);
        let readers = Readers::open(path, options.readers)?;
        let checkpointer = Checkpointer::start(path)?;
        let (writes, queue) = mpsc::channel(QUEUE);
        let audit_key = options.chain_key()?;
        let committer = Writer::new(connection, checkpointer, &options, audit_key.clone());
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || committer.run(queue))
            .map_err(Error::unavailable)?;
        let (faults, thread) = (options.faults, Mutex::new(Some(thread)));
        Ok(Self(Kind::File(Arc::new(Inner { writes, readers, faults, audit_key, writer: thread }))))
    }

    pub(crate) fn in_memory(listener: RevocationListener) -> Result<Self> {
        Memory::open(listener).map(|memory| Self(Kind::Memory(Arc::new(memory))))
    }

    pub(crate) async fn read<O: Operation>(&self, operation: O) -> Result<O::Output> {
        match &self.0 {
            Kind::File(inner) => inner.clone().read(operation).await,
            Kind::Memory(memory) => memory.read(&operation),
        }
    }

    pub(crate) async fn write<O: Operation>(&self, operation: O) -> Result<O::Output> {
        match &self.0 {
            Kind::File(inner) => inner.write(operation).await,
            Kind::Memory(memory) => memory.write(&operation),
        }
    }

    pub(crate) async fn check(&self) -> Result<Vec<String>> {
        match &self.0 {
            Kind::File(inner) => inner.clone().check().await,
            Kind::Memory(memory) => memory.check(),
        }
    }

    /// In memory there is nothing to close: the last holder lets go of it.
    pub(crate) async fn close(&self) {
        if let Kind::File(inner) = &self.0 {
            inner.clone().close().await;
        }
    }
}

impl Inner {
    fn fault(&self, name: &'static str) -> Option<Fault> {
        self.faults.as_ref().and_then(|hook| hook(name))
    }

    /// A point read is cheaper than the thread hop that would protect the runtime from it, so it runs where it is. A list
    /// goes to a blocking thread, and so does a point read when lists hold every reader: waiting would block the runtime.
    async fn read<O: Operation>(self: Arc<Self>, operation: O) -> Result<O::Output> {
        match self.fault(O::NAME) {
            Some(Fault::Slow(time)) => tokio::time::sleep(time).await,
            Some(_) => return Err(Error::unavailable("an injected fault")),
            None => {}
        }
        let is_point = O::MODE == Mode::PointRead && !operation.reads_many();
        let inner = self.clone();
        let work = move |connection: &mut Connection| Transaction::read(connection, &inner.audit_key, &operation);
        let work = if is_point { self.readers.try_with(work) } else { Err(work) };
        match work {
            Ok(result) => result,
            Err(work) => blocking(move || self.readers.with(work)).await,
        }
    }

    async fn write<O: Operation>(&self, operation: O) -> Result<O::Output> {
        let (pending, answer) = Pending::new(operation, self.fault(O::NAME));
        self.writes.try_send(Message::Work(Box::new(pending))).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Error::unavailable("the write queue is full"),
            mpsc::error::TrySendError::Closed(_) => Error::unavailable("the store is closed"),
        })?;
        answer.await.map_err(|_| Error::unavailable("the writer dropped the operation"))?
    }

    async fn check(self: Arc<Self>) -> Result<Vec<String>> {
        blocking(move || self.readers.with(|connection| connection::quick_check(connection))).await
    }

    async fn close(self: Arc<Self>) {
        // A writer that is gone already is closed already.
        let _ = self.writes.send(Message::Close).await;
        let thread = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        let wind_down = move || {
            // The readers first: the last connection to let go removes the log, and a reader could not.
            self.readers.close();
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
