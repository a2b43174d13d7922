//! From a logout on one replica to the refusal on another.

use std::path::Path;
use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::{Value, json};

use crate::Outcome;
use crate::installation::Place;
use crate::server::Server;
use crate::stats::Times;

/// What to measure.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) rounds: usize,
    pub(crate) replicas: usize,
    pub(crate) database_url: Option<String>,
    pub(crate) redis_url: Option<String>,
}

/// Starts the replicas, and prints how long each other replica took to refuse.
pub(crate) async fn measure(binary: &Path, wanted: &Wanted) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let place = Place::new(folder.path().join("data"), wanted.database_url.clone());
    let more: Vec<String> = wanted.redis_url.iter().map(|url| format!("redis_url={url}")).collect();
    let started = (0..wanted.replicas.max(2)).map(|_| Server::start(binary, &place, &more));
    let replicas = started.collect::<Outcome<Vec<_>>>()?;
    let http = Client::builder().no_proxy().build()?;
    let mut times = Vec::new();
    for round in 0..wanted.rounds {
        times.append(&mut logout(&replicas, &http, round).await?);
    }
    let times = Times::of(times);
    println!("logout answered by one replica to token refused by another, {} times, milliseconds", wanted.rounds);
    println!(
        "p50 {:.1}   p90 {:.1}   p99 {:.1}   longest {:.1}",
        times.at(50),
        times.at(90),
        times.at(99),
        times.at(100)
    );
    Ok(())
}

async fn logout(replicas: &[Server], http: &Client, round: usize) -> Outcome<Vec<Duration>> {
    let at = &replicas[round % replicas.len()];
    let body =
        json!({"email": format!("user{round}-{}@example.com", std::process::id()), "password": "hall-monitor 4711"});
    let made: Value = http.post(at.url("/auth/register")).json(&body).send().await?.error_for_status()?.json().await?;
    let token = made["access_token"].as_str().ok_or("no token")?;
    for replica in replicas {
        http.get(replica.url("/auth/me")).bearer_auth(token).send().await?.error_for_status()?;
    }
    http.post(at.url("/auth/logout")).bearer_auth(token).send().await?.error_for_status()?;
    let answered = Instant::now();
    let mut times = Vec::new();
    for other in replicas.iter().filter(|other| !std::ptr::eq(*other, at)) {
        while http.get(other.url("/auth/me")).bearer_auth(token).send().await?.status() != 401 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        times.push(answered.elapsed());
    }
    Ok(times)
}
