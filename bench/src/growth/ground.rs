//! Where the installations of a part lie, and the servers on them.

use std::path::Path;
use std::time::Duration;

use hallpass_testbed::Postgres;
use tempfile::TempDir;

use super::report::Installation;
use crate::Outcome;
use crate::installation::Place;
use crate::load::Loaded;
use crate::server::Server;

/// By then the allocator has given back what only the start needed.
const GIVEN_BACK: Duration = Duration::from_secs(3);

/// Databases that are gone when this is dropped.
pub(super) struct Ground {
    folder: TempDir,
    postgres: Option<Postgres>,
}

impl Ground {
    pub(super) fn new(on_postgres: bool) -> Outcome<Self> {
        Ok(Self { folder: tempfile::tempdir()?, postgres: on_postgres.then(Postgres::durable) })
    }

    /// Room for an installation.
    pub(super) fn place(&self, size: usize) -> Place {
        let url = self.postgres.as_ref().map(Postgres::own_schema);
        Place::new(self.folder.path().join(size.to_string()), url)
    }
}

/// An installation that is served.
pub(super) struct Served {
    pub(super) size: usize,
    pub(super) server: Server,
    place: Place,
    load_per_second: f64,
    start: Duration,
    started_mb: f64,
    loaded_bytes: u64,
}

impl Served {
    /// Starts the server of an installation that was loaded.
    pub(super) async fn start(binary: &Path, place: Place, (size, loaded): (usize, &Loaded)) -> Outcome<Self> {
        place.settle();
        let loaded_bytes = place.bytes()?;
        let (server, start) = Server::start_timed(binary, &place)?;
        tokio::time::sleep(GIVEN_BACK).await;
        let started_mb = server.resident()?;
        Ok(Self { size, server, place, load_per_second: loaded.rate(), start, started_mb, loaded_bytes })
    }

    /// What the installation holds after the turns.
    pub(super) fn installation(&self) -> Outcome<Installation> {
        Ok(Installation {
            size: self.size,
            load_per_second: self.load_per_second,
            start_ms: self.start.as_secs_f64() * 1e3,
            started_mb: self.started_mb,
            resident_mb: self.server.resident()?,
            loaded_bytes: self.loaded_bytes,
            bytes_each: self.loaded_bytes.checked_div(self.size as u64),
            bytes: self.place.bytes()?,
        })
    }
}
