//! A second process' view: the verification crate in front of the real server, which never tells it a secret.

use std::time::Duration;

use hallpass_verify::{Beyond, Feed, JwksUrl, Refusal, Staleness, Verifier};
use serde_json::{Value, json};

use crate::process::{Running, Site, http};

const ISSUER: &str = "http://localhost:8080";
const PASSWORD: &str = "hall-monitor 4711";

fn verifier(server: &Running, site: &Site, beyond: Beyond) -> Verifier {
    let made = site.run(&["--json", "clients", "create", &format!("orders {beyond:?}")]).expect(0).json();
    let text = |name: &str| made[name].as_str().expect("a text").to_owned();
    let feed = Feed::new(&server.url(""), text("client_id"), text("client_secret")).expect("this machine");
    let keys = JwksUrl::new(server.url("/.well-known/jwks.json")).expect("this machine");
    Verifier::builder()
        .issuer(ISSUER)
        .audience(ISSUER)
        .keys_from(keys)
        .key_cooldown(Duration::from_millis(100))
        .cache_tokens(1000)
        .revocation_feed(feed, Staleness { at_most: Duration::from_secs(8), beyond })
        .build()
}

async fn register(server: &Running, email: &str) -> String {
    let body = json!({"email": email, "password": PASSWORD});
    let answer = http().post(server.url("/auth/register")).json(&body).send().await.expect("an answer");
    answer.json::<Value>().await.expect("JSON")["access_token"].as_str().expect("a token").to_owned()
}

async fn post(server: &Running, path: &str, token: &str) {
    let answer = http().post(server.url(path)).bearer_auth(token).send().await.expect("an answer");
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
}

fn signer(token: &str) -> String {
    let stated = hallpass_jose::dangerous::decode(token).expect("a token");
    stated.header["kid"].as_str().expect("a kid").to_owned()
}

/// Registers until the server, which hears of a rotation by the command line a moment later, signs with another key.
async fn register_under_another_key(server: &Running, former: &str) -> String {
    for attempt in 0..300 {
        let token = register(server, &format!("new{attempt}@example.com")).await;
        if signer(&token) != former {
            return token;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the server does not hear of the rotation");
}

/// Waits, for a bounded time, until a token gets this verdict.
async fn until(verifier: &Verifier, token: &str, expected: Result<(), Refusal>) {
    let mut verdict = Ok(());
    for _ in 0..300 {
        verdict = verifier.verify(token).await.map(|_| ());
        if verdict == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it stays {verdict:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_logout_a_suspension_and_a_revoked_key_are_refused_in_another_process() {
    let site = Site::with(&["token.algorithm=ES256"]);
    let server = site.serve();
    let verifier = verifier(&server, &site, Beyond::Refuse);
    let (ada, bob, eve) = (
        register(&server, "ada@example.com").await,
        register(&server, "bob@example.com").await,
        register(&server, "eve@example.com").await,
    );
    for token in [&ada, &bob, &eve] {
        until(&verifier, token, Ok(())).await;
    }
    post(&server, "/auth/logout", &ada).await;
    until(&verifier, &ada, Err(Refusal::Revoked)).await;
    site.run(&["users", "suspend", "bob@example.com"]).expect(0);
    until(&verifier, &bob, Err(Refusal::Revoked)).await;
    site.run(&["keys", "rotate", "--force"]).expect(0);
    let former = signer(&eve);
    let new = register_under_another_key(&server, &former).await;
    until(&verifier, &new, Ok(())).await;
    until(&verifier, &eve, Ok(())).await;
    site.run(&["keys", "revoke", &former]).expect(0);
    until(
        &verifier,
        &eve,
        Err(Refusal::Invalid(hallpass_verify::TokenError::Jws(hallpass_verify::JwsError::UnknownKey))),
    )
    .await;
    until(&verifier, &new, Ok(())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_the_server_killed_it_goes_on_verifying_for_as_long_as_was_chosen() {
    let site = Site::new();
    let mut server = site.serve();
    let (careful, trusting) = (verifier(&server, &site, Beyond::Refuse), verifier(&server, &site, Beyond::Accept));
    let (ada, bob) = (register(&server, "ada@example.com").await, register(&server, "bob@example.com").await);
    post(&server, "/auth/logout", &bob).await;
    for verifier in [&careful, &trusting] {
        until(verifier, &ada, Ok(())).await;
        until(verifier, &bob, Err(Refusal::Revoked)).await;
    }
    server.kill();
    assert!(careful.verify(&ada).await.is_ok(), "it needs no server");
    until(&careful, &ada, Err(Refusal::RevocationsUnknown)).await;
    // The one may have heard the last heartbeat a moment after the other.
    for _ in 0..300 {
        assert!(trusting.verify(&ada).await.is_ok(), "it was told to accept");
        if trusting.stats().unchecked > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(trusting.stats().unchecked > 0);
    assert_eq!(trusting.verify(&bob).await, Err(Refusal::Revoked));
}

#[test]
fn a_problem_of_the_verifier_has_the_title_and_the_status_that_the_server_gives_it() {
    let invalid = Refusal::Invalid(hallpass_verify::TokenError::Expired);
    for refusal in [Refusal::Missing, Refusal::Ambiguous, invalid, Refusal::Forbidden, Refusal::KeysUnavailable] {
        let kind = hallpass_http::problem::registry::find(refusal.code()).expect("a code of the server");
        assert_eq!((refusal.title(), refusal.status()), (kind.title, kind.status), "{refusal:?}");
    }
}
