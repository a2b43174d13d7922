//! How long a start takes, how much memory the server holds, how large the binary is, all with the defaults.

mod flood;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use clap::Args;
use reqwest::Client;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use self::flood::Flooded;
use crate::Outcome;
use crate::installation::Place;
use crate::server::Server;
use crate::stats::Times;

/// Connections that verify at the same time.
const CONNECTIONS: usize = 64;
/// Connections with one request each, one after the other.
const SINGLES: usize = 2_000;

#[derive(Args)]
pub(crate) struct Footprint {
    /// Starts, of which the median counts.
    #[arg(long, default_value_t = 11)]
    starts: usize,
    /// Seconds of load.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// The binary of the `dist` profile, whose size is printed beside that of the one under test.
    #[arg(long)]
    dist: Option<PathBuf>,
    /// Where the figures are written as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

#[derive(Debug, Serialize)]
struct Report {
    /// To the first good `/readyz`.
    start_ms: Starts,
    resident_mb: Resident,
    verified_per_second: f64,
    floods: Vec<Flooded>,
    binary: Size,
    dist_binary: Option<Size>,
}

#[derive(Debug, Serialize)]
struct Starts {
    /// Of an empty folder: it makes RSA keys and the first admin.
    first: f64,
    fastest: f64,
    median: f64,
    /// What the machine takes to start and end a program that does nothing, median.
    nothing: f64,
}

#[derive(Debug, Serialize)]
struct Resident {
    /// A second after the start.
    idle: f64,
    /// The most under load, looked at ten times a second.
    loaded: f64,
    /// Ten seconds after the load.
    after_load: f64,
    /// A second after many connections with one request each.
    after_singles: f64,
}

#[derive(Debug, Serialize)]
struct Size {
    bytes: u64,
}

/// Measures and prints all of it.
pub(crate) async fn measure(binary: &Path, wanted: &Footprint) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let place = Place::new(folder.path().join("data"), None);
    let start_ms = starts(binary, &place, wanted.starts.max(1))?;
    let (resident_mb, verified_per_second) = resident(binary, &place, Duration::from_secs(wanted.seconds)).await?;
    let report = Report {
        start_ms,
        resident_mb,
        verified_per_second,
        floods: flood::all(binary, &place)?,
        binary: size(binary)?,
        dist_binary: wanted.dist.as_deref().map(size).transpose()?,
    };
    report.print();
    if let Some(path) = &wanted.json {
        std::fs::write(path, serde_json::to_string_pretty(&report)? + "\n")?;
    }
    Ok(())
}

fn starts(binary: &Path, place: &Place, count: usize) -> Outcome<Starts> {
    let first = Server::start_plain(binary, place)?.1;
    let again = (0..count).map(|_| Ok(Server::start_plain(binary, place)?.1));
    let again = Times::of(again.collect::<Outcome<_>>()?);
    let nothing = (0..count).map(|_| {
        let begun = Instant::now();
        Command::new("true").status()?;
        Ok(begun.elapsed())
    });
    let nothing = Times::of(nothing.collect::<Outcome<_>>()?);
    Ok(Starts { first: first.as_secs_f64() * 1e3, fastest: again.at(0), median: again.at(50), nothing: nothing.at(50) })
}

async fn resident(binary: &Path, place: &Place, time: Duration) -> Outcome<(Resident, f64)> {
    let (server, _) = Server::start_plain(binary, place)?;
    pause(1).await;
    let idle = server.resident()?;
    let (loaded, verified_per_second) = load(&server, time).await?;
    pause(10).await;
    let after_load = server.resident()?;
    for _ in 0..SINGLES {
        server.get("/.well-known/jwks.json")?;
    }
    pause(1).await;
    let after_singles = server.resident()?;
    Ok((Resident { idle, loaded, after_load, after_singles }, verified_per_second))
}

async fn pause(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

/// The most memory under load, and the verifications a second.
#[allow(clippy::cast_precision_loss)] // millions
async fn load(server: &Server, time: Duration) -> Outcome<(f64, f64)> {
    let http = Client::builder().no_proxy().build()?;
    let bearer = register(&http, server).await?;
    let (begun, mut walks) = (Instant::now(), JoinSet::new());
    for _ in 0..CONNECTIONS {
        walks.spawn(verify(http.clone(), (server.url("/auth/verify"), bearer.clone()), time));
    }
    let mut most = server.resident()?;
    while begun.elapsed() < time {
        tokio::time::sleep(Duration::from_millis(100)).await;
        most = most.max(server.resident()?);
    }
    let mut verified = 0;
    while let Some(walk) = walks.join_next().await {
        verified += walk??;
    }
    Ok((most, verified as f64 / begun.elapsed().as_secs_f64()))
}

async fn register(http: &Client, server: &Server) -> Outcome<String> {
    let body = json!({"email": "ada@example.com", "password": "hall-monitor 4711"});
    let answer = http.post(server.url("/auth/register")).json(&body).send().await?.error_for_status()?;
    let made: Value = answer.json().await?;
    Ok(made["access_token"].as_str().ok_or("no token")?.to_owned())
}

async fn verify(http: Client, (url, bearer): (String, String), time: Duration) -> Outcome<usize> {
    let (begun, mut verified) = (Instant::now(), 0);
    while begun.elapsed() < time {
        http.get(&url).bearer_auth(&bearer).send().await?.error_for_status()?.bytes().await?;
        verified += 1;
    }
    Ok(verified)
}

fn size(binary: &Path) -> Outcome<Size> {
    Ok(Size { bytes: std::fs::metadata(binary)?.len() })
}

impl Report {
    #[allow(clippy::cast_precision_loss)] // bytes of a file
    fn print(&self) {
        let line = |name: &str, figure: f64, unit: &str| println!("{name:<60} {figure:>9.1} {unit}");
        line("first start: makes RSA keys and the first admin", self.start_ms.first, "ms");
        line("start to ready once they exist, fastest", self.start_ms.fastest, "ms");
        line("start to ready once they exist, median", self.start_ms.median, "ms");
        line("to compare: `true`, which does nothing, median", self.start_ms.nothing, "ms");
        line("resident memory, idle", self.resident_mb.idle, "MB");
        line(&format!("at most while {CONNECTIONS} connections verify"), self.resident_mb.loaded, "MB");
        line("verifications meanwhile", self.verified_per_second, "a second");
        line("resident memory, ten seconds after the load", self.resident_mb.after_load, "MB");
        line(&format!("resident memory, after {SINGLES} connections"), self.resident_mb.after_singles, "MB");
        line("size of the binary", self.binary.bytes as f64 / 1e6, "MB");
        if let Some(dist) = &self.dist_binary {
            line("size of the binary, profile dist", dist.bytes as f64 / 1e6, "MB");
        }
        for flood in &self.floods {
            flood.print();
        }
    }
}
