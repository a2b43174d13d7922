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
    let mut report = Report::new(wanted.cost);
    for work in [Work::Verify, Work::Refresh] {
        for connections in &wanted.connections {
            in_turns(&contenders, &Cell { work, connections: *connections, storm: 0 }, wanted, &mut report).await?;
        }
    }
    in_turns(&contenders, &Cell { work: Work::Login, connections: wanted.logins, storm: 0 }, wanted, &mut report)
        .await?;
    for work in [Work::Verify, Work::Refresh] {
        for storm in [0, wanted.logins] {
            in_turns(&contenders, &Cell { work, connections: 8, storm }, wanted, &mut report).await?;
        }
    }
    if let Some(path) = &wanted.json {
        std::fs::write(path, report.json()? + "\n")?;
    }
    if let Some(path) = &wanted.plot {
        std::fs::write(path, plot::draw(&report))?;
    }
    Ok(())
}

/// One cell of the table: each contender after the other, again and again, so that a busy moment hits all alike.
async fn in_turns(contenders: &Contenders, cell: &Cell, wanted: &SideBySide, report: &mut Report) -> Outcome<()> {
    let time = Duration::from_secs(wanted.seconds);
    let mut turns = vec![Vec::new(); contenders.all().len()];
    for _ in 0..wanted.rounds.max(1) {
        for (contender, turns) in contenders.all().iter().zip(&mut turns) {
            let turn = measure::turn(contender, cell, time).await;
            turns.push(turn.map_err(|error| format!("{}, {}: {error}", contender.name, cell.work.name()))?);
        }
    }
    let names = contenders.all().iter().map(|contender| contender.name);
    report.add(cell, names.zip(turns).map(|(name, turns)| (name, measure::median(&turns))).collect());
    Ok(())
}
