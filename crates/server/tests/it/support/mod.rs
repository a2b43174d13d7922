//! What takes the noise out of the tests: a server of its own for each, and a client that checks every answer.

mod answer;
mod client;
mod described;
pub mod mmdb;
mod rules;
mod server;
pub mod visit;
mod world;

pub use self::answer::{Answer, SetCookie};
pub use self::client::{Call, Client};
pub use self::server::{RedisTestServer, Setup, TestServer};

/// A password that the policy likes.
pub const PASSWORD: &str = "hall-monitor 4711";
/// The issuer of test servers.
pub const ISSUER: &str = "https://auth.example";

/// Whether the tests of this binary run on PostgreSQL.
pub const ON_POSTGRES: bool = matches!(env!("CARGO_CRATE_NAME").as_bytes(), b"on_postgres");

/// A database of its own: a file in the folder, or a schema in the cluster of this run.
pub fn database(folder: &std::path::Path) -> hallpass_store::Options {
    use hallpass_store::Options;
    if ON_POSTGRES {
        Options::postgres(hallpass_testbed::Postgres::schema().parse().expect("a URL"))
    } else {
        Options::new(folder.join("hallpass.db"))
    }
}
