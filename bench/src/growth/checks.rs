//! `GET /auth/verify` beside an empty and a full denylist.

use std::path::Path;
use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::{Value, json};

use super::Growth;
use super::ground::{Ground, Served};
use super::report::Report;
use super::turns::in_turns;
use crate::Outcome;
use crate::load;

struct Checked {
    served: Served,
    /// The token of a user who may come in.
    bearer: String,
}

pub(super) async fn measure(binary: &Path, wanted: &Growth, report: &mut Report) -> Outcome<()> {
    let (ground, http) = (Ground::new(wanted.postgres)?, Client::builder().no_proxy().build()?);
    let (mut all, mut sizes) = (Vec::new(), wanted.revocations.clone());
    sizes.sort_unstable();
    for size in sizes {
        let place = ground.place(size);
        let loaded = load::revocations(binary, &place, size).await?;
        let served = Served::start(binary, place, (size, &loaded)).await?;
        let bearer = register(&http, &served).await?;
        all.push(Checked { served, bearer });
    }
    Report::heading("denylist");
    for clients in &wanted.clients {
        let turn = async |checked: &mut Checked, checks| turn(checked, &http, (*clients, checks)).await;
        let figures = in_turns(&mut all, wanted.checks, turn).await?;
        let sizes = all.iter().map(|checked| checked.served.size);
        report.add("verify", *clients, &sizes.zip(figures).collect::<Vec<_>>());
    }
    let installations = all.iter().map(|checked| checked.served.installation());
    report.add_installations("denylist", installations.collect::<Outcome<_>>()?);
    Ok(())
}

async fn register(http: &Client, served: &Served) -> Outcome<String> {
    let body = json!({"email": "ada@example.com", "password": "hall-monitor 4711"});
    let answer = http.post(served.server.url("/auth/register")).json(&body).send().await?.error_for_status()?;
    let made: Value = answer.json().await?;
    Ok(made["access_token"].as_str().ok_or("no token")?.to_owned())
}

/// So many checks, by so many clients at once.
async fn turn(checked: &mut Checked, http: &Client, (clients, checks): (usize, usize)) -> Outcome<Vec<Duration>> {
    let url = checked.served.server.url("/auth/verify");
    let walk = |_| tokio::spawn(walk(http.clone(), (url.clone(), checked.bearer.clone()), checks / clients));
    let walks: Vec<_> = (0..clients).map(walk).collect();
    let mut times = Vec::new();
    for walk in walks {
        times.append(&mut walk.await??);
    }
    Ok(times)
}

async fn walk(http: Client, (url, bearer): (String, String), checks: usize) -> Outcome<Vec<Duration>> {
    let mut times = Vec::with_capacity(checks);
    for _ in 0..checks {
        let begun = Instant::now();
        http.get(&url).bearer_auth(&bearer).send().await?.error_for_status()?.bytes().await?;
        times.push(begun.elapsed());
    }
    Ok(times)
}
