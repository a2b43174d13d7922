//! Loads sessions by the million, and measures what they cost: on the real `hallpass` binary, over HTTP.
//!
//! Every figure is printed and none is asserted. Build both in release mode:
//! `cargo build --release -p hallpass-server -p hallpass-bench`.

mod installation;
mod latency;
mod load;
mod propagation;
mod server;
mod side;
mod stats;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::installation::Place;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[derive(Parser)]
#[command(name = "hallpass-bench", about, version)]
struct Cli {
    /// The binary under test; the one beside this program when it is not given.
    #[arg(long, global = true)]
    hallpass: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Fills an installation with sessions, with a progress bar.
    Load {
        /// How many.
        #[arg(long, default_value_t = 1_000_000)]
        sessions: usize,
        /// The folder with the master key and, unless a URL is given, the database. Made if it is not there.
        #[arg(long)]
        data_dir: PathBuf,
        /// `postgres://…`; the file in the folder when it is not given.
        #[arg(long)]
        database_url: Option<String>,
    },
    /// Compares with servers that teams write by hand: verifications, refreshes, logins, and those beside a storm of logins.
    SideBySide(side::SideBySide),
    /// Compares refreshes in a small and in a large installation, in turns within one run.
    RefreshLatency(Latency),
    /// Measures how long after a logout was answered by one replica another one refuses the session's token.
    Propagation {
        /// Logouts.
        #[arg(long, default_value_t = 500)]
        rounds: usize,
        /// Replicas.
        #[arg(long, default_value_t = 3)]
        replicas: usize,
        /// `postgres://…`; a file when it is not given.
        #[arg(long)]
        database_url: Option<String>,
        /// `redis://…`; none when it is not given.
        #[arg(long)]
        redis_url: Option<String>,
    },
}

#[derive(Args)]
struct Latency {
    /// Sessions in the small installation.
    #[arg(long, default_value_t = 10_000)]
    small: usize,
    /// Sessions in the large one.
    #[arg(long, default_value_t = 1_000_000)]
    large: usize,
    /// Refreshes in each, for each number of clients.
    #[arg(long, default_value_t = 4_000)]
    refreshes: usize,
    /// Clients that refresh at once.
    #[arg(long, value_delimiter = ',', default_value = "1,16")]
    clients: Vec<usize>,
    /// An empty database for the small one, `postgres://…`; a file when it is not given.
    #[arg(long, requires = "large_database_url")]
    small_database_url: Option<String>,
    /// An empty database for the large one.
    #[arg(long, requires = "small_database_url")]
    large_database_url: Option<String>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(run(cli)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hallpass-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Outcome<()> {
    let binary = server::find(cli.hallpass)?;
    match cli.command {
        Command::Load { sessions, data_dir, database_url } => {
            let place = Place::new(data_dir, database_url);
            let loaded = load::sessions(&binary, &place, sessions).await?;
            println!("{sessions} sessions in {:.1} s, {:.0} a second", loaded.took.as_secs_f64(), loaded.rate());
            Ok(())
        }
        Command::SideBySide(wanted) => side::compare(&binary, &wanted).await,
        Command::RefreshLatency(wanted) => latency::compare(&binary, &wanted).await,
        Command::Propagation { rounds, replicas, database_url, redis_url } => {
            propagation::measure(&binary, &propagation::Wanted { rounds, replicas, database_url, redis_url }).await
        }
    }
}
