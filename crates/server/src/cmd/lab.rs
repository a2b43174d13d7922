//! `hallpass lab`: the lab alone, for the open internet; and as files, for a host that serves files.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use hallpass_auth::{Auth, Deps, MasterKey};
use hallpass_http::state::{AppState, HttpSettings};
use hallpass_jose::Alg;
use hallpass_lab::code::{self, PATTERNS};
use hallpass_lab::{Bounds, LabSettings};
use hallpass_model::secret::Secret;
use hallpass_password::{HashPool, PoolOptions};
use hallpass_shared::Denylist;
use hallpass_store::Store;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use serde_json::json;

use super::World;
use super::failure::{Failure, Result};
use super::out::Out;
use super::serve::install_metrics;
use crate::app::App;
use crate::config::Config;
use crate::config::layers::Source;
use crate::log;
use crate::serve::{REQUEST_MEMORY, Sockets, orders};

/// Connections, where the configuration names no number: a page needs a few, and all visitors share the machine.
const CONNECTIONS: usize = 1024;
const CONNECTIONS_OF_ONE: usize = 64;
/// The program without a visitor, and what its allocator has not given back yet.
const PROGRAM: u64 = 64 << 20;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Cores that the lab may use; half of them when left out.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    cores: Option<u16>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write what needs no server as files, for any static host and below any path.
    Export {
        /// The folder, which is made; it must be empty.
        folder: PathBuf,
    },
}

pub(super) fn run(arguments: Arguments, load: impl FnOnce() -> Result<Config>, world: &World, out: &Out) -> Result<()> {
    match arguments.command {
        Some(Command::Export { folder }) => export(&folder, out),
        None => serve(load()?, usize::from(arguments.cores.unwrap_or_default()), world, out),
    }
}

fn export(folder: &Path, out: &Out) -> Result<()> {
    let unwritable = |error: std::io::Error| Failure::new("io", format!("cannot write {}: {error}", folder.display()));
    fs::create_dir_all(folder).map_err(unwritable)?;
    if fs::read_dir(folder).map_err(unwritable)?.next().is_some() {
        return Err(Failure::new("file_exists", format!("{} is not empty", folder.display())));
    }
    let files = hallpass_http::ui::lab_as_files().map_err(|error| Failure::new("unprintable", error.to_string()))?;
    let mut written = 0;
    for (path, text) in files.into_iter().map(|file| (file.path, file.text)).chain(shown_code()?) {
        let file = folder.join(path);
        fs::create_dir_all(file.parent().unwrap_or(folder)).map_err(unwritable)?;
        fs::write(&file, text.as_bytes()).map_err(unwritable)?;
        written += 1;
    }
    let shown = folder.display().to_string();
    out.say(&json!({"folder": shown, "files": written}), || {
        format!("{written} files in {shown}: put them on any static host, below any path")
    })
}

/// The code that each pattern shows, where its page asks for it.
fn shown_code() -> Result<Vec<(String, Cow<'static, str>)>> {
    let file = |pattern| match serde_json::to_string(&code::of(pattern)) {
        Ok(text) => Ok((format!("lab/code/{pattern}.json"), text.into())),
        Err(error) => Err(Failure::new("unprintable", error.to_string())),
    };
    PATTERNS.into_iter().map(file).collect()
}

fn serve(config: Config, cores: usize, world: &World, out: &Out) -> Result<()> {
    log::install(config.log.format, &config.log.filter).map_err(|error| Failure::new("bad_value", error))?;
    // Before any thread is made: they inherit it.
    let cores = keep_to_cores(cores)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(cores.0).enable_all().build()?;
    runtime.block_on(serve_on(config, cores, world, out))
}

/// Keeps the whole process to so many of its cores, and tells how many of how many. What strangers ask for then never
/// takes the machine.
fn keep_to_cores(wanted: usize) -> Result<(usize, usize)> {
    let unbound =
        |error: rustix::io::Errno| Failure::new("cannot_serve", format!("the cores cannot be bound: {error}"));
    let mut mine = sched_getaffinity(None).map_err(unbound)?;
    let all: Vec<usize> = (0..CpuSet::MAX_CPU).filter(|core| mine.is_set(*core)).collect();
    let kept = if wanted == 0 { (all.len() / 2).max(1) } else { wanted.min(all.len()) };
    all[kept..].iter().for_each(|core| mine.unset(*core));
    sched_setaffinity(None, &mine).map_err(unbound)?;
    Ok((kept, all.len()))
}

