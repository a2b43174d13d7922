//! Durable truth.
//!
//! An operation ([`op`]) is the unit of atomicity: it happens whole and durably, or not at all. Its SQL is written
//! once, against the small [`conn::Conn`] that an engine implements: SQLite, with one writer that commits for many at
//! once, or PostgreSQL, with a pool and serializable transactions.

pub mod audit_chain;
pub mod conn;
mod error;
mod migrate;
pub mod mirror;
pub mod op;
mod postgres;
mod sqlite;
mod store;

pub use crate::audit_chain::AuditKey;
pub use crate::error::{Error, Result};
pub use crate::op::{Operation, Revoking};
pub use crate::postgres::{BadTarget, Postgres};
pub use crate::store::{Fault, FaultHook, Options, RevocationListener, Store};
