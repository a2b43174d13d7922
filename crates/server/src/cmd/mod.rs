//! The command line: a file a command. Each reads its arguments, calls one use case, prints.

mod audit;
mod breach;
mod calibrate;
mod certificate;
mod clients;
mod config;
mod demo;
mod doctor;
mod export;
mod failure;
mod import;
mod installation;
mod keyfile;
mod keys;
mod lab;
mod locks;
mod mail;
mod migrate;
mod openapi;
mod out;
mod outbox;
mod password;
mod prompt;
mod record;
mod serve;
mod sessions;
mod suggest;
mod table;
mod token;
mod users;
mod webhooks;

use std::ffi::{OsStr, OsString};
use std::future::Future;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use hallpass_auth::{Clock, Ctx, Random};

use self::failure::{Failure, Result};
use self::out::{Out, Wanted};
use crate::config::Config;
use crate::config::layers::Inputs;

/// The outside world, as `main` hands it in: nothing below reads a clock, an environment or randomness on its own.
#[derive(Clone)]
pub struct World {
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// The operating system's randomness.
    pub random: Arc<dyn Random>,
    /// A clock that only goes forward.
    pub monotonic: fn() -> Duration,
    /// The environment.
    pub environment: Vec<(OsString, OsString)>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("World")
    }
}

impl World {
    pub(crate) fn ctx(&self) -> Ctx {
        Ctx::local(self.clock.now(), self.random.clone())
    }

    /// A variable; one that is empty counts as not set.
    fn variable(&self, name: &str) -> Option<&OsStr> {
        let found = self.environment.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_os_str()).filter(|value| !value.is_empty())
    }
}

/// Logins, short-lived access tokens, refresh tokens that rotate, revocation that bites at once.
///
/// Without a command, hallpass serves on its embedded defaults.
#[derive(Debug, Parser)]
#[command(name = "hallpass", version, propagate_version = true, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What every command takes.
#[derive(Debug, Args)]
struct Global {
    /// The configuration file; ./hallpass.toml if it is there.
    #[arg(long, global = true, value_name = "FILE", help_heading = "Configuration")]
    config: Option<PathBuf>,
    /// Address and port to listen on.
    #[arg(long, global = true, value_name = "ADDRESS", help_heading = "Configuration")]
    listen: Option<String>,
    /// Folder of the database and the master key.
    #[arg(long, global = true, value_name = "FOLDER", help_heading = "Configuration")]
    data_dir: Option<String>,
    /// The database, such as sqlite:hallpass.db.
    #[arg(long, global = true, value_name = "URL", help_heading = "Configuration")]
    database_url: Option<String>,
    /// Any key of the configuration, such as token.algorithm=ES256; may be repeated.
    #[arg(long, global = true, value_name = "KEY=VALUE", value_parser = pair, help_heading = "Configuration")]
    set: Vec<(String, String)>,
    /// One JSON document on standard output, for scripts.
    #[arg(long, global = true)]
    json: bool,
    /// Tables in full, however wide the terminal.
    #[arg(long, global = true)]
    wide: bool,
}

fn pair(text: &str) -> std::result::Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write KEY=VALUE")?;
    Ok((key.trim().to_owned(), value.to_owned()))
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve; what hallpass does without a command.
    Serve,
    /// Print the configuration in force, secrets masked.
    Config,
    /// Check configuration, files, store, keys, clock and hash time.
    Doctor,
    /// Manage users.
    #[command(subcommand)]
    Users(users::Command),
    /// List and end sessions.
    #[command(subcommand)]
    Sessions(sessions::Command),
    /// Look at messages that wait to be sent.
    #[command(subcommand)]
    Outbox(outbox::Command),
    /// Try mail, and change what it says.
    #[command(subcommand)]
    Mail(mail::Command),
    /// Read the audit log.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Manage service clients.
    #[command(subcommand)]
    Clients(clients::Command),
    /// Manage webhooks: who is told of events.
    #[command(subcommand)]
    Webhooks(webhooks::Command),
    /// Manage signing keys.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Sign, read and verify tokens, offline.
    #[command(subcommand)]
    Token(token::Command),
    /// Hash and verify passwords, and find the right cost.
    #[command(subcommand)]
    Password(password::Command),
    /// Make and ask lists of passwords that are known from breaches.
    #[command(subcommand)]
    Breach(breach::Command),
    /// Make the database, bring its schema up to date, or move everything to another one.
    ///
    /// Without --from and --to: the configured database. With them: users, sessions, keys, clients and the audit log
    /// move from one database to another, beside running servers, and go on where they were when interrupted.
    Migrate(migrate::Arguments),
    /// Print the API description, OpenAPI 3.1.
    Openapi,
    /// Serve only the lab, for anybody on the internet: no database, no accounts, bounds that are printed.
    Lab(lab::Arguments),
    /// Serve a made-up installation with life in it, in memory: to look around. It is gone when the command ends.
    Demo,
}

