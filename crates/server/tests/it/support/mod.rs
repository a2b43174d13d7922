//! What takes the noise out of the tests: a server of its own for each, and a client that checks every answer.

mod answer;
mod client;
mod described;
mod rules;
mod server;
pub mod visit;
mod world;

pub use self::answer::Answer;
pub use self::client::{Call, Client};
pub use self::server::{RedisTestServer, TestServer};

/// A password that the policy likes.
pub const PASSWORD: &str = "hall-monitor 4711";
/// The issuer of test servers.
pub const ISSUER: &str = "https://auth.example";
