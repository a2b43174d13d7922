//! `hallpass breach`: lists of passwords that are known from breaches.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use hallpass_password::{Breached, BuildError, List, ListKind};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::failure::{Failure, Result};
use super::out::Out;
use super::prompt::PasswordArgs;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make the file of `password.breached_file` from a published list.
    ///
    /// The list has a SHA-1 hash on each line, perhaps with `:` and how often it was seen, in any order: as Have I Been
    /// Pwned publishes it. It is read twice; the memory is that of the finished file, 24 MB for ten million entries.
    Build(Arguments),
    /// Whether a password is in such a file; the exit code is 1 if it is.
    Check {
        /// The file that `hallpass breach build` has made.
        file: PathBuf,
        #[command(flatten)]
        password: PasswordArgs,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The list.
    input: PathBuf,
    /// The file to be made; one that is there is replaced once the new one is whole.
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
    /// The share of other passwords that are taken for breached ones, 1e-9 to 0.1.
    #[arg(long, value_name = "SHARE", default_value = "1e-4", value_parser = share)]
    false_positives: f64,
    /// The list has passwords as they are, one a line.
    #[arg(long, conflicts_with = "at_least")]
    plain: bool,
    /// Leave out what was seen less often.
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    at_least: u64,
}

fn share(text: &str) -> std::result::Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| "write a number such as 1e-4".to_owned())?;
    if (1e-9..=0.1).contains(&share) { Ok(share) } else { Err("must lie between 1e-9 and 0.1".to_owned()) }
}

pub(super) fn run(command: Command, out: &Out) -> Result<ExitCode> {
    match command {
        Command::Build(arguments) => build(&arguments, out).map(|()| ExitCode::SUCCESS),
        Command::Check { file, password } => check(&file, &password, out),
    }
}

fn build(arguments: &Arguments, out: &Out) -> Result<()> {
    let Arguments { input, output, false_positives, plain, at_least } = arguments;
    let kind = if *plain { ListKind::Plain } else { ListKind::Sha1 { at_least: *at_least } };
    let bar = progress(input, out);
    let list = List { path: input, kind, false_positives: *false_positives };
    let built = Breached::build(&list, |bytes| bar.set_position(bytes));
    bar.finish_and_clear();
    let breached = built.map_err(|error| unusable(&error, input))?;
    let unwritable = |error| Failure::new("io", format!("cannot write {}: {error}", output.display()));
    breached.save(output).map_err(unwritable)?;
    let (entries, bytes) = (breached.count(), breached.bytes());
    let document =
        json!({"file": output, "entries": entries, "bytes": bytes, "false_positives": breached.false_positives()});
    out.say(&document, || {
        let file = output.display();
        format!(
            "{entries} entries in {bytes} bytes: {file}\nThe server reads it at its next start with \
             password.breached_file = \"{file}\""
        )
    })
}

fn unusable(error: &BuildError, input: &Path) -> Failure {
    let code = if matches!(error, BuildError::Io(_)) { "io" } else { "bad_list" };
    Failure::new(code, format!("{}: {error}", input.display()))
}

/// A bar over both passes: on a terminal only, and on standard error.
fn progress(input: &Path, out: &Out) -> ProgressBar {
    if !out.is_for_people() || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let length = std::fs::metadata(input).map_or(0, |data| data.len().saturating_mul(2));
    let style = ProgressStyle::with_template("{bar:32} {bytes}/{total_bytes}, {bytes_per_sec}, {eta} left");
    ProgressBar::new(length).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn check(file: &Path, password: &PasswordArgs, out: &Out) -> Result<ExitCode> {
    let unusable = |error| Failure::new("bad_breached_file", format!("{}: {error}", file.display()));
    let breached = Breached::open(file).map_err(unusable)?;
    let is_breached = breached.contains(&password.read(false)?);
    out.say(&json!({"breached": is_breached}), || {
        if is_breached { "yes: the password is in the list" } else { "no: the password is not in the list" }.to_owned()
    })?;
    Ok(if is_breached { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
