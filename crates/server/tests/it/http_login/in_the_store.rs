//! The store counts.

#[path = "devices.rs"]
mod devices;
#[path = "parallel.rs"]
mod parallel;
#[path = "rules.rs"]
mod rules;

pub use crate::support::TestServer;

/// The operation that a login begins with.
pub const FIRST: &str = "reserve_attempt";
/// What a locked account costs the store.
pub const OF_A_LOCKED_ACCOUNT: &[&str] = &["reserve_attempt"];
