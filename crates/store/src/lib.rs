//! The database: what is durable, and the one truth about sessions and revocations.
//!
//! An operation ([`op`]) is the unit of atomicity: it happens whole and durably, or not at all. Its SQL is written
//! once, against the small [`conn::Conn`] that an engine implements: SQLite, with one writer that commits for many at
//! once, or PostgreSQL, with a pool and serializable transactions.

pub mod audit_chain;
pub mod conn;
mod error;
pub mod op;
mod options;
mod postgres;
mod schema;
mod sqlite;
mod store;
pub mod transfer;
mod value;

pub use crate::audit_chain::AuditKey;
pub use crate::error::{Error, Result};
pub use crate::op::{Operation, Revoking};
pub use crate::options::{Fault, FaultHook, Options, RevocationListener};
pub use crate::postgres::{InvalidUrl, PostgresUrl};
pub use crate::store::Store;
