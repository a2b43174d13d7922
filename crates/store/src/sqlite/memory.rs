//! A database that lives in memory and dies with its last holder: one connection, no thread, no file.

use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;

use super::connection;
use super::transaction::Transaction;

use crate::Result;
use crate::audit_chain::AuditKey;
use crate::op::Operation;
use crate::options::{RevocationListener, announce};
use crate::schema;

/// The largest such database, in pages of 4 KiB. The visitor who fills it is refused, and no other visitor is affected.
const MAX_PAGES: u32 = 512;

/// The one connection, and the listener for revocations.
pub(super) struct Memory {
    connection: Mutex<Connection>,
    listener: RevocationListener,
    audit_key: AuditKey,
}

impl Memory {
    pub(super) fn open(listener: RevocationListener) -> Result<Self> {
        let mut connection = connection::open_in_memory(MAX_PAGES)?;
        schema::run(&mut connection)?;
        Ok(Self { connection: Mutex::new(connection), listener, audit_key: AuditKey::random()? })
    }

    pub(super) fn read<O: Operation>(&self, operation: &O) -> Result<O::Output> {
        self.with(|connection| Transaction::read(connection, &self.audit_key, operation))
    }

    /// A commit here is a few microseconds of memory: there is nothing to gather company for.
    pub(super) fn write<O: Operation>(&self, operation: &O) -> Result<O::Output> {
        self.with(|connection| {
            let mut tx = Transaction::new(connection, &self.audit_key);
            tx.control("BEGIN IMMEDIATE")?;
            let result = tx.run(operation).and_then(|output| tx.control("COMMIT").map(|()| output));
            match result {
                Ok(output) => {
                    announce(&self.listener, &tx.revoked);
                    Ok(output)
                }
                Err(error) => {
                    // SQLite may have rolled back by itself; a second time is harmless.
                    let _ = tx.control("ROLLBACK");
                    Err(error)
                }
            }
        })
    }

    pub(super) fn check(&self) -> Result<Vec<String>> {
        self.with(|connection| connection::quick_check(connection))
    }

    fn with<T>(&self, work: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        work(&mut self.connection.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
