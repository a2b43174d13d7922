//! `hallpass users import`: rows from another system, in batches, each failure named with its line.

mod extra;
mod rows;

use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal};
use std::path::Path;
use std::process::ExitCode;

use hallpass_auth::Admin;
use hallpass_auth::admin::ImportUser;
use hallpass_model::user::Status;
use hallpass_model::{Email, Role, Timestamp};
use hallpass_password::{Password, Scheme, check_stored, hash, policy};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use self::extra::Extra;
use self::rows::{Row, Rows};
use super::World;
use super::failure::Result;
use super::out::Out;
use super::record::Record;
use crate::config::Config;

/// Rows a commit pays for.
const BATCH: usize = 500;

const NO_PASSWORD: &str =
    "password_hash or password is needed; `hallpass users export` writes hashes with --with-hashes";

/// A row that was not taken in.
struct Refused {
    line: u64,
    reason: String,
}

pub(super) async fn run(file: &Path, admin: &Admin, config: &Config, world: &World, out: &Out) -> Result<ExitCode> {
    let Rows { rows, extra } = rows::open(file)?;
    let bar = progress(file);
    let (batch, refused) = (Vec::new(), Vec::new());
    let mut import = Import { admin, config, world, batch, imported: 0, refused, extra: Extra::default() };
    import.extra.note(extra);
    for row in rows {
        import.take(row?).await?;
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
    extra: Extra,
}

impl Import<'_> {
    async fn take(&mut self, Row { line, record, extra }: Row) -> Result<()> {
        self.extra.note(extra);
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
        if let Some(warning) = self.extra.warning() {
            out.note(&warning);
        }
        let refused: Vec<Value> =
            self.refused.iter().map(|refused| json!({"line": refused.line, "reason": refused.reason})).collect();
        out.say(&json!({"imported": self.imported, "refused": refused}), || {
            let lines: Vec<String> =
                self.refused.iter().map(|refused| format!("line {}: {}\n", refused.line, refused.reason)).collect();
            format!("{}{} imported, {} refused", lines.concat(), self.imported, lines.len())
        })?;
        Ok(if self.refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Turns a row into a user, or says what is wrong with it. The text of a password or hash is never repeated.
fn check(record: Record, config: &Config) -> Result<ImportUser, String> {
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let email = given(record.email).ok_or("email is missing")?;
    let email = Email::parse(&email).map_err(|error| error.to_string())?;
    let role = given(record.role);
    let role = role.map_or_else(|| Ok(Role::user()), |role| role.parse().map_err(|_| "no role name".to_owned()))?;
    if !config.auth.accounts.roles.contains(&role) {
        return Err(format!("the role {role} is not configured"));
    }
    let status = given(record.status).map_or(Ok(Status::Active), |text| text.parse());
    let status = status.map_err(|error| error.to_string())?;
    let one_time_until = given(record.one_time_until).map(|text| text.parse::<Timestamp>()).transpose();
    let one_time_until = one_time_until.map_err(|error| format!("one_time_until: {error}"))?;
    let password_hash = match (given(record.password_hash), given(record.password)) {
        (Some(stored), None) => check_stored(&stored).map(|()| stored).map_err(|error| error.to_string())?,
        (None, Some(plain)) => hash_plain(plain, &email, config.auth.accounts.scheme)?,
        (Some(_), Some(_)) => return Err("password_hash and password are both there: one of them is needed".to_owned()),
        (None, None) => return Err(NO_PASSWORD.to_owned()),
    };
    Ok(ImportUser { email, role, password_hash, status, one_time_until })
}

fn hash_plain(plain: String, email: &Email, scheme: Scheme) -> Result<String, String> {
    let password = Password::from(plain);
    policy::check(&password, &[email.canonical(), email.local_part()]).map_err(|violation| violation.to_string())?;
    hash(&password, scheme).map_err(|error| error.to_string())
}

/// On a terminal only, and on standard error: standard output is for the result.
fn progress(file: &Path) -> ProgressBar {
    // What is counted in a pipe is lost to the import.
    let is_file = std::fs::metadata(file).is_ok_and(|data| data.is_file());
    if !is_file || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let rows = File::open(file).map_or(0, |file| BufReader::new(file).lines().count());
    let bar = ProgressBar::new(u64::try_from(rows).unwrap_or_default());
    let style = ProgressStyle::with_template("{bar:32} {pos}/{len} rows, {per_sec}, {eta} left");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
