//! What work costs as the tables grow: refreshes among sessions, checks beside a denylist, searches among users.

mod checks;
mod ground;
mod refreshes;
mod report;
mod searches;
mod turns;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use self::report::Report;
use crate::Outcome;

#[derive(Args)]
pub(crate) struct Growth {
    /// Sessions of each installation whose refreshes are compared.
    #[arg(long, value_delimiter = ',', default_value = "10000,1000000,10000000")]
    sessions: Vec<usize>,
    /// Refreshes in each, for each number of clients.
    #[arg(long, default_value_t = 4_000)]
    refreshes: usize,
    /// Entries of each denylist beside which checks are compared.
    #[arg(long, value_delimiter = ',', default_value = "0,1000000")]
    revocations: Vec<usize>,
    /// Checks beside each, for each number of clients.
    #[arg(long, default_value_t = 40_000)]
    checks: usize,
    /// Users of each installation in which an admin looks around.
    #[arg(long, value_delimiter = ',', default_value = "10000,1000000")]
    users: Vec<usize>,
    /// Pages that the admin asks for in each, of each kind.
    #[arg(long, default_value_t = 200)]
    searches: usize,
    /// Clients that refresh or check at once.
    #[arg(long, value_delimiter = ',', default_value = "1,16")]
    clients: Vec<usize>,
    /// Which parts; all of them when it is not given.
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
    /// On a private PostgreSQL instead of the embedded database.
    #[arg(long)]
    postgres: bool,
    /// Where the figures are written as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    Sessions,
    Denylist,
    Users,
}

/// Runs the parts one after the other, and prints how the sizes compare. The installations lie in the folder for
/// temporary files, and are gone with their part.
pub(crate) async fn measure(binary: &Path, wanted: &Growth) -> Outcome<()> {
    let mut report = Report::new(wanted.postgres);
    for part in [Part::Sessions, Part::Denylist, Part::Users] {
        if wanted.only.is_empty() || wanted.only.contains(&part) {
            match part {
                Part::Sessions => refreshes::measure(binary, wanted, &mut report).await?,
                Part::Denylist => checks::measure(binary, wanted, &mut report).await?,
                Part::Users => searches::measure(binary, wanted, &mut report).await?,
            }
        }
    }
    if let Some(path) = &wanted.json {
        std::fs::write(path, report.json()? + "\n")?;
    }
    Ok(())
}
