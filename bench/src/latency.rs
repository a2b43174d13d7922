//! Refreshes in a small and in a large installation, in turns, so that a busy machine hits both alike.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::{Value, json};

use crate::installation::Place;
use crate::load::{self, Loaded};
use crate::server::Server;
use crate::stats::Times;
use crate::{Latency, Outcome};

/// How many turns each installation gets.
const TURNS: usize = 20;

/// An installation that is served.
struct Side {
    name: String,
    server: Server,
    /// Current tokens, spread over all sessions.
    tokens: Vec<String>,
    next: usize,
}

/// Loads both, and prints how their refreshes compare.
pub(crate) async fn compare(binary: &Path, wanted: &Latency) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let place = |name: &str, url: &Option<String>| Place::new(folder.path().join(name), url.clone());
    let small = side(binary, &place("small", &wanted.small_database_url), wanted.small, wanted).await?;
    let large = side(binary, &place("large", &wanted.large_database_url), wanted.large, wanted).await?;
    println!("{:>8} {:>12} {:>10} {:>10} {:>10}", "clients", "sessions", "p50 ms", "p99 ms", "a second");
    let mut sides = [small, large];
    for clients in &wanted.clients {
        turns(&mut sides, *clients, wanted.refreshes).await?;
    }
    Ok(())
}

async fn side(binary: &Path, place: &Place, sessions: usize, wanted: &Latency) -> Outcome<Side> {
    let loaded = load::sessions(binary, place, sessions).await?;
    println!("{sessions} sessions loaded, {:.0} a second", loaded.rate());
    let tokens = tokens(place, &loaded, sessions, wanted.refreshes * wanted.clients.len())?;
    Ok(Side { name: sessions.to_string(), server: Server::start(binary, place, &[])?, tokens, next: 0 })
}

/// Tokens of sessions all over the table, in an order that has nothing to do with its own.
fn tokens(place: &Place, loaded: &Loaded, sessions: usize, wanted: usize) -> Outcome<Vec<String>> {
    let codec = place.codec()?;
    let count = wanted.min(sessions);
    // A stride that shares no factor with any power of ten walks through all of them.
    let numbers = (0..count).map(|n| n * 7_919_777 % count * (sessions / count));
    Ok(numbers.map(|n| codec.encode(&loaded.token(n)).expose().to_owned()).collect())
}

async fn turns(sides: &mut [Side; 2], clients: usize, refreshes: usize) -> Outcome<()> {
    let http = Client::builder().no_proxy().build()?;
    let (mut times, mut spent) = ([Vec::new(), Vec::new()], [Duration::ZERO; 2]);
    for _ in 0..TURNS {
        for (side, n) in sides.iter_mut().zip(0..) {
            let begun = Instant::now();
            times[n].append(&mut turn(side, &http, clients, refreshes / TURNS).await?);
            spent[n] += begun.elapsed();
        }
    }
    let [small, large] = times.map(Times::of);
    for ((side, times), spent) in sides.iter().zip([&small, &large]).zip(spent) {
        let rate = refreshes as u128 * 1000 / spent.as_millis().max(1);
        println!("{clients:>8} {:>12} {:>10.2} {:>10.2} {rate:>10}", side.name, times.at(50), times.at(99));
    }
    let ratio = |per_cent| large.at(per_cent) / small.at(per_cent);
    println!("{clients:>8} {:>12} {:>10.2} {:>10.2}", "ratio", ratio(50), ratio(99));
    Ok(())
}

/// Refreshes so many sessions once, by so many clients at once.
async fn turn(side: &mut Side, http: &Client, clients: usize, refreshes: usize) -> Outcome<Vec<Duration>> {
    let url: Arc<str> = side.server.url("/auth/refresh").into();
    let mut walks = Vec::new();
    for _ in 0..clients {
        let share = refreshes / clients;
        let from = side.next;
        side.next += share;
        let places: Vec<usize> = (from..side.next).map(|n| n % side.tokens.len()).collect();
        let tokens: Vec<String> = places.iter().map(|n| side.tokens[*n].clone()).collect();
        walks.push((places, tokio::spawn(walk(http.clone(), url.clone(), tokens))));
    }
    let mut times = Vec::new();
    for (places, walk) in walks {
        for (place, (token, took)) in places.into_iter().zip(walk.await??) {
            side.tokens[place] = token;
            times.push(took);
        }
    }
    Ok(times)
}

async fn walk(http: Client, url: Arc<str>, tokens: Vec<String>) -> Outcome<Vec<(String, Duration)>> {
    let mut done = Vec::with_capacity(tokens.len());
    for token in tokens {
        let begun = Instant::now();
        let answer = http.post(&*url).json(&json!({"refresh_token": token})).send().await?.error_for_status()?;
        let body: Value = answer.json().await?;
        let next = body["refresh_token"].as_str().ok_or("no successor")?.to_owned();
        done.push((next, begun.elapsed()));
    }
    Ok(done)
}
