//! `hallpass migrate`: the schema brought up to date, or the whole installation moved into another database.

mod progress;
mod show;

use clap::Args;
use hallpass_auth::MasterKey;
use hallpass_auth::transfer::{self, Route, Transfer};
use hallpass_store::{AuditKey, Store};
use serde_json::json;

use self::progress::Progress;
use super::World;
use super::failure::{Failure, Result};
use super::installation::{self, IfAbsent, Installation};
use super::out::Out;
use crate::config::{Config, Database, parse_database};

/// Passes beside a living source, at most. A busy one changes while it is copied, so that no pass finds nothing; once a
/// further pass gains nothing, the rest is for when the source is closed.
const LIVE_PASSES: u32 = 8;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Move everything: the database in use, sqlite:PATH or postgres://…
    #[arg(long, value_name = "URL")]
    from: Option<String>,
    /// Move everything: the database to move to; empty, or what an earlier run of the same command left.
    #[arg(long, value_name = "URL", requires = "from")]
    to: Option<String>,
    /// Copy, and stop before the source is closed; the same command without this goes on from there.
    #[arg(long, requires = "to")]
    copy_only: bool,
    /// Give a move up that was interrupted while its source was closed: opens it again.
    #[arg(long, requires = "from", conflicts_with_all = ["to", "copy_only"])]
    give_up: bool,
}

pub(super) async fn run(arguments: Arguments, config: &Config, world: &World, out: &Out) -> Result<()> {
    let Arguments { from, to, copy_only, give_up } = arguments;
    match (from, to) {
        (None, _) => update(config, world, out).await,
        (Some(from), None) if give_up => reopen(&from, config, out).await,
        (Some(_), None) => Err(Failure::usage("name the target with --to, or use --give-up")),
        (Some(from), Some(to)) => transfer((&from, &to), copy_only, &Job { config, world, out }).await,
    }
}

struct Job<'a> {
    config: &'a Config,
    world: &'a World,
    out: &'a Out,
}

async fn update(config: &Config, world: &World, out: &Out) -> Result<()> {
    Installation::open(config, world, IfAbsent::Create).await?.close().await;
    let database = config.data.database.to_string();
    out.say(&json!({"database": database, "up_to_date": true}), || format!("{database} is up to date"))
}

async fn reopen(from: &str, config: &Config, out: &Out) -> Result<()> {
    let place = Place::of("--from", from, config)?;
    // Nothing is audited in a source: no row of it needs the chain's key.
    let source = place.open(IfAbsent::Fail, None).await?;
    let result = transfer::give_up(&source, &place.shown).await;
    source.close().await;
    result?;
    let shown = place.shown;
    out.say(&json!({"database": shown, "open": true}), || format!("{shown} is open for writing"))
}

async fn transfer((from, to): (&str, &str), copy_only: bool, job: &Job<'_>) -> Result<()> {
    let (from, to) = (Place::of("--from", from, job.config)?, Place::of("--to", to, job.config)?);
    if from.is_same_as(&to) {
        return Err(Failure::usage("--from and --to name the same database"));
    }
    let master = MasterKey::new(installation::master_key(job.config, job.world, false)?);
    // The source first: without one there must be no target made.
    let key = installation::audit_key(&master)?;
    let source = from.open(IfAbsent::Fail, Some(key.clone())).await?;
    let target = to.open(IfAbsent::Create, Some(key)).await?;
    let (from, to) = (from.shown, to.shown);
    let route = Route { source: source.clone(), target: target.clone(), from: from.clone(), to: to.clone() };
    let moved = async {
        let transfer = Transfer::begin(route, master, &job.world.ctx()).await?;
        go(&transfer, (&from, &to), copy_only, job).await
    };
    let result = moved.await;
    source.close().await;
    target.close().await;
    result
}

async fn go(transfer: &Transfer, (from, to): (&str, &str), copy_only: bool, job: &Job<'_>) -> Result<()> {
    if copy_only && transfer.is_closed {
        let message = format!("{from} is closed for this move already: run the command without --copy-only");
        return Err(Failure::new("cannot_move", message));
    }
    let progress = Progress::new(job.out.is_for_people());
    let mut passes = Vec::new();
    if !transfer.is_closed {
        passes = copy(transfer, &progress).await?;
    }
    let summary = show::Summary { from, to, is_resumed: transfer.is_resumed, passes: &passes };
    if copy_only {
        progress.end();
        return summary.copied(job.out);
    }
    progress.begin("closed, last changes", transfer.rows().await?);
    let verified = transfer.cut_over(&job.world.ctx(), &mut |table, rows| progress.page_done(table, rows)).await;
    progress.end();
    summary.moved(&verified?, job.out)
}

/// Beside the living source: everything, then what has changed since, until that gains nothing more. How many rows were
/// written by each pass.
async fn copy(transfer: &Transfer, progress: &Progress) -> Result<Vec<u64>> {
    progress.begin("copying", transfer.rows().await?);
    let mut passes = vec![transfer.fill(&mut |table, rows| progress.page_done(table, rows)).await?];
    let mut before = u64::MAX;
    for _ in 1..LIVE_PASSES {
        progress.begin("catching up", transfer.rows().await?);
        let changed = transfer.catch_up(&mut |table, rows| progress.page_done(table, rows)).await?;
        passes.push(changed);
        if changed == 0 || changed >= before / 2 {
            break;
        }
        before = changed;
    }
    Ok(passes)
}

/// A database of the command line.
struct Place {
    database: Database,
    url: String,
    /// Without a password.
    shown: String,
}

impl Place {
    fn of(flag: &str, url: &str, config: &Config) -> Result<Self> {
        let database = parse_database(url, &config.data.folder);
        let database = database.map_err(|why| Failure::usage(format!("{flag} {why}")))?;
        Ok(Self { shown: database.to_string(), url: url.to_owned(), database })
    }

    fn is_same_as(&self, other: &Self) -> bool {
        match (&self.database, &other.database) {
            (Database::File(one), Database::File(two)) => one == two,
            // Schemas of one database look the same without their parameters. One that is in use is refused anyhow.
            _ => self.url == other.url,
        }
    }

    async fn open(&self, if_absent: IfAbsent, audit_key: Option<AuditKey>) -> Result<Store> {
        let mut options = self.database.options();
        if let Some(key) = audit_key {
            options = options.audit_key(key);
        }
        if if_absent == IfAbsent::Fail && !Store::exists(&options).await? {
            let message = format!("there is no database at {}: are --from and --to the right way round?", self.shown);
            return Err(Failure::new("no_database", message));
        }
        Ok(Store::connect(options).await?)
    }
}
