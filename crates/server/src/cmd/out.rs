//! What a command prints: tables and sentences for people, one JSON document for scripts.

use std::io::{IsTerminal, Write};

use comfy_table::presets::NOTHING;
use comfy_table::{Row, Table};
use serde::Serialize;
use serde_json::json;

use super::failure::{Failure, Result};

pub(super) struct Out {
    json: bool,
    colour: bool,
}

/// How a line of the doctor, or an error, is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Mark {
    Ok,
    Warn,
    Fail,
}

impl Out {
    /// Colour only on a terminal, and only if it is wanted (<https://no-color.org>).
    pub(super) fn new(json: bool, colour_is_wanted: bool) -> Self {
        Self { json, colour: !json && colour_is_wanted && std::io::stdout().is_terminal() }
    }

    /// Whether a person reads along, and not a script.
    pub(super) const fn is_for_people(&self) -> bool {
        !self.json
    }

    /// Prints the value for scripts, or what `text` makes for people.
    pub(super) fn print(&self, value: &impl Serialize, text: impl FnOnce() -> String) -> Result<()> {
        let mut text = if self.json {
            serde_json::to_string_pretty(value).map_err(|error| Failure::new("unprintable", error.to_string()))?
        } else {
            text()
        };
        if !text.ends_with('\n') {
            text.push('\n');
        }
        // A closed pipe, as behind `head`, is not a failure of the command.
        match std::io::stdout().lock().write_all(text.as_bytes()) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Says something beside the result, on standard error: a script that takes the result whole must not miss it.
    #[allow(clippy::unused_self, reason = "whatever is printed is printed by this type")]
    pub(super) fn note(&self, text: &str) {
        eprintln!("{text}");
    }

    /// Prints a failure on standard error.
    pub(super) fn failure(&self, failure: &Failure) {
        if self.json {
            let document = json!({"error": {"code": failure.code, "message": failure.message}});
            eprintln!("{document:#}");
        } else {
            eprintln!("{} {failure}", if self.colour { "\x1b[31merror:\x1b[0m" } else { "error:" });
        }
    }

    pub(super) const fn mark(&self, mark: Mark) -> &'static str {
        match (mark, self.colour) {
            (Mark::Ok, true) => "\x1b[32mok  \x1b[0m",
            (Mark::Warn, true) => "\x1b[33mwarn\x1b[0m",
            (Mark::Fail, true) => "\x1b[31mfail\x1b[0m",
            (Mark::Ok, false) => "ok  ",
            (Mark::Warn, false) => "warn",
            (Mark::Fail, false) => "fail",
        }
    }
}

/// A table with a heading and no lines, so that it can be read, cut and grepped.
pub(super) fn table<const N: usize>(heading: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(heading.map(str::to_uppercase));
    for row in rows {
        table.add_row(Row::from(row));
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().trim_start_matches(' ').to_owned()).collect();
    lines.join("\n")
}