/// Runs one command line. Exit codes: 0 done, 1 refused or failed, 2 wrong usage.
pub fn run(arguments: impl Iterator<Item = OsString>, world: &World) -> ExitCode {
    let arguments: Vec<OsString> = arguments.collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return unusable(&suggest::nearest(error, &arguments), &arguments, world),
    };
    let out = out(world, cli.global.json, cli.global.wide);
    match dispatch(cli, world, &out) {
        Ok(code) => code,
        Err(failure) => {
            out.failure(&failure);
            failure.exit_code()
        }
    }
}

/// Colour only if it is wanted (<https://no-color.org>).
fn out(world: &World, json: bool, wide: bool) -> Out {
    let (colour, columns) = (world.variable("NO_COLOR").is_none(), world.variable("COLUMNS"));
    Out::new(Wanted { json, wide, colour, columns })
}

/// Help and version are no errors, and go to standard output. A script that asked for JSON gets its errors in it, too.
fn unusable(error: &clap::Error, arguments: &[OsString], world: &World) -> ExitCode {
    if !error.use_stderr() {
        out(world, false, false).usage(error);
        return ExitCode::SUCCESS;
    }
    if arguments.iter().take_while(|argument| *argument != "--").any(|argument| argument == "--json") {
        let message = error.to_string();
        let message = message.trim().strip_prefix("error: ").unwrap_or_default();
        out(world, true, false).failure(&Failure::new("usage", message.to_owned()));
    } else {
        out(world, false, false).usage(error);
    }
    ExitCode::from(2)
}

fn dispatch(cli: Cli, world: &World, out: &Out) -> Result<ExitCode> {
    let inputs = || inputs(&cli.global, world);
    let load = || Config::load(&inputs()).map_err(Failure::from);
    match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => serve::run(load()?, world, out)?,
        Command::Config => config::run(&load()?, out)?,
        Command::Doctor => return block_on(doctor::run(&inputs(), world, out)),
        Command::Users(command) => return block_on(users::run(command, &load()?, world, out)),
        Command::Sessions(command) => block_on(sessions::run(command, &load()?, world, out))?,
        Command::Outbox(command) => block_on(outbox::run(command, &load()?, world, out))?,
        Command::Mail(mail::Command::Test { address }) => block_on(mail::test(&address, &load()?, world, out))?,
        Command::Mail(mail::Command::Templates { folder }) => mail::templates(&folder, out)?,
        Command::Audit(command) => return block_on(audit::run(command, &load()?, world, out)),
        Command::Clients(command) => block_on(clients::run(command, &load()?, world, out))?,
        Command::Webhooks(command) => block_on(webhooks::run(command, &load()?, world, out))?,
        Command::Keys(command) => block_on(keys::run(command, &load()?, world, out))?,
        Command::Token(command) => token::run(command, world, out)?,
        Command::Password(command) => return password::run(command, &inputs(), world, out),
        Command::Breach(command) => return breach::run(command, out),
        Command::Migrate(arguments) => block_on(migrate::run(arguments, &load()?, world, out))?,
        Command::Openapi => openapi::run(&load()?, out)?,
        Command::Lab(arguments) => lab::run(arguments, load, world, out)?,
        Command::Demo => demo::run(&inputs(), world, out)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn inputs(global: &Global, world: &World) -> Inputs {
    let named = [("listen", &global.listen), ("data_dir", &global.data_dir), ("database_url", &global.database_url)];
    let named = named.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value.clone()?)));
    Inputs {
        file: global.config.clone().or_else(|| world.variable("HALLPASS_CONFIG").map(PathBuf::from)),
        environment: world.environment.clone(),
        flags: global.set.iter().cloned().chain(named).collect(),
    }
}

/// A runtime of one thread: a command does one thing.
fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}
