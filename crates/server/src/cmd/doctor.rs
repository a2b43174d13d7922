//! `hallpass doctor`: what the operator looks at first at night.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use hallpass_auth::admin::AuditQuery;
use hallpass_model::Timestamp;
use hallpass_model::key::KeyState;
use hallpass_model::webhook::{State, Webhook};
use hallpass_password::{Password, hash};
use hallpass_store::PostgresUrl;
use hallpass_store::op::CountWaiting;
use serde::Serialize;

use super::World;
use super::certificate::examine;
use super::failure::Result;
use super::installation::{IfAbsent, Installation};
use super::out::{Mark, Out};
use crate::config::layers::Inputs;
use crate::config::{Config, ConfigError, Database};
use crate::places::PlaceFile;

/// What follows a line's break stands under its sentence, beside the name of the check: five columns are the line's own.
const BESIDE: usize = 15;

/// A mail server that is up takes a message within seconds.
const LATE_MAIL: Duration = Duration::from_secs(10 * 60);

/// Publishers renew their databases each week or month.
const OLD_PLACES: Duration = Duration::from_secs(90 * 24 * 3600);

/// One thing that was looked at.
#[derive(Serialize)]
struct Finding {
    check: &'static str,
    verdict: Mark,
    #[serde(rename = "told")]
    text: String,
}

