//! What a command prints: tables and sentences for people, one JSON document for scripts.

use std::ffi::OsStr;
use std::io::{IsTerminal, Write};

use serde::Serialize;
use serde_json::json;

use super::failure::{Failure, Result};
use super::table::{Column, lay};
use crate::terminal;

pub(super) struct Out {
    json: bool,
    colour: bool,
    /// Columns of standard output; none when lines stay whole.
    columns: Option<usize>,
    /// The same of standard error.
    error_columns: Option<usize>,
    /// Tables are shown in full.
    is_wide: bool,
}

/// How it was asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) json: bool,
    pub(super) wide: bool,
    pub(super) colour: bool,
    /// `COLUMNS` of the environment.
    pub(super) columns: Option<&'a OsStr>,
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
    pub(super) fn new(wanted: Wanted<'_>) -> Self {
        let Wanted { json, wide, colour, columns } = wanted;
        let room = |found: Option<usize>| found.filter(|_| !json);
        Self {
            json,
            colour: !json && colour && std::io::stdout().is_terminal(),
            columns: room(terminal::columns(std::io::stdout(), columns)),
            error_columns: room(terminal::columns(std::io::stderr(), columns)),
            is_wide: wide,
        }
    }

    /// Whether a person reads along, and not a script.
    pub(super) const fn is_for_people(&self) -> bool {
        !self.json
    }

    /// Prints the value for scripts, or for people a table that fits their terminal.
    pub(super) fn table<const N: usize>(
        &self,
        value: &impl Serialize,
        columns: &[Column; N],
        rows: impl IntoIterator<Item = [String; N]>,
    ) -> Result<()> {
        let laid = lay(columns, rows, self.columns.filter(|_| !self.is_wide));
        self.print(value, || laid.text)?;
        if laid.is_cut && !self.json {
            self.note("shortened to fit; --wide shows everything, --json gives it to a program");
        }
        Ok(())
    }

    /// Prints the value for scripts, or sentences for people, broken at words.
    pub(super) fn say(&self, value: &impl Serialize, text: impl FnOnce() -> String) -> Result<()> {
        self.print(value, || self.wrapped(&text(), 2))
    }

    /// Sentences that fit the terminal, with what follows a break indented by so many columns.
    pub(super) fn wrapped(&self, text: &str, hang: usize) -> String {
        terminal::wrap(text, self.columns, hang)
    }

    /// Prints the value for scripts, or what `text` makes for people, as it is: what will be copied is not broken.
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
    pub(super) fn note(&self, text: &str) {
        eprintln!("{}", terminal::wrap(text, self.error_columns, 2));
    }

    /// Prints a failure on standard error.
    pub(super) fn failure(&self, failure: &Failure) {
        if self.json {
            let document = json!({"error": {"code": failure.code, "message": failure.message}});
            eprintln!("{document:#}");
        } else {
            let text = terminal::wrap(&format!("error: {failure}"), self.error_columns, 2);
            let text = if self.colour { text.replacen("error:", "\x1b[31merror:\x1b[0m", 1) } else { text };
            eprintln!("{text}");
        }
    }

    /// Prints help, or what is wrong with a command line: clap breaks its sentences, but not its lines of usage.
    pub(super) fn usage(&self, error: &clap::Error) {
        let (text, columns) = (error.render(), if error.use_stderr() { self.error_columns } else { self.columns });
        let text = if self.colour { text.ansi().to_string() } else { text.to_string() };
        let text = terminal::wrap(&text, columns, 4);
        // A closed pipe, as behind `head`, is not a failure.
        drop(if error.use_stderr() {
            std::io::stderr().lock().write_all(text.as_bytes())
        } else {
            std::io::stdout().lock().write_all(text.as_bytes())
        });
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
