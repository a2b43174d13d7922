//! What the lab may take, in numbers: printed where the lab is all that is served.

use std::time::Duration;

use crate::refused::LabSettings;
use crate::{quota, registry, sandbox};

/// The most that a sandbox takes of memory: 2 MiB of database, its trace, its people's requests.
const EACH: u64 = 3 << 20;

/// What all visitors, and one of them, may take.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Bounds {
    /// Sandboxes at once.
    pub sandboxes: usize,
    /// Of these, one client address's.
    pub sandboxes_of_one: usize,
    /// Client addresses that are remembered.
    pub addresses: usize,
    /// Bytes that all sandboxes take at most.
    pub bytes: u64,
    /// Requests a second of one client address.
    pub requests_a_second: i64,
    /// Requests of one client address at once after a pause.
    pub burst: i64,
    /// Requests of one client address under way.
    pub under_way: usize,
    /// Seconds after which an unused sandbox ends.
    pub idle_seconds: u64,
    /// Seconds after which any sandbox ends.
    pub life_seconds: u64,
}

impl LabSettings {
    /// What follows from the settings.
    pub const fn bounds(&self) -> Bounds {
        const fn seconds(duration: Duration) -> u64 {
            duration.as_secs()
        }
        Bounds {
            sandboxes: self.max_sandboxes,
            sandboxes_of_one: registry::EACH,
            addresses: registry::SHARES,
            bytes: self.max_sandboxes as u64 * EACH,
            requests_a_second: 1000 / quota::EACH,
            burst: quota::BURST,
            under_way: quota::AT_ONCE,
            idle_seconds: seconds(sandbox::IDLE),
            life_seconds: seconds(sandbox::LIFE),
        }
    }
}
