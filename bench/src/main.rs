//! Loads sessions by the million, and measures what they cost: on the real `hallpass` binary, over HTTP.
//!
//! Every figure is printed and none is asserted. Build both in release mode:
//! `cargo build --release -p hallpass-server -p hallpass-bench`.

mod footprint;
mod growth;
mod installation;
mod library;
mod load;
mod propagation;
mod server;
mod side;
mod stats;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

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
    /// Compares refreshes, checks and searches in small and in large installations, in turns within one run.
    Growth(growth::Growth),
    /// Compares signing and verifying a token with libraries of Rust, Node and Python. It needs no binary.
    Library(library::Library),
    /// Measures starts, resident memory and the size of the binary.
    Footprint(footprint::Footprint),
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

fn main() -> ExitCode {
    let cli = Cli::parse();
    // One thread: the machine is shared with what is measured.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
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
    let Cli { hallpass, command } = cli;
    let binary = || server::find(hallpass);
    match command {
        Command::Load { sessions, data_dir, database_url } => {
            let place = Place::new(data_dir, database_url);
            let loaded = load::sessions(&binary()?, &place, sessions).await?;
            println!("{sessions} sessions in {:.1} s, {:.0} a second", loaded.took.as_secs_f64(), loaded.rate());
            Ok(())
        }
        Command::SideBySide(wanted) => side::compare(&binary()?, &wanted).await,
        Command::Growth(wanted) => growth::measure(&binary()?, &wanted).await,
        Command::Footprint(wanted) => footprint::measure(&binary()?, &wanted).await,
        Command::Library(wanted) => library::compare(&wanted),
        Command::Propagation { rounds, replicas, database_url, redis_url } => {
            propagation::measure(&binary()?, &propagation::Wanted { rounds, replicas, database_url, redis_url }).await
        }
    }
}
