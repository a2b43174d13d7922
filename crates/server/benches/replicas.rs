//! From a logout on one replica to its refusal on another: through Redis, through the database alone, and strictly.
//!
//! `cargo bench -p hallpass-server --bench replicas`. Target: p99 under a second. Printed, not asserted.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use hallpass_testbed::redis::RedisServer;
use serde_json::{Value, json};

const ROUNDS: usize = 200;
const SETTINGS: [&str; 6] = [
    "issuer=http://localhost:8080",
    "log.level=error",
    "password.scheme=argon2id",
    "password.argon2_memory_kib=7168",
    "password.argon2_iterations=1",
    "limits.register_max=100000",
];

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// A server that ends with the bench.
struct Server {
    child: Child,
    url: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn start(folder: &Path, settings: &[&str]) -> Outcome<Server> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hallpass"));
    command
        .current_dir(folder)
        .env_clear()
        .args(SETTINGS.iter().chain(settings).flat_map(|setting| ["--set", setting]))
        .args(["--json", "--listen", "127.0.0.1:0"]);
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let stdout = child.stdout.take().ok_or("no output")?;
    let greeting: Value = serde_json::Deserializer::from_reader(stdout).into_iter().next().ok_or("no greeting")??;
    let url = format!("http://{}", greeting["listen"].as_str().ok_or("no address")?);
    Ok(Server { child, url })
}

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
