//! The store counts.

#[path = "rules.rs"]
mod rules;

pub use crate::support::TestServer;
