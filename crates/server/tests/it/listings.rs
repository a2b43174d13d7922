//! The lab's listings in Node.js, `examples/node`: run beside a live hallpass, which tells the same story.

use std::process::Stdio;
use std::time::Duration;

use hallpass_jose::{Alg, SigningKey};
use hallpass_testbed::redis::RedisServer;
use serde_json::{Value, json};

use crate::child::{in_repository, node, packaged};
use crate::process::{Running, Site, http};

const AUDIENCE: &str = "https://api.example";
const PASSWORD: &str = "a long enough password";

/// Ada and Grace have accounts, and the key set has the key of the listings.
async fn make_ready(server: &Running, key: &SigningKey) {
    for email in ["ada@example.com", "grace@example.com"] {
        let body = json!({"email": email, "password": PASSWORD});
        let answer = http().post(server.url("/auth/register")).json(&body).send().await.expect("an answer");
        assert_eq!(answer.status(), 201);
    }
    until_published(server, key.kid()).await;
}

/// Waits, for a bounded time, until the key set has the key that the command line brought.
async fn until_published(server: &Running, kid: &str) {
    for _ in 0..300 {
        let set: Value = http()
            .get(server.url("/.well-known/jwks.json"))
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("JSON");
        if set["keys"].as_array().expect("keys").iter().any(|key| key["kid"] == kid) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the server does not hear of {kid}");
}

/// Runs one of `tests/e2e/listings` to its end, beside a server with these settings.
async fn run(script: &str, settings: &[&str]) {
    let redis = RedisServer::start();
    // No grace window, as in the listings: a used token that comes again is reuse at once.
    let site = Site::with(&["token.algorithm=RS256", &format!("audience={AUDIENCE}"), "token.refresh_grace=0s"]);
    let key = SigningKey::generate(Alg::Rs256).expect("a key");
    let pem = pem::encode(&pem::Pem::new("PRIVATE KEY", key.to_bytes().expect("bytes").to_vec()));
    let file = site.write("private.pem", &pem);
    let redis_url = format!("redis_url={}", redis.url());
    let server = site.serve_with(&[&[redis_url.as_str()], settings].concat());
    site.run(&["keys", "import", &file, "--algorithm", "RS256"]).expect(0);
    make_ready(&server, &key).await;
    let folder = packaged("examples/node");
    let told = json!({
        "hallpass": server.url(""),
        "issuer": "http://localhost:8080",
        "audience": AUDIENCE,
        "jwks": server.url("/.well-known/jwks.json"),
        "redis": redis.url(),
        "mails": site.path("hallpass-data/mail"),
        "key": file,
        "folder": folder.path(),
    });
    let mut command = node(&format!("tests/e2e/listings/{script}.mjs"));
    let said = command.arg(told.to_string()).stdin(Stdio::null()).output().expect("node runs");
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    assert!(said.status.success(), "{}\n{}", text(&said.stdout), text(&said.stderr));
}

#[tokio::test]
async fn the_listings_and_hallpass_answer_the_same_step_by_step() {
    run("story", &[]).await;
}

#[tokio::test]
async fn the_listings_take_no_fault_for_a_verdict_and_let_no_guesser_through() {
    run("faults", &[]).await;
}

#[tokio::test]
async fn one_secret_a_pem_file_and_a_package_do_what_the_listings_say() {
    run("variants", &["limits.login_max=10"]).await;
}

#[tokio::test]
async fn the_listing_and_hallpass_take_an_account_from_who_set_it_up() {
    run("prove", &[]).await;
}

#[test]
fn every_listing_is_shown_by_the_lab() {
    let shown = hallpass_lab::code::PATTERNS.into_iter().flat_map(hallpass_lab::code::of);
    let shown: Vec<_> = shown.filter(|one| one.language == "js").collect();
    for one in &shown {
        let file = std::fs::read_to_string(in_repository(one.file)).expect("a file");
        assert_eq!(file.trim_end(), one.code, "{} is shown as it is", one.file);
    }
    let patterns: std::collections::BTreeSet<_> = shown.iter().map(|one| one.pattern).collect();
    assert_eq!(patterns.len(), 6, "{patterns:?}");
}