pub(super) async fn run(inputs: &Inputs, world: &World, out: &Out) -> Result<ExitCode> {
    let mut findings = Vec::new();
    match Config::load(inputs) {
        Ok(config) => {
            configuration(&config, &mut findings);
            files(&config, &mut findings);
            findings.extend(certificate(&config, world.clock.now()));
            findings.extend(config.places.as_deref().map(|file| places(file, world.clock.now())));
            installation(&config, world, &mut findings).await;
            findings.push(hash_time(&config, world));
        }
        Err(errors) => {
            let fault = |error: &ConfigError| finding("configuration", Mark::Fail, error.to_string());
            findings.extend(errors.0.iter().map(fault));
        }
    }
    out.print(&findings, || {
        let line = |f: &Finding| {
            let told = out.wrapped(&format!("     {:<14} {}\n", f.check, f.text), BESIDE);
            told.replacen("    ", out.mark(f.verdict), 1)
        };
        findings.iter().map(line).collect()
    })?;
    let has_failed = findings.iter().any(|finding| finding.verdict == Mark::Fail);
    Ok(if has_failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn finding(check: &'static str, verdict: Mark, text: impl Into<String>) -> Finding {
    Finding { check, verdict, text: text.into() }
}

fn configuration(config: &Config, findings: &mut Vec<Finding>) {
    findings.push(finding("configuration", Mark::Ok, format!("fine; issuer {}", config.auth.token.issuer)));
    let warnings = config.warnings.iter().map(|warning| finding("configuration", Mark::Warn, warning.to_string()));
    findings.extend(warnings);
    findings.push(finding("log", Mark::Ok, format!("{}, on standard error", config.log.filter.describe())));
}

/// The master key opens everything: no other user of the machine may read it.
fn files(config: &Config, findings: &mut Vec<Finding>) {
    if config.data.master_key.is_none() {
        findings.push(private("master key", &config.data.master_key_file()));
    }
    findings.push(match &config.data.database {
        Database::File(path) => private("database", path),
        Database::Postgres(target) => remote(target),
    });
}

fn certificate(config: &Config, now: Timestamp) -> Option<Finding> {
    let (certificate, key) = config.sockets.tls.as_ref()?;
    let (verdict, text) = examine((certificate, key), &config.http.origin, now);
    Some(finding("certificate", verdict, text))
}

/// Networks move: what a database of last year says is often wrong.
fn places(file: &PlaceFile, now: Timestamp) -> Finding {
    let (kind, built) = (file.kind(), file.built());
    if built.until(now) > OLD_PLACES {
        let text = format!("{kind} of {built} is old: get it again, then send the server SIGHUP");
        return finding("places", Mark::Warn, text);
    }
    finding("places", Mark::Ok, format!("{kind} of {built}"))
}

/// What travels to the database is every password hash.
fn remote(target: &PostgresUrl) -> Finding {
    if target.is_private() {
        return finding("database", Mark::Ok, target.to_string());
    }
    let text = format!("{target} is not known by its certificate: use sslmode=verify-full, or a network of its own");
    finding("database", Mark::Warn, text)
}

fn private(check: &'static str, path: &Path) -> Finding {
    let shown = path.display();
    match fs::metadata(path) {
        Ok(data) if data.permissions().mode() & 0o007 != 0 => {
            finding(check, Mark::Fail, format!("{shown} is open to every user of this machine: chmod 600 {shown}"))
        }
        Ok(data) if data.permissions().mode() & 0o070 != 0 => {
            let text = format!("{shown} is open to its group: chmod 600 {shown}, unless the group is the server's own");
            finding(check, Mark::Warn, text)
        }
        Ok(data) => finding(check, Mark::Ok, format!("{shown}, {} bytes, readable by its owner only", data.len())),
        Err(error) => finding(check, Mark::Warn, format!("{shown}: {error}; the first start makes it")),
    }
}

async fn installation(config: &Config, world: &World, findings: &mut Vec<Finding>) {
    let installation = match Installation::open(config, world, IfAbsent::Fail).await {
        Ok(installation) => installation,
        Err(failure) => {
            let verdict = if failure.code == "no_database" { Mark::Warn } else { Mark::Fail };
            return findings.push(finding("store", verdict, failure.message));
        }
    };
    findings.push(store(&installation, world).await);
    findings.push(audit_log(&installation).await);
    findings.push(finding("denylist", Mark::Ok, format!("{} entries in force", installation.auth.denylist().len())));
    if config.data.redis.is_some() {
        findings.push(redis(&installation).await);
    }
    findings.push(mail(&installation, config, world.clock.now()).await);
    findings.push(clock(&installation, world.clock.now()).await);
    findings.push(keys(&installation, config, world).await);
    findings.extend(webhooks(&installation).await);
    installation.close().await;
}

/// None when there are none.
async fn webhooks(installation: &Installation) -> Option<Finding> {
    let all = match installation.admin().webhooks().await {
        Ok(all) => all,
        Err(error) => return Some(finding("webhooks", Mark::Fail, error.to_string())),
    };
    let ailing = |webhook: &&Webhook| webhook.state == State::Disabled || webhook.failing_since.is_some();
    let ailing: Vec<String> = all.iter().filter(ailing).map(|webhook| webhook.id.to_string()).collect();
    match (all.len(), ailing.is_empty()) {
        (0, _) => None,
        (count, true) => Some(finding("webhooks", Mark::Ok, format!("{count}, none failing or disabled"))),
        (count, false) => {
            let text = format!("{} of {count} fail or are disabled: {}", ailing.len(), ailing.join(", "));
            Some(finding("webhooks", Mark::Warn, text))
        }
    }
}

async fn store(installation: &Installation, world: &World) -> Finding {
    let begun = (world.monotonic)();
    let answered = installation.store.ping().await;
    let took = (world.monotonic)().saturating_sub(begun).as_secs_f64() * 1000.0;
    match (answered, installation.store.check().await) {
        (Ok(()), Ok(damage)) if damage.is_empty() => {
            finding("store", Mark::Ok, format!("undamaged; a commit takes {took:.1} ms"))
        }
        (Ok(()), Ok(damage)) => {
            finding("store", Mark::Fail, format!("damaged, restore a backup: {}", damage.join("; ")))
        }
        (Err(error), _) | (_, Err(error)) => finding("store", Mark::Fail, error.to_string()),
    }
}

/// A client of the database can change the audit log, but not under the key of its chain.
async fn audit_log(installation: &Installation) -> Finding {
    let found = match installation.admin().verify_audit(None).await {
        Ok(found) => found,
        Err(error) => return finding("audit log", Mark::Fail, error.to_string()),
    };
    if let Some(fault) = found.faults.first() {
        let text = format!("{fault}; {} faults: see `hallpass audit verify`", found.faults.len());
        return finding("audit log", Mark::Fail, text);
    }
    if found.unchained > 0 {
        let text = format!("{} rows stand outside the chain: see `hallpass audit verify`", found.unchained);
        return finding("audit log", Mark::Warn, text);
    }
    finding("audit log", Mark::Ok, format!("{} rows, none changed or missing", found.chained))
}

/// A Redis that evicts forgets revocations; one that is away costs the quick road between replicas.
async fn redis(installation: &Installation) -> Finding {
    let Some(mirror) = installation.auth.denylist().mirror() else {
        return finding("redis", Mark::Ok, "not used");
    };
    let kind = mirror.redis().kind();
    match mirror.redis().about().await.map(|about| (about.check(), about)) {
        Ok((Ok(()), about)) => finding("redis", Mark::Ok, format!("{kind}, version {}, evicts nothing", about.version)),
        Ok((Err(cause), _)) => finding("redis", Mark::Fail, cause.to_string()),
        Err(fault) => finding(
            "redis",
            Mark::Fail,
            format!("{fault}: logins are counted in each replica, revocations come from the database"),
        ),
    }
}

/// A message that waits long is a mail server that is down, or a server that does not run.
async fn mail(installation: &Installation, config: &Config, now: Timestamp) -> Finding {
    let Some(mailer) = &config.mailer else { return finding("mail", Mark::Ok, "off") };
    let waiting = match installation.store.read(CountWaiting).await {
        Ok(waiting) => waiting,
        Err(error) => return finding("mail", Mark::Fail, error.to_string()),
    };
    if let Err(words) = mailer.check().await {
        return finding("mail", Mark::Fail, format!("{words}; {} messages wait", waiting.count));
    }
    let place = mailer.written_to().map_or_else(
        || "the mail server answers".to_owned(),
        |folder| format!("written into {}, not sent", folder.display()),
    );
    match waiting.oldest.filter(|oldest| oldest.until(now) > LATE_MAIL) {
        Some(oldest) => {
            let text = format!("{place}; {} messages wait since {oldest}: see `hallpass outbox list`", waiting.count);
            finding("mail", Mark::Warn, text)
        }
        None => finding("mail", Mark::Ok, format!("{place}; {} messages wait", waiting.count)),
    }
}

/// A clock behind its own audit log makes expired tokens good again.
async fn clock(installation: &Installation, now: Timestamp) -> Finding {
    let query = AuditQuery { limit: 1, ..AuditQuery::default() };
    let newest = installation.admin().audit(query).await.ok().and_then(|page| page.items.into_iter().next());
    match newest {
        Some(newest) if newest.at > now + Duration::from_secs(5) => finding(
            "clock",
            Mark::Fail,
            format!("it is {now} here, but the newest audit row is of {}: set the clock (chrony, ntp)", newest.at),
        ),
        _ => finding("clock", Mark::Ok, format!("{now}")),
    }
}

async fn keys(installation: &Installation, config: &Config, world: &World) -> Finding {
    let keys = match installation.admin().keys(&world.ctx()).await {
        Ok(keys) => keys,
        Err(error) => return finding("signing keys", Mark::Fail, error.to_string()),
    };
    let of = |state| keys.iter().filter(move |key| key.state == state);
    let Some(active) = of(KeyState::Active).next_back() else {
        return finding(
            "signing keys",
            Mark::Fail,
            "none is active: start the server, or `hallpass keys rotate --force`",
        );
    };
    if of(KeyState::Announced).next().is_none() && !config.auth.token.algorithm.is_symmetric() {
        return finding("signing keys", Mark::Warn, "no stand-by is announced: a running server makes one");
    }
    let algorithm = &active.algorithm;
    let since = active.active_from.unwrap_or(active.announced_at);
    finding("signing keys", Mark::Ok, format!("{algorithm}, {} in the ring, signing since {since}", keys.len()))
}

/// The usual target is 300 ms: less helps an attacker with stolen hashes, more is felt at every login.
fn hash_time(config: &Config, world: &World) -> Finding {
    let begun = (world.monotonic)();
    let made = hash(&Password::from("calibration only".to_owned()), config.auth.accounts.scheme);
    let took = (world.monotonic)().saturating_sub(begun).as_millis();
    let name = config.auth.accounts.scheme.name();
    match made {
        Err(error) => finding("hash time", Mark::Fail, error.to_string()),
        Ok(_) if took < 50 => finding(
            "hash time",
            Mark::Warn,
            format!("{took} ms with {name} is cheap to guess: see `hallpass password calibrate`"),
        ),
        Ok(_) if took > 1500 => finding(
            "hash time",
            Mark::Warn,
            format!("{took} ms with {name} makes every login slow: see `hallpass password calibrate`"),
        ),
        Ok(_) => finding("hash time", Mark::Ok, format!("{took} ms with {name}")),
    }
}
