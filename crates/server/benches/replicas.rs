//! From a logout on one replica to its refusal on another: through Redis, through the database alone, and strictly.
//!
//! `cargo bench -p hallpass-server --bench replicas`. Target: p99 under a second. Printed, not asserted.

mod real;

use std::time::{Duration, Instant};

use hallpass_testbed::redis::RedisServer;
use serde_json::{Value, json};

use self::real::{Outcome, Server, start};

const ROUNDS: usize = 200;

async fn is_good(server: &Server, http: &reqwest::Client, token: &str) -> Outcome<bool> {
    let answer = http.get(format!("{}/auth/verify", server.url)).bearer_auth(token).send().await?;
    Ok(answer.status().is_success())
}

async fn round((one, other): (&Server, &Server), http: &reqwest::Client, number: usize) -> Outcome<(Duration, bool)> {
    let body = json!({"email": format!("user{number}@example.com"), "password": "hall-monitor 4711"});
    let made = http.post(format!("{}/auth/register", one.url)).json(&body).send().await?;
    let made: Value = made.error_for_status()?.json().await?;
    let token = made["access_token"].as_str().ok_or("no token")?;
    while !is_good(other, http, token).await? {}
    http.post(format!("{}/auth/logout", one.url)).bearer_auth(token).send().await?.error_for_status()?;
    let answered = Instant::now();
    let mut at_once = true;
    while is_good(other, http, token).await? {
        at_once = false;
    }
    Ok((answered.elapsed(), at_once))
}

async fn measure(name: &str, settings: &[&str]) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let (one, other) = (start(folder.path(), settings)?, start(folder.path(), settings)?);
    let http = reqwest::Client::builder().no_proxy().build()?;
    let (mut taken, mut at_once) = (Vec::with_capacity(ROUNDS), 0);
    for number in 0..ROUNDS {
        let (time, first) = round((&one, &other), &http, number).await?;
        taken.push(time);
        at_once += usize::from(first);
    }
    taken.sort();
    let at = |share: usize| taken[(ROUNDS * share / 100).min(ROUNDS - 1)].as_secs_f64() * 1000.0;
    println!(
        "{name:<22} p50 {:7.2}   p90 {:7.2}   p99 {:7.2}   longest {:7.2}   refused at the first question {at_once}",
        at(50),
        at(90),
        at(99),
        at(100)
    );
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    println!("logout answered by one replica to token refused by another, {ROUNDS} rounds, milliseconds");
    let redis = RedisServer::start();
    let url = format!("redis_url={}", redis.url());
    measure("the database alone", &[]).await?;
    measure("Redis", &[&url]).await?;
    measure("Redis, strict", &[&url, "denylist.consistency=strict"]).await
}
