//! Real servers and bad networks for tests: started privately on free ports, stopped with the test.

mod certificate;
pub mod https;
mod mail_server;
mod pgbouncer;
mod ports;
mod postgres;
pub mod proxy;
pub mod receiver;
pub mod redis;
mod rounds;
#[cfg(feature = "world")]
pub mod world;

pub use crate::certificate::Certificate;
pub use crate::mail_server::MailServer;
pub use crate::pgbouncer::PgBouncer;
pub use crate::postgres::Postgres;
pub use crate::rounds::rounds;
