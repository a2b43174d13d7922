//! Refreshes of sessions that lie all over the table.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::{Value, json};

use super::Growth;
use super::ground::{Ground, Served};
use super::report::Report;
use super::turns::in_turns;
use crate::Outcome;
use crate::installation::Place;
use crate::load::{self, Loaded};

struct Refreshed {
    served: Served,
    /// Current tokens, spread over all sessions.
    tokens: Vec<String>,
    next: usize,
}

pub(super) async fn measure(binary: &Path, wanted: &Growth, report: &mut Report) -> Outcome<()> {
    let (ground, mut all) = (Ground::new(wanted.postgres)?, Vec::new());
    let mut sizes = wanted.sessions.clone();
    sizes.sort_unstable();
    for size in sizes {
        let place = ground.place(size);
        let loaded = load::sessions(binary, &place, size).await?;
        let tokens = tokens(&place, &loaded, size, wanted.refreshes * wanted.clients.len())?;
        all.push(Refreshed { served: Served::start(binary, place, (size, &loaded)).await?, tokens, next: 0 });
    }
    let http = Client::builder().no_proxy().build()?;
    Report::heading("sessions");
    for clients in &wanted.clients {
        let turn = async |refreshed: &mut Refreshed, count| turn(refreshed, &http, (*clients, count)).await;
        let figures = in_turns(&mut all, wanted.refreshes, turn).await?;
        let sizes = all.iter().map(|refreshed| refreshed.served.size);
        report.add("refresh", *clients, &sizes.zip(figures).collect::<Vec<_>>());
    }
    let installations = all.iter().map(|refreshed| refreshed.served.installation());
    report.add_installations("sessions", installations.collect::<Outcome<_>>()?);
    Ok(())
}

/// Tokens of sessions all over the table, in an order that has nothing to do with its own.
fn tokens(place: &Place, loaded: &Loaded, sessions: usize, wanted: usize) -> Outcome<Vec<String>> {
    let codec = place.codec()?;
    let count = wanted.min(sessions);
    // A stride that shares no factor with any power of ten walks through all of them.
    let numbers = (0..count).map(|n| n * 7_919_777 % count * (sessions / count));
    Ok(numbers.map(|n| codec.encode(&loaded.token(n)).expose().to_owned()).collect())
}

/// Refreshes so many sessions once, by so many clients at once.
async fn turn(refreshed: &mut Refreshed, http: &Client, (clients, count): (usize, usize)) -> Outcome<Vec<Duration>> {
    let url: Arc<str> = refreshed.served.server.url("/auth/refresh").into();
    let mut walks = Vec::new();
    for _ in 0..clients {
        // A token that two of them used at once would be a theft.
        let share = count.min(refreshed.tokens.len()) / clients;
        let from = refreshed.next;
        refreshed.next += share;
        let places: Vec<usize> = (from..refreshed.next).map(|n| n % refreshed.tokens.len()).collect();
        let tokens: Vec<String> = places.iter().map(|n| refreshed.tokens[*n].clone()).collect();
        walks.push((places, tokio::spawn(walk(http.clone(), url.clone(), tokens))));
    }
    let mut times = Vec::new();
    for (places, walk) in walks {
        for (place, (token, took)) in places.into_iter().zip(walk.await??) {
            refreshed.tokens[place] = token;
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
