//! The tables, for people and for programs.

use serde::Serialize;

use super::turns::Figures;
use crate::Outcome;

/// Every figure of a run.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    cores: usize,
    store: &'static str,
    work: Vec<Row>,
    installations: Vec<Named>,
}

/// One size at one work.
#[derive(Debug, Serialize)]
struct Row {
    work: &'static str,
    clients: usize,
    size: usize,
    p50_ms: f64,
    p99_ms: f64,
    per_second: f64,
    /// Against the smallest size.
    p50_ratio: f64,
    p99_ratio: f64,
}

/// What an installation takes.
#[derive(Debug, Serialize)]
pub(super) struct Installation {
    pub(super) size: usize,
    pub(super) load_per_second: f64,
    pub(super) start_ms: f64,
    /// Resident memory some seconds after the start.
    pub(super) started_mb: f64,
    /// Resident memory after the turns.
    pub(super) resident_mb: f64,
    /// The database before the turns.
    pub(super) loaded_bytes: u64,
    /// Of these, for each of what is counted.
    pub(super) bytes_each: Option<u64>,
    /// The database after the turns.
    pub(super) bytes: u64,
}

#[derive(Debug, Serialize)]
struct Named {
    /// What the size counts.
    of: &'static str,
    #[serde(flatten)]
    installation: Installation,
}

impl Report {
    pub(super) fn new(on_postgres: bool) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let store = if on_postgres { "PostgreSQL" } else { "SQLite" };
        println!("{store}; {cores} cores, shared by server, database and clients; sizes in turns");
        Self { cores, store, work: Vec::new(), installations: Vec::new() }
    }

    /// Begins a table of works.
    pub(super) fn heading(of: &str) {
        println!(
            "\n{:<24} {:>8} {of:>12} {:>10} {:>10} {:>10} {:>8} {:>8}",
            "work", "clients", "p50 ms", "p99 ms", "a second", "p50 ×", "p99 ×"
        );
    }

    /// Adds what each size has shown at a work, the smallest first, and prints it.
    pub(super) fn add(&mut self, work: &'static str, clients: usize, shown: &[(usize, Figures)]) {
        let Some((_, smallest)) = shown.first() else { return };
        for (size, Figures { p50_ms, p99_ms, per_second }) in shown.iter().copied() {
            let (p50_ratio, p99_ratio) = (p50_ms / smallest.p50_ms, p99_ms / smallest.p99_ms);
            println!(
                "{work:<24} {clients:>8} {size:>12} {p50_ms:>10.3} {p99_ms:>10.3} {per_second:>10.0} {p50_ratio:>8.2} \
                 {p99_ratio:>8.2}"
            );
            self.work.push(Row { work, clients, size, p50_ms, p99_ms, per_second, p50_ratio, p99_ratio });
        }
    }

    /// Adds what the installations of a part take, and prints it.
    pub(super) fn add_installations(&mut self, of: &'static str, installations: Vec<Installation>) {
        println!(
            "\n{of:>12} {:>14} {:>10} {:>12} {:>12} {:>10} {:>12} {:>10}",
            "loaded/second", "start ms", "resident MB", "after turns", "disk MB", "after turns", "bytes each"
        );
        for installation in installations {
            let Installation { size, load_per_second, start_ms, started_mb, resident_mb, .. } = &installation;
            println!(
                "{size:>12} {load_per_second:>14.0} {start_ms:>10.0} {started_mb:>12.1} {resident_mb:>12.1} {:>10.1} \
                 {:>12.1} {:>10}",
                megabytes(installation.loaded_bytes),
                megabytes(installation.bytes),
                installation.bytes_each.map_or_else(|| "–".to_owned(), |bytes| bytes.to_string()),
            );
            self.installations.push(Named { of, installation });
        }
    }

    pub(super) fn json(&self) -> Outcome<String> {
        Ok(serde_json::to_string_pretty(self)?)
    }
}

#[allow(clippy::cast_precision_loss)] // a table
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
