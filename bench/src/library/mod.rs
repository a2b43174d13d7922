//! Signing and verifying an access token: hallpass beside the bare primitive, and beside libraries of Rust, Node and Python.
//!
//! One thread, the same claims, keys that were parsed before, and a token that each library has signed itself. Each checks
//! the signature, `exp`, `iss` and `aud`. They take turns at an algorithm, and of each the best batch counts.

mod batches;
mod hallpass;
mod jwt_crate;
mod local;
mod primitive;
mod report;
mod rivals;

use std::path::PathBuf;

use clap::Args;
use hallpass_jose::Alg;
use serde::Deserialize;

use self::report::Report;
use self::rivals::Rival;
use crate::Outcome;

#[derive(Args)]
pub(crate) struct Library {
    /// Algorithms that are measured.
    #[arg(long, value_delimiter = ',', default_value = "HS256,RS256,PS256,ES256,ES384,EdDSA")]
    algorithms: Vec<Alg>,
    /// How often each library has its turn at each algorithm.
    #[arg(long, default_value_t = 2)]
    rounds: usize,
    /// Batches of a turn, of 200 µs each.
    #[arg(long, default_value_t = 500)]
    batches: u32,
    /// The folder of the rivals.
    #[arg(long, default_value = "bench/rivals")]
    rivals: PathBuf,
    /// A Python with `PyJWT` and `cryptography`; one that has them when it is not given.
    #[arg(long)]
    python: Option<PathBuf>,
    /// Where the figures are written as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

/// The best time of one library, in microseconds. A rival prints it as a line of JSON.
#[derive(Debug, Deserialize)]
struct Figure {
    algorithm: String,
    operation: String,
    library: String,
    version: Option<String>,
    us: f64,
}

/// Measures every library that is at hand, and prints how they compare.
pub(crate) fn compare(wanted: &Library) -> Outcome<()> {
    let rivals = rivals::prepare(&wanted.rivals, wanted.python.as_deref());
    let mut report = Report::new(wanted.rounds, wanted.batches);
    for algorithm in &wanted.algorithms {
        report.add(&in_turns(*algorithm, &rivals, wanted)?);
    }
    report.print_versions();
    if let Some(path) = &wanted.json {
        std::fs::write(path, report.json()? + "\n")?;
    }
    Ok(())
}

fn in_turns(algorithm: Alg, rivals: &[Rival], wanted: &Library) -> Outcome<Vec<Figure>> {
    let mut best = Vec::new();
    for _ in 0..wanted.rounds.max(1) {
        keep_best(&mut best, local::turn(algorithm, wanted.batches)?);
        for rival in rivals {
            keep_best(&mut best, rival.turn(algorithm, wanted.batches)?);
        }
    }
    Ok(best)
}

fn keep_best(best: &mut Vec<Figure>, turn: Vec<Figure>) {
    for figure in turn {
        let same = |known: &&mut Figure| known.library == figure.library && known.operation == figure.operation;
        match best.iter_mut().find(same) {
            Some(known) => known.us = known.us.min(figure.us),
            None => best.push(figure),
        }
    }
}
