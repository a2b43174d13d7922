//! `hallpass users export`: every user in the form that `hallpass users import` reads.

use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use clap::Args;
use hallpass_auth::admin::{Export, ExportedUser};
use serde_json::json;

use super::World;
use super::failure::{Failure, Result};
use super::record::Record;
use super::users::Job;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Write password hashes, too. Passwords can be tried against them by anyone who has the file.
    #[arg(long)]
    with_hashes: bool,
    /// Write into this file, which only you can read, instead of standard output.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file if it is there.
    #[arg(long, requires = "output")]
    overwrite: bool,
}

pub(super) async fn run(arguments: &Arguments, job: &Job<'_>) -> Result<()> {
    let with_hashes = arguments.with_hashes;
    let Some(path) = &arguments.output else {
        return to_stdout(with_hashes, job).await;
    };
    let mut target = Target::new(path, arguments.overwrite, job.world)?;
    let mut export = job.admin.export_users(&job.world.ctx(), with_hashes).await?;
    let mut file = BufWriter::new(&target.file);
    let users = write(&mut export, &mut file).await?;
    file.flush()?;
    drop(file);
    target.finish()?;
    let shown = json!({"exported": users, "with_hashes": with_hashes, "output": path});
    job.out.say(&shown, || format!("{} in {}", summary(users, with_hashes), path.display()))
}

async fn to_stdout(with_hashes: bool, job: &Job<'_>) -> Result<()> {
    let mut export = job.admin.export_users(&job.world.ctx(), with_hashes).await?;
    let mut stdout = BufWriter::new(std::io::stdout());
    let written = match write(&mut export, &mut stdout).await {
        Ok(users) => stdout.flush().map(|()| users),
        Err(Stopped::Writing(error)) => Err(error),
        Err(Stopped::Reading(failure)) => return Err(failure),
    };
    match written {
        Ok(users) => job.out.note(&summary(users, with_hashes)),
        // A closed pipe, as behind `head`, is not a failure of the command.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

fn summary(users: u64, with_hashes: bool) -> String {
    let hashes = if with_hashes { "with their password hashes" } else { "without password hashes" };
    let noun = if users == 1 { "user" } else { "users" };
    format!("{users} {noun} exported, {hashes}")
}

/// Why an export ended early.
enum Stopped {
    Reading(Failure),
    Writing(std::io::Error),
}

impl From<Stopped> for Failure {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Reading(failure) => failure,
            Stopped::Writing(error) => error.into(),
        }
    }
}

/// A page in memory at a time; how many users there were.
async fn write(export: &mut Export<'_>, to: &mut impl Write) -> Result<u64, Stopped> {
    let mut users = 0;
    loop {
        let page = export.next_page().await.map_err(|error| Stopped::Reading(error.into()))?;
        if page.is_empty() {
            return Ok(users);
        }
        for user in page {
            let line = serde_json::to_string(&record(user)).map_err(|error| Stopped::Writing(error.into()))?;
            writeln!(to, "{line}").map_err(Stopped::Writing)?;
            users += 1;
        }
    }
}

fn record(ExportedUser { user, password_hash }: ExportedUser) -> Record {
    // It speaks of the password, and so goes where the hash goes.
    let one_time_until = user.one_time_until.filter(|_| password_hash.is_some());
    Record {
        email: Some(user.email.as_given().to_owned()),
        role: Some(user.role.to_string()),
        status: Some(user.status.to_string()),
        one_time_until: one_time_until.map(|at| at.to_string()),
        password_hash,
        external_id: user.external_id,
        email_verified_at: user.email_verified_at.map(|at| at.to_string()),
        ..Record::default()
    }
}

/// A file that has its name only when it is whole, and its mode from the very beginning: one that was there before may be
/// readable by others.
struct Target<'a> {
    file: File,
    partial: PathBuf,
    path: &'a Path,
    overwrite: bool,
}

impl<'a> Target<'a> {
    fn new(path: &'a Path, overwrite: bool, world: &World) -> Result<Self> {
        // A link may lead to another's file, and a device must not receive a list of users.
        match fs::symlink_metadata(path) {
            Ok(data) if overwrite && data.is_file() => {}
            Ok(_) if !overwrite => return Err(taken(path)),
            Ok(_) => return Err(Failure::new("io", format!("{} is not a regular file", path.display()))),
            Err(_) => {}
        }
        let mut random = [0; 8];
        world.random.fill(&mut random)?;
        let mut name = path.file_name().ok_or_else(|| Failure::usage("--output names no file"))?.to_owned();
        name.push(format!(".{:016x}.partial", u64::from_be_bytes(random)));
        let partial = path.with_file_name(name);
        let file = create(&partial).map_err(|error| unmade(path, &error))?;
        Ok(Self { file, partial, path, overwrite })
    }

    /// Durable, and under its own name.
    fn finish(&mut self) -> Result<()> {
        self.file.sync_all()?;
        if !self.overwrite {
            // It takes the name, so that nothing that came there meanwhile is replaced.
            create(self.path).map_err(|error| match error.kind() {
                ErrorKind::AlreadyExists => taken(self.path),
                _ => unmade(self.path, &error),
            })?;
        }
        fs::rename(&self.partial, self.path).map_err(|error| unmade(self.path, &error))
    }
}

impl Drop for Target<'_> {
    /// What was not finished goes; what was has another name by now.
    fn drop(&mut self) {
        drop(fs::remove_file(&self.partial));
    }
}

fn create(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

fn taken(path: &Path) -> Failure {
    Failure::new("file_exists", format!("{} is there already: --overwrite replaces it", path.display()))
}

fn unmade(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new("io", format!("cannot make {}: {error}", path.display()))
}
