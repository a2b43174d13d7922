//! The `hallpass` binary: the one place that reads the clock, the environment and the system's randomness.

use std::process::ExitCode;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hallpass_auth::{Clock, Random, RandomError};
use hallpass_model::Timestamp;
use hallpass_server::cmd::{self, World};

/// Memory of a flood goes back to the system within seconds, where the system's allocator keeps it until the next start.
/// How soon is in `.cargo/config.toml`.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

struct WallClock;

impl Clock for WallClock {
    #[allow(clippy::disallowed_methods, reason = "this is the one place")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomError> {
        aws_lc_rs::rand::fill(buffer).map_err(|_| RandomError)
    }
}

fn monotonic() -> Duration {
    static BEGINNING: LazyLock<Instant> = LazyLock::new(Instant::now);
    BEGINNING.elapsed()
}

fn main() -> ExitCode {
    #[allow(clippy::disallowed_methods, reason = "this is the one place")]
    let environment = std::env::vars_os().collect();
    let world = World { clock: Arc::new(WallClock), random: Arc::new(SystemRandom), monotonic, environment };
    cmd::run(std::env::args_os(), &world)
}
