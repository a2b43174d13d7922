//! Redis counts.

#[path = "rules.rs"]
mod rules;

pub use crate::support::RedisTestServer as TestServer;