async fn serve_on(config: Config, cores: (usize, usize), world: &World, out: &Out) -> Result<()> {
    let settings = config.lab_settings;
    let sockets = hardened(&config);
    let connections = (sockets.max_connections, sockets.connections_per_address);
    let bound = sockets.bind()?;
    let address = bound.address()?.to_string();
    let orders = orders()?;
    let metrics = install_metrics()?;
    let http = HttpSettings { has_lab: true, is_lab_only: true, cors_origins: Vec::new(), ..config.http.clone() };
    let auth = empty_installation(&config, world).await?;
    let state = AppState::new(auth, world.clock.clone(), world.random.clone(), http, Some(metrics));
    greet(&Greeting { address: &address, issuer: &config.auth.token.issuer, cores, connections }, settings, out)?;
    bound.serve(App::new(state, Some((settings, Config::defaults()?.auth))), orders).await?;
    tracing::info!("stopped");
    Ok(())
}

fn hardened(config: &Config) -> Sockets {
    let is_set = |key| config.raw.source(key) != Source::Default;
    let mut sockets = config.sockets.clone();
    if !is_set("limits.max_connections") {
        sockets.max_connections = CONNECTIONS;
    }
    if !is_set("limits.connections_per_address") {
        sockets.connections_per_address = CONNECTIONS_OF_ONE;
    }
    sockets
}

/// The installation that the lab's server stands on: empty, in memory, and behind no route.
async fn empty_installation(config: &Config, world: &World) -> Result<Auth> {
    let mut settings = Config::defaults()?.auth;
    settings.token.issuer.clone_from(&config.auth.token.issuer);
    settings.token.algorithm = Alg::EdDsa;
    in_memory(settings, PoolOptions { threads: 1, lanes: 1, queue: 1, scheme: config.pool.scheme }, world).await
}

/// An installation without a file, under a random master key that is never written.
pub(super) async fn in_memory(settings: hallpass_auth::Settings, pool: PoolOptions, world: &World) -> Result<Auth> {
    let mut master = [0; 32];
    world.random.fill(&mut master)?;
    let denylist = Arc::new(Denylist::new());
    let listener = denylist.clone();
    let store = Store::in_memory(Arc::new(move |entries| listener.committed(entries)))?;
    let master = MasterKey::new(Secret::new(master));
    let deps = Deps { store, denylist, limits: None, pool: HashPool::start(pool), master, mailer: None };
    Ok(Auth::start(settings, deps, &world.ctx()).await?)
}

struct Greeting<'a> {
    address: &'a str,
    issuer: &'a str,
    /// So many of how many.
    cores: (usize, usize),
    /// In all, and of one address.
    connections: (usize, usize),
}

fn greet(greeting: &Greeting<'_>, settings: LabSettings, out: &Out) -> Result<()> {
    let Greeting { address, issuer, cores: (cores, all), connections: (most, of_one) } = greeting;
    let bounds = settings.bounds();
    let memory = (PROGRAM + REQUEST_MEMORY as u64 + bounds.bytes) >> 20;
    let document = json!({
        "listen": address, "issuer": issuer, "bounds": bounds, "cores": cores, "memory_mib": memory,
        "connections": most, "connections_of_one": of_one,
    });
    out.say(&document, || {
        let Bounds { sandboxes, sandboxes_of_one, requests_a_second, burst, under_way, .. } = bounds;
        let (idle, life) = (bounds.idle_seconds / 60, bounds.life_seconds / 3600);
        format!(
            "hallpass lab {} listens on {address}\n\n  Open it      {issuer}/lab\n  \
             Visitors     {sandboxes} sandboxes at once, {sandboxes_of_one} of one address; they end after {idle} \
             minutes idle and after {life} hours\n  \
             Speed        {requests_a_second} requests a second of one address ({burst} at once, {under_way} under way), \
             one timed hash at a time\n  \
             Connections  {most}, {of_one} of one address\n  \
             CPU          {cores} of {all} cores\n  \
             Memory       {memory} MiB at most\n  \
             Kept         nothing: no database, no file, no account outside of a sandbox\n",
            env!("CARGO_PKG_VERSION")
        )
    })?;
    tracing::info!(%address, issuer, "the lab is open");
    Ok(())
}
