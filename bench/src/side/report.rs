//! The table, for people and for programs.

use serde::Serialize;

use super::measure::{Cell, Figures};
use crate::Outcome;

/// Every figure of a run.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    cores: usize,
    bcrypt_cost: u32,
    pub(crate) rows: Vec<Row>,
}

/// One contender in one cell.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) work: &'static str,
    pub(crate) connections: usize,
    /// Connections that log in at the same time.
    pub(crate) storm: usize,
    pub(crate) contender: &'static str,
    #[serde(flatten)]
    pub(crate) figures: Figures,
    /// Requests a second against those of Express.
    pub(crate) against_express: f64,
}

impl Report {
    pub(crate) fn new(bcrypt_cost: u32) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        println!("{cores} cores, shared by servers, databases and clients; bcrypt cost {bcrypt_cost}; medians\n");
        println!(
            "{:<8} {:>6} {:>7} {:<32} {:>10} {:>9} {:>9} {:>10} {:>9}",
            "work", "conns", "logins", "", "a second", "p50 ms", "p99 ms", "CPU µs", "Express"
        );
        Self { cores, bcrypt_cost, rows: Vec::new() }
    }

    /// Adds a cell, and prints it.
    pub(crate) fn add(&mut self, cell: &Cell, of_contenders: Vec<(&'static str, Figures)>) {
        let express = of_contenders.iter().find(|(name, _)| *name == "Express");
        let express = express.map_or(f64::NAN, |(_, figures)| figures.per_second);
        for (contender, figures) in of_contenders {
            let Cell { work, connections, storm } = *cell;
            let against_express = figures.per_second / express;
            let row = Row { work: work.name(), connections, storm, contender, figures, against_express };
            println!(
                "{:<8} {connections:>6} {storm:>7} {contender:<32} {:>10.0} {:>9.2} {:>9.2} {:>10.1} {against_express:>8.1}×",
                row.work, figures.per_second, figures.p50_ms, figures.p99_ms, figures.cpu_us
            );
            self.rows.push(row);
        }
        println!();
    }

    pub(crate) fn json(&self) -> Outcome<String> {
        Ok(serde_json::to_string_pretty(self)?)
    }
}
