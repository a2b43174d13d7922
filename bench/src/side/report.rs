//! The table, for people and for programs.

use serde::Serialize;

use super::measure::{Cell, Figures};
use super::workload::Work;
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
    /// Requests a second that arrive on a schedule.
    pub(crate) arriving: Option<f64>,
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
            "{:<8} {:>6} {:>7} {:>9} {:<32} {:>10} {:>9} {:>9} {:>10} {:>9}",
            "work", "conns", "logins", "arriving", "", "a second", "p50 ms", "p99 ms", "CPU µs", "Express"
        );
        Self { cores, bcrypt_cost, rows: Vec::new() }
    }

    /// Adds a cell, and prints it.
    pub(crate) fn add(&mut self, cell: &Cell, of_contenders: Vec<(&'static str, Figures)>) {
        let express = of_contenders.iter().find(|(name, _)| *name == "Express");
        let express = express.map_or(f64::NAN, |(_, figures)| figures.per_second);
        for (contender, figures) in of_contenders {
            let Cell { work, connections, storm, arriving } = *cell;
            let against_express = figures.per_second / express;
            let row = Row { work: work.name(), connections, storm, arriving, contender, figures, against_express };
            let arriving = arriving.map_or_else(|| "–".to_owned(), |rate| format!("{rate:.0}"));
            println!(
                "{:<8} {connections:>6} {storm:>7} {arriving:>9} {contender:<32} {:>10.0} {:>9.2} {:>9.2} {:>10.1} {against_express:>8.1}×",
                row.work, figures.per_second, figures.p50_ms, figures.p99_ms, figures.cpu_us
            );
            self.rows.push(row);
        }
        println!();
    }

    /// The connections at which Express served the most, and how many requests a second.
    pub(crate) fn most_of_express(&self, work: Work) -> Option<(usize, f64)> {
        let rows = self.rows.iter().filter(|row| row.contender == "Express" && row.work == work.name());
        let best = rows.max_by(|a, b| a.figures.per_second.total_cmp(&b.figures.per_second))?;
        Some((best.connections, best.figures.per_second))
    }

    pub(crate) fn json(&self) -> Outcome<String> {
        Ok(serde_json::to_string_pretty(self)?)
    }
}
