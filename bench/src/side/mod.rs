//! hallpass beside what teams write by hand: the same work, in turns, on one machine, in one run.

mod client;
mod contender;
mod measure;
mod plot;
mod report;
mod workload;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use self::contender::Contenders;
use self::measure::Cell;
use self::report::Report;
use self::workload::Work;
use crate::Outcome;

#[derive(Args)]
pub(crate) struct SideBySide {
    /// What is measured.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "verify,refresh,login")]
    works: Vec<Work>,
    /// How often each contender has its turn at each work.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Seconds of a turn.
    #[arg(long, default_value_t = 4)]
    seconds: u64,
    /// Connections for verifications and refreshes.
    #[arg(long, value_delimiter = ',', default_value = "1,64,256")]
    connections: Vec<usize>,
    /// Connections for logins.
    #[arg(long, default_value_t = 8)]
    logins: usize,
    /// Requests that arrive on a schedule, in per cent of the most that Express serves.
    #[arg(long, default_value_t = 70)]
    arriving: u8,
    /// The bcrypt cost of every contender.
    #[arg(long, default_value_t = 10)]
    cost: u32,
    /// The folder of the Node servers.
    #[arg(long, default_value = "bench/rivals")]
    rivals: PathBuf,
    /// Where the figures are written as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Where they are drawn as SVG.
    #[arg(long)]
    plot: Option<PathBuf>,
}

/// Starts every contender, and prints how they compare.
pub(crate) async fn compare(binary: &Path, wanted: &SideBySide) -> Outcome<()> {
    let contenders = Contenders::start(binary, &wanted.rivals, wanted.cost).await?;
    let most = wanted.connections.iter().copied().max().unwrap_or(1).max(wanted.logins);
    contenders.register(most).await?;
    let mut bench = Bench { contenders, wanted, report: Report::new(wanted.cost) };
    bench.alone().await?;
    bench.beside_a_storm().await?;
    bench.arriving().await?;
    let report = bench.report;
    if let Some(path) = &wanted.json {
        std::fs::write(path, report.json()? + "\n")?;
    }
    if let Some(path) = &wanted.plot {
        std::fs::write(path, plot::draw(&report))?;
    }
    Ok(())
}

struct Bench<'a> {
    contenders: Contenders,
    wanted: &'a SideBySide,
    report: Report,
}

impl Bench<'_> {
    async fn alone(&mut self) -> Outcome<()> {
        for work in &self.wanted.works {
            let logins = [self.wanted.logins];
            for connections in if *work == Work::Login { &logins[..] } else { &self.wanted.connections } {
                self.in_turns(&Cell { work: *work, connections: *connections, storm: 0, arriving: None }).await?;
            }
        }
        Ok(())
    }

    async fn beside_a_storm(&mut self) -> Outcome<()> {
        for work in self.wanted.works.iter().filter(|work| **work != Work::Login) {
            for storm in [0, self.wanted.logins] {
                self.in_turns(&Cell { work: *work, connections: 8, storm, arriving: None }).await?;
            }
        }
        Ok(())
    }

    /// The same load for all: a share of what Express has shown that it can serve.
    async fn arriving(&mut self) -> Outcome<()> {
        for work in &self.wanted.works {
            let Some((connections, most)) = self.report.most_of_express(*work) else { continue };
            let arriving = Some(most * f64::from(self.wanted.arriving) / 100.0);
            self.in_turns(&Cell { work: *work, connections, storm: 0, arriving }).await?;
        }
        Ok(())
    }

    /// One cell of the table: each contender after the other, again and again, so that a busy moment hits all alike.
    async fn in_turns(&mut self, cell: &Cell) -> Outcome<()> {
        let time = Duration::from_secs(self.wanted.seconds);
        let contenders = self.contenders.all();
        let mut turns = vec![Vec::new(); contenders.len()];
        for _ in 0..self.wanted.rounds.max(1) {
            for (contender, turns) in contenders.iter().zip(&mut turns) {
                let turn = measure::turn(contender, cell, time).await;
                turns.push(turn.map_err(|error| format!("{}, {}: {error}", contender.name, cell.work.name()))?);
            }
        }
        let names = contenders.iter().map(|contender| contender.name);
        self.report.add(cell, names.zip(turns).map(|(name, turns)| (name, measure::median(&turns))).collect());
        Ok(())
    }
}
