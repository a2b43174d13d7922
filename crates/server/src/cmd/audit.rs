//! `hallpass audit`.

use std::net::IpAddr;
use std::process::ExitCode;

use clap::Subcommand;
use hallpass_auth::Admin;
use hallpass_auth::admin::{AuditQuery, Head};
use hallpass_model::audit::{AuditRecord, Event};
use hallpass_model::{Timestamp, UserId};
use serde_json::{Value, json};

use super::World;
use super::failure::Result;
use super::installation::with_installation;
use super::out::Out;
use super::table::{Column, text, time, whole};
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// What happened, newest first: to a user, to an address, from where, when.
    List(Filter),
    /// Read the whole audit log and look for rows that were changed, inserted or removed.
    Verify(Verification),
}

/// What a whole log must have.
#[derive(Debug, clap::Args)]
pub(super) struct Verification {
    /// A head that an earlier run printed, noted outside the database: it must still be in the log.
    #[arg(long, value_name = "POSITION:MAC")]
    head: Option<Head>,
    /// Accept rows outside the chain: an older version wrote them during an upgrade, replica by replica.
    #[arg(long)]
    allow_unchained: bool,
}

/// Which events; what is left out excludes nothing.
#[derive(Debug, clap::Args)]
pub(super) struct Filter {
    /// What happened to the user of this id, attempts at the present address among it.
    #[arg(long, conflicts_with = "email")]
    user: Option<UserId>,
    /// What names this address, or happened to the user who has it.
    #[arg(long)]
    email: Option<String>,
    /// Events of this name, such as login.failed.
    #[arg(long)]
    event: Option<Event>,
    /// What came from this client address.
    #[arg(long)]
    ip: Option<IpAddr>,
    /// From this instant on, such as 2027-01-15T08:00:00Z.
    #[arg(long)]
    since: Option<Timestamp>,
    /// Before this instant.
    #[arg(long)]
    until: Option<Timestamp>,
    /// At most so many.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
}

pub(super) async fn run(command: Command, config: &Config, world: &World, out: &Out) -> Result<ExitCode> {
    with_installation(config, world, async |installation| match command {
        Command::List(filter) => list(filter, &installation.admin(), out).await.map(|()| ExitCode::SUCCESS),
        Command::Verify(verification) => verify(&verification, &installation.admin(), out).await,
    })
    .await
}

async fn verify(verification: &Verification, admin: &Admin, out: &Out) -> Result<ExitCode> {
    let found = admin.verify_audit(verification.head).await?;
    let mut faults: Vec<String> = found.faults.iter().map(ToString::to_string).collect();
    if found.holds == Some(false) {
        faults.push("the head given with --head is not in the log: the log was put back to an earlier state, or its chain begun anew".to_owned());
    }
    if found.unchained > 0 && !verification.allow_unchained {
        faults.push(format!("{} rows stand outside the chain (--allow-unchained accepts them)", found.unchained));
    }
    let head = found.head().map(|head| head.to_string());
    let document = json!({
        "chained": found.chained, "unchained": found.unchained, "before_the_chain": found.before,
        "head": head, "faults": faults,
    });
    out.say(&document, || {
        let (chained, head) = (found.chained, head.as_deref().unwrap_or("none"));
        let (before, faults_found) = (found.before, faults.len());
        let before = if before == 0 { String::new() } else { format!(", {before} rows from before the chain") };
        let summary = format!("{chained} rows verified{before}, {faults_found} faults; head {head}");
        faults.iter().chain([&summary]).map(String::as_str).collect::<Vec<_>>().join("\n")
    })?;
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn list(filter: Filter, admin: &Admin, out: &Out) -> Result<()> {
    let Filter { user, email, event, ip, since, until, limit } = filter;
    let page = admin.audit(AuditQuery { user, email, event, ip, since, until, before: None, limit }).await?;
    let documents: Vec<Value> = page.items.iter().map(document).collect();
    out.table(&documents, &COLUMNS, page.items.iter().map(row))?;
    if page.next.is_some() {
        out.note("there are more: raise --limit, or narrow with --since and --until");
    }
    Ok(())
}

fn document(entry: &AuditRecord) -> Value {
    json!({
        "seq": entry.seq,
        "at": entry.at.to_string(),
        "event": entry.event,
        "actor": entry.actor,
        "user": entry.user.map(|id| id.to_string()),
        "session": entry.session.map(|id| id.to_string()),
        "ip": entry.ip,
        "user_agent": entry.user_agent,
        "request_id": entry.request_id,
        "detail": serde_json::from_str::<Value>(&entry.detail).unwrap_or_default(),
    })
}

const COLUMNS: [Column; 5] = [time("at"), whole("event"), text("who"), whole("from").leaves(1), text("particulars")];

fn row(entry: &AuditRecord) -> [String; 5] {
    let ip = entry.ip.clone().unwrap_or_else(|| "-".to_owned());
    [entry.at.to_string(), entry.event.clone(), entry.actor.clone(), ip, entry.detail.clone()]
}
