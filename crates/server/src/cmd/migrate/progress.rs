//! The bar of a move: on a terminal only, and on standard error.

use std::io::IsTerminal;

use hallpass_store::op::transfer::Table;
use indicatif::{ProgressBar, ProgressStyle};

pub(super) struct Progress(ProgressBar);

impl Progress {
    pub(super) fn new(is_for_people: bool) -> Self {
        if !is_for_people || !std::io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let style = ProgressStyle::with_template("{prefix}: {bar:32} {pos}/{len} rows of {msg}, {per_sec}, {eta} left");
        Self(ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
    }

    /// A further pass, over so many rows.
    pub(super) fn begin(&self, pass: &'static str, rows: u64) {
        self.0.set_prefix(pass);
        self.0.reset();
        self.0.set_length(rows);
    }

    pub(super) fn page_done(&self, table: Table, rows: u64) {
        self.0.set_message(table.name());
        self.0.inc(rows);
    }

    pub(super) fn end(&self) {
        self.0.finish_and_clear();
    }
}
