//! The table, for people and for programs.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Figure, hallpass, jwt_crate, primitive};
use crate::Outcome;

/// The columns. What is in brackets stands above the name.
const LIBRARIES: [&str; 8] = [
    hallpass::LIBRARY,
    primitive::LIBRARY,
    jwt_crate::LIBRARY,
    "jwt-simple (Rust)",
    "jsonwebtoken (Node)",
    "fast-jwt (Node)",
    "jose (Node)",
    "PyJWT (Python)",
];

/// Every figure of a run.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    cores: usize,
    rounds: usize,
    batches: u32,
    /// As the rivals name them; the lock files have those of Rust.
    versions: BTreeMap<String, String>,
    rows: Vec<Row>,
}

/// One library at one operation.
#[derive(Debug, Clone, Serialize)]
struct Row {
    algorithm: String,
    operation: String,
    library: String,
    us: f64,
    /// How many times as long as the primitive; a hit of a cache, as the verification that it saves.
    against_primitive: f64,
    /// How many times as fast as the crate `jsonwebtoken`.
    against_jsonwebtoken: f64,
}

impl Report {
    pub(crate) fn new(rounds: usize, batches: u32) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        println!("µs for one access token; the best of {rounds} × {batches} batches; one thread of {cores} cores");
        println!("hit: a token that was verified before; beside the primitive and the crate, their verification\n");
        for (part, ratios) in [(1, ["hallpass:", "jsonwebtoken:"]), (0, ["primitive", "hallpass"])] {
            let names = LIBRARIES.map(|library| cell(library, heading(library, part)));
            println!("{:<14}{} {:>10} {:>13}", "", names.concat(), ratios[0], ratios[1]);
        }
        Self { cores, rounds, batches, versions: BTreeMap::new(), rows: Vec::new() }
    }

    /// Adds what was measured for an algorithm, and prints it.
    pub(crate) fn add(&mut self, figures: &[Figure]) {
        for operation in ["verify", "sign", "hit"] {
            let rows: Vec<Row> = LIBRARIES.iter().filter_map(|library| row(figures, operation, library)).collect();
            print(&rows);
            self.rows.extend(rows);
        }
        let versions = figures.iter().filter_map(|figure| Some((figure.library.clone(), figure.version.clone()?)));
        self.versions.extend(versions);
    }

    pub(crate) fn print_versions(&self) {
        let versions: Vec<String> =
            self.versions.iter().map(|(library, version)| format!("{library} {version}")).collect();
        if !versions.is_empty() {
            println!("\n{}", versions.join(", "));
        }
    }

    pub(crate) fn json(&self) -> Outcome<String> {
        Ok(serde_json::to_string_pretty(self)?)
    }
}

fn row(figures: &[Figure], operation: &str, library: &str) -> Option<Row> {
    let of = |operation: &str, library: &str| {
        figures.iter().find(|figure| figure.operation == operation && figure.library == library)
    };
    let figure = of(operation, library)?;
    let compared = if operation == "hit" { "verify" } else { operation };
    let (primitive, theirs) = (of(compared, primitive::LIBRARY)?.us, of(compared, jwt_crate::LIBRARY)?.us);
    Some(Row {
        algorithm: figure.algorithm.clone(),
        operation: operation.to_owned(),
        library: library.to_owned(),
        us: figure.us,
        against_primitive: figure.us / primitive,
        against_jsonwebtoken: theirs / figure.us,
    })
}

fn print(rows: &[Row]) {
    let Some(ours) = rows.iter().find(|row| row.library == hallpass::LIBRARY) else { return };
    let cells = LIBRARIES.map(|library| {
        let of = rows.iter().find(|row| row.library == library);
        cell(library, &of.map_or_else(|| "–".to_owned(), |row| format!("{:.2}", row.us)))
    });
    println!(
        "{:<7}{:<7}{} {:>10.2} {:>13.2}",
        ours.algorithm,
        ours.operation,
        cells.concat(),
        ours.against_primitive,
        ours.against_jsonwebtoken
    );
}

/// The name of a library, or its language.
fn heading(library: &str, part: usize) -> &str {
    library.trim_end_matches(')').split(" (").nth(part).unwrap_or_default()
}

fn cell(library: &str, text: &str) -> String {
    format!(" {text:>width$}", width = heading(library, 0).len().max(9))
}
