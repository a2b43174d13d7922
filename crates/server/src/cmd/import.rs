//! `hallpass users import`: rows from another system, in batches, each failure told with its line.

use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal};
use std::path::Path;
use std::process::ExitCode;

use hallpass_auth::Admin;
use hallpass_auth::admin::ImportUser;
use hallpass_model::{Email, Role};
use hallpass_password::{Password, Scheme, check_stored, hash, policy};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;
use serde_json::{Value, json};

use super::World;
use super::failure::{Failure, Result};
use super::out::Out;
use crate::config::Config;

/// Rows a commit pays for.
const BATCH: usize = 500;

/// A row of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    email: String,
    #[serde(default)]
    role: Option<String>,
    #[serde(default)]
    password_hash: Option<String>,
    #[serde(default)]
    password: Option<String>,
}

/// A row that was not taken in.
struct Refused {
    line: u64,
    reason: String,
}

type Row = (u64, Result<Record, String>);

pub(super) async fn run(file: &Path, admin: &Admin, config: &Config, world: &World, out: &Out) -> Result<ExitCode> {
    let rows = open(file)?;
    let bar = progress(file);
    let mut import = Import { admin, config, world, batch: Vec::new(), imported: 0, refused: Vec::new() };
    for row in rows {
        import.take(row).await?;
        bar.inc(1);
    }
    import.flush().await?;
    bar.finish_and_clear();
    import.report(out)
}

struct Import<'a> {
    admin: &'a Admin,
    config: &'a Config,
    world: &'a World,
    batch: Vec<(u64, ImportUser)>,
    imported: u64,
    refused: Vec<Refused>,
}

impl Import<'_> {
    async fn take(&mut self, (line, record): Row) -> Result<()> {
        match record.and_then(|record| check(record, self.config)) {
            Ok(user) => self.batch.push((line, user)),
            Err(reason) => self.refused.push(Refused { line, reason }),
        }
        if self.batch.len() >= BATCH { self.flush().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> Result<()> {
        let (lines, users): (Vec<u64>, Vec<ImportUser>) = self.batch.drain(..).unzip();
        if users.is_empty() {
            return Ok(());
        }
        let taken = self.admin.import_users(&self.world.ctx(), users).await?;
        for (line, is_new) in lines.into_iter().zip(taken) {
            if is_new {
                self.imported += 1;
            } else {
                self.refused.push(Refused { line, reason: "the address is taken".to_owned() });
            }
        }
        Ok(())
    }

    fn report(mut self, out: &Out) -> Result<ExitCode> {
        self.refused.sort_by_key(|refused| refused.line);
        let refused: Vec<Value> =
            self.refused.iter().map(|refused| json!({"line": refused.line, "reason": refused.reason})).collect();
        out.print(&json!({"imported": self.imported, "refused": refused}), || {
            let lines: Vec<String> =
                self.refused.iter().map(|refused| format!("line {}: {}\n", refused.line, refused.reason)).collect();
            format!("{}{} imported, {} refused", lines.concat(), self.imported, lines.len())
        })?;
        Ok(if self.refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Turns a row into a user, or says what is wrong with it. The text of a password or hash is never repeated.
fn check(record: Record, config: &Config) -> Result<ImportUser, String> {
    let email = Email::parse(&record.email).map_err(|error| error.to_string())?;
    let role = record.role.filter(|role| !role.is_empty());
    let role = role.map_or_else(|| Ok(Role::user()), |role| role.parse().map_err(|_| "no role name".to_owned()))?;
    if !config.auth.roles.contains(&role) {
        return Err(format!("the role {role} is not configured"));
    }
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let password_hash = match (given(record.password_hash), given(record.password)) {
        (Some(stored), None) => check_stored(&stored).map(|()| stored).map_err(|error| error.to_string())?,
        (None, Some(plain)) => hash_plain(plain, &email, config.auth.scheme)?,
        _ => return Err("either password_hash or password is needed".to_owned()),
    };
    Ok(ImportUser { email, role, password_hash })
}

fn hash_plain(plain: String, email: &Email, scheme: Scheme) -> Result<String, String> {
    let password = Password::from(plain);
    policy::check(&password, &[email.canonical(), email.local_part()]).map_err(|violation| violation.to_string())?;
    hash(&password, scheme).map_err(|error| error.to_string())
}

/// The rows of a file: CSV when it is called so, else JSON Lines.
fn open(file: &Path) -> Result<Box<dyn Iterator<Item = Row>>> {
    let opened = File::open(file);
    let reader = opened.map_err(|error| Failure::new("io", format!("cannot read {}: {error}", file.display())))?;
    if file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv")) {
        return Ok(Box::new(csv_rows(reader)));
    }
    let lines = BufReader::new(reader).lines().zip(1..);
    Ok(Box::new(lines.filter(|(line, _)| !line.as_ref().is_ok_and(|line| line.trim().is_empty())).map(json_row)))
}

fn json_row((line, number): (std::io::Result<String>, u64)) -> Row {
    let record = line.map_err(|error| error.to_string());
    // Where, not what: serde's message may repeat a value of the row.
    let record = record.and_then(|line| {
        serde_json::from_str(&line).map_err(|error| format!("not such a JSON object (column {})", error.column()))
    });
    (number, record)
}

fn csv_rows(reader: File) -> impl Iterator<Item = Row> {
    let records = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(BufReader::new(reader));
    records.into_deserialize::<Record>().zip(2..).map(|(record, fallback)| match record {
        Ok(record) => (fallback, Ok(record)),
        Err(error) => {
            let line = error.position().map_or(fallback, csv::Position::line);
            (line, Err("the columns do not fit the heading, or one of them is unknown".to_owned()))
        }
    })
}

/// On a terminal only, and on standard error: standard output is for the result.
fn progress(file: &Path) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let rows = File::open(file).map_or(0, |file| BufReader::new(file).lines().count());
    let bar = ProgressBar::new(u64::try_from(rows).unwrap_or_default());
    let style = ProgressStyle::with_template("{bar:32} {pos}/{len} rows, {per_sec}, {eta} left");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
