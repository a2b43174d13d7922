//! From a logout to its refusal in another process: how long a revoked token goes on being good elsewhere.
//!
//! `cargo bench -p hallpass-server --bench revocation`. Target: p99 under a second. Printed, not asserted.

mod real;

use std::path::Path;
use std::time::{Duration, Instant};

use hallpass_verify::{Beyond, Feed, JwksUrl, Staleness, Verifier};
use serde_json::{Value, json};

use self::real::{Outcome, Server, command, start};

const ROUNDS: usize = 300;
const ISSUER: &str = "http://localhost:8080";

fn verifier(server: &Server, folder: &Path) -> Outcome<Verifier> {
    let made = command(folder, &[], &["--json", "clients", "create", "bench"]).output()?;
    let made: Value = serde_json::from_slice(&made.stdout)?;
    let text = |name: &str| made[name].as_str().unwrap_or_default().to_owned();
    let feed = Feed::new(&server.url, text("client_id"), text("client_secret"))?;
    let staleness = Staleness { at_most: Duration::from_secs(60), beyond: Beyond::Refuse };
    let keys = JwksUrl::new(format!("{}/.well-known/jwks.json", server.url))?;
    Ok(Verifier::builder().issuer(ISSUER).audience(ISSUER).keys_from(keys).revocation_feed(feed, staleness).build())
}

async fn round(server: &Server, verifier: &Verifier, http: &reqwest::Client, number: usize) -> Outcome<Duration> {
    let body = json!({"email": format!("user{number}@example.com"), "password": "hall-monitor 4711"});
    let made = http.post(format!("{}/auth/register", server.url)).json(&body).send().await?;
    let made: Value = made.error_for_status()?.json().await?;
    let token = made["access_token"].as_str().ok_or("no token")?;
    while verifier.verify(token).await.is_err() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let logout = http.post(format!("{}/auth/logout", server.url)).bearer_auth(token).send();
    logout.await?.error_for_status()?;
    let answered = Instant::now();
    while verifier.verify_offline(token).is_ok() {
        tokio::task::yield_now().await;
    }
    Ok(answered.elapsed())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let server = start(folder.path(), &[])?;
    let (verifier, http) = (verifier(&server, folder.path())?, reqwest::Client::builder().no_proxy().build()?);
    let mut taken = Vec::with_capacity(ROUNDS);
    for number in 0..ROUNDS {
        taken.push(round(&server, &verifier, &http, number).await?);
    }
    taken.sort();
    let at = |share: usize| taken[(ROUNDS * share / 100).min(ROUNDS - 1)].as_secs_f64() * 1000.0;
    println!("logout answered to token refused in another process, {ROUNDS} rounds, milliseconds");
    println!("p50 {:.2}   p90 {:.2}   p99 {:.2}   longest {:.2}", at(50), at(90), at(99), at(100));
    Ok(())
}
