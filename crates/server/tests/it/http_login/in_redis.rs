//! Redis counts.

#[path = "devices.rs"]
mod devices;
#[path = "parallel.rs"]
mod parallel;
#[path = "rules.rs"]
mod rules;

pub use crate::support::RedisTestServer as TestServer;

/// Counted already, the attempt needs only what the password is checked against.
pub const FIRST: &str = "find_credential";
/// Nothing: it is Redis that says no.
pub const OF_A_LOCKED_ACCOUNT: &[&str] = &[];
