//! `hallpass users import`: rows from another system, in batches, each failure named with its line.

mod extra;
mod proof;
mod report;
mod rows;
mod source;
mod user;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use hallpass_auth::Admin;
use hallpass_auth::admin::ImportUser;
use indicatif::{ProgressBar, ProgressStyle};

use self::proof::Proof;
use self::report::Report;
use self::rows::{Row, Rows};
use self::source::HashConfig;
use self::user::{Checked, check};
use super::World;
use super::failure::Result;
use super::out::Out;
use crate::config::Config;

/// Rows a commit pays for.
const BATCH: usize = 500;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The file.
    file: PathBuf,
    /// The system whose export it is.
    #[arg(long, value_enum)]
    from: Option<source::From>,
    /// Count and check everything, and import nothing.
    #[arg(long)]
    dry_run: bool,
    /// Try the passwords of this file (CSV: address,password) against the hashes, and import nothing.
    #[arg(long, value_name = "SAMPLE.csv", conflicts_with = "dry_run")]
    prove: Option<PathBuf>,
    /// The password hash parameters of a Firebase project, as its console shows them.
    #[arg(long, value_name = "FILE")]
    hash_config: Option<PathBuf>,
}

impl Arguments {
    fn open(&self, bar: &ProgressBar) -> Result<Rows> {
        let hash_config = self.hash_config.as_deref().map(HashConfig::read).transpose()?;
        match self.from {
            Some(from) => source::open(&self.file, from, hash_config, bar),
            None => rows::open(&self.file, false, bar),
        }
    }
}

/// What the command works with.
pub(super) struct Setting<'a> {
    pub(super) admin: &'a Admin,
    pub(super) config: &'a Config,
    pub(super) world: &'a World,
    pub(super) out: &'a Out,
}

pub(super) async fn run(arguments: &Arguments, setting: &Setting<'_>) -> Result<ExitCode> {
    let bar = progress(&arguments.file);
    let Rows { rows, extra } = arguments.open(&bar)?;
    let goal = match &arguments.prove {
        Some(sample) => Goal::Prove(Proof::read(sample)?),
        None if arguments.dry_run => Goal::Count,
        None => Goal::Import(Vec::new()),
    };
    let mut import = Import { setting, goal, report: Report::new(arguments.dry_run) };
    import.report.extra.note(extra);
    for (count, row) in (1_u64..).zip(rows) {
        import.take(row?).await?;
        if count.is_multiple_of(100) {
            bar.set_message(count.to_string());
        }
    }
    import.flush().await?;
    bar.finish_and_clear();
    match import.goal {
        Goal::Prove(proof) => proof.report(setting.out),
        Goal::Count | Goal::Import(_) => import.report.say(setting.out),
    }
}

/// What is done with the rows that are as they should be.
enum Goal {
    Count,
    Prove(Proof),
    Import(Vec<(u64, ImportUser)>),
}

struct Import<'a> {
    setting: &'a Setting<'a>,
    goal: Goal,
    report: Report,
}

impl Import<'_> {
    async fn take(&mut self, Row { line, record, extra }: Row) -> Result<()> {
        self.report.extra.note(extra);
        match record.and_then(|record| check(record, self.setting.config)) {
            Ok(user) => self.take_user(line, user).await,
            Err(reason) => {
                self.report.refuse(line, reason);
                Ok(())
            }
        }
    }

    async fn take_user(&mut self, line: u64, user: Checked) -> Result<()> {
        let scheme = self.setting.config.auth.accounts.scheme;
        match &mut self.goal {
            Goal::Prove(proof) => return proof.take(user, scheme),
            Goal::Count => {
                let is_taken = self.report.is_again(&user) || is_known(self.setting.admin, &user).await?;
                if is_taken {
                    self.report.refuse_taken(line);
                } else {
                    self.report.count(&user);
                }
                return Ok(());
            }
            Goal::Import(batch) => {
                self.report.count(&user);
                match user.into_user(scheme, self.setting.world.ctx().now) {
                    Ok(user) => batch.push((line, user)),
                    Err(reason) => self.report.refuse(line, reason),
                }
                if batch.len() < BATCH {
                    return Ok(());
                }
            }
        }
        self.flush().await
    }

    async fn flush(&mut self) -> Result<()> {
        let Goal::Import(batch) = &mut self.goal else { return Ok(()) };
        let (lines, users): (Vec<u64>, Vec<ImportUser>) = batch.drain(..).unzip();
        if users.is_empty() {
            return Ok(());
        }
        let taken = self.setting.admin.import_users(&self.setting.world.ctx(), users).await?;
        for (line, is_new) in lines.into_iter().zip(taken) {
            if is_new {
                self.report.imported += 1;
            } else {
                self.report.refuse_taken(line);
            }
        }
        Ok(())
    }
}

/// Whether the address of a user has an account here.
async fn is_known(admin: &Admin, user: &Checked) -> Result<bool> {
    match admin.user_by_email(user.email.canonical()).await {
        Ok(_) => Ok(true),
        Err(hallpass_auth::Error::NotFound) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// On a terminal only, and on standard error: standard output is for the result.
fn progress(file: &Path) -> ProgressBar {
    let data = std::fs::metadata(file).ok().filter(|data| data.is_file() && std::io::stderr().is_terminal());
    let Some(data) = data else { return ProgressBar::hidden() };
    let style = ProgressStyle::with_template("{bar:32} {percent}%, {msg} rows, {eta} left");
    ProgressBar::new(data.len()).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
