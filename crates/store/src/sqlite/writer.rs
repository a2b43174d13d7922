//! Group commit: the writer drains its queue into one transaction, so that one fsync pays for many requests.
//!
//! Each operation has a savepoint of its own, so one that fails undoes nothing of its neighbours. Answers go out
//! after the commit. A lone request never waits for company.

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::checkpoint::Checkpointer;
use super::transaction::Transaction;
use crate::audit_chain::AuditKey;
use crate::op::Operation;
use crate::options::{Fault, Options, RevocationListener, announce};
use crate::{Error, Result};

pub(super) enum Message {
    Work(Box<dyn Work>),
    Close,
}

/// An operation with its caller, its type forgotten.
pub(super) trait Work: Send {
    /// Runs it inside a savepoint; whether the savepoint is to be kept.
    fn run(&mut self, tx: &mut Transaction<'_>) -> bool;
    /// The fault to make at commit, if there is one.
    fn fails_commit(&self) -> bool;
    /// Tells the caller, once the fate of the transaction is known.
    fn answer(self: Box<Self>, committed: Result<()>);
}

pub(super) struct Pending<O: Operation> {
    operation: O,
    fault: Option<Fault>,
    result: Option<Result<O::Output>>,
    caller: oneshot::Sender<Result<O::Output>>,
}

impl<O: Operation> Pending<O> {
    pub(super) fn new(operation: O, fault: Option<Fault>) -> (Self, oneshot::Receiver<Result<O::Output>>) {
        let (caller, answer) = oneshot::channel();
        (Self { operation, fault, result: None, caller }, answer)
    }
}

impl<O: Operation> Work for Pending<O> {
    fn run(&mut self, tx: &mut Transaction<'_>) -> bool {
        let result = match self.fault {
            Some(Fault::Before) => Err(Error::unavailable("a fault made on purpose")),
            fault => {
                if let Some(Fault::Slow(time)) = fault {
                    std::thread::sleep(time);
                }
                tx.run(&self.operation)
            }
        };
        let keep = result.is_ok();
        self.result = Some(result);
        keep
    }

    fn fails_commit(&self) -> bool {
        self.fault == Some(Fault::AtCommit)
    }

    fn answer(self: Box<Self>, committed: Result<()>) {
        let result = self.result.unwrap_or_else(|| Err(Error::unavailable("the operation was not run")));
        // The caller may have been dropped; what was committed stays.
        let _ = self.caller.send(committed.and(result));
    }
}

pub(super) struct Writer {
    connection: Connection,
    checkpointer: Checkpointer,
    listener: RevocationListener,
    batch: usize,
    audit_key: AuditKey,
}

impl Writer {
    pub(super) fn new(
        connection: Connection,
        checkpointer: Checkpointer,
        options: &Options,
        audit_key: AuditKey,
    ) -> Self {
        let listener = options.listener.clone();
        Self { connection, checkpointer, listener, batch: options.batch.max(1), audit_key }
    }

    /// Runs until it is closed or every sender is gone; what is queued by then is still answered.
    pub(super) fn run(mut self, mut queue: mpsc::Receiver<Message>) {
        while let Some(message) = queue.blocking_recv() {
            let mut batch = Vec::new();
            let mut closing = take(message, &mut batch);
            while !closing && batch.len() < self.batch {
                match queue.try_recv() {
                    Ok(message) => closing = take(message, &mut batch),
                    Err(_) => break,
                }
            }
            if !batch.is_empty() {
                measure(batch.len(), queue.len());
                self.commit(batch);
            }
            if closing {
                queue.close();
            }
        }
        self.checkpointer.stop();
    }

    fn commit(&mut self, mut batch: Vec<Box<dyn Work>>) {
        let before = self.connection.total_changes();
        let outcome = self.transaction(&mut batch);
        for work in batch {
            work.answer(outcome.clone());
        }
        if self.connection.total_changes() != before {
            self.checkpointer.committed();
        }
        self.checkpointer.relieve(&self.connection);
    }

    /// Runs the batch; on success every savepoint that was kept is durable, and the listener has heard.
    fn transaction(&mut self, batch: &mut [Box<dyn Work>]) -> Result<()> {
        let mut tx = Transaction::new(&mut self.connection, &self.audit_key);
        tx.control("BEGIN IMMEDIATE")?;
        let result = run_all(&mut tx, batch).and_then(|()| {
            if batch.iter().any(|work| work.fails_commit()) {
                return Err(Error::unavailable("a commit that failed on purpose"));
            }
            tx.control("COMMIT")
        });
        if let Err(error) = result {
            // SQLite may have rolled back by itself; a second time is harmless.
            let _ = tx.control("ROLLBACK");
            return Err(error);
        }
        announce(&self.listener, &tx.revoked);
        Ok(())
    }
}

#[allow(clippy::cast_precision_loss)] // a batch and a queue are thousands at most
fn measure(batch: usize, waiting: usize) {
    metrics::histogram!("hallpass_store_batch_size").record(batch as f64);
    metrics::gauge!("hallpass_store_queue_depth").set(waiting as f64);
}

fn take(message: Message, batch: &mut Vec<Box<dyn Work>>) -> bool {
    match message {
        Message::Work(work) => {
            batch.push(work);
            false
        }
        Message::Close => true,
    }
}

fn run_all(tx: &mut Transaction<'_>, batch: &mut [Box<dyn Work>]) -> Result<()> {
    for work in batch {
        tx.control("SAVEPOINT operation")?;
        let revoked = tx.revoked.len();
        if !work.run(tx) {
            tx.control("ROLLBACK TO operation")?;
            tx.revoked.truncate(revoked);
        }
        tx.control("RELEASE operation")?;
    }
    Ok(())
}
