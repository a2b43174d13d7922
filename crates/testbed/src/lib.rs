//! Real servers and bad networks for tests: started privately on free ports, stopped with the test.

mod pgbouncer;
mod postgres;
pub mod proxy;
pub mod redis;

pub use crate::pgbouncer::PgBouncer;
pub use crate::postgres::Postgres;
