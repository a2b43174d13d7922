//! Client assertions (RFC 7523): each is good once, for one client, on every replica.

use hallpass_jose::{Alg, SigningKey};
use hallpass_store::Fault;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::process::{Running, Site, http};
use crate::support::{Answer, Client, ISSUER, TestServer};

const FORM: &str = "application/x-www-form-urlencoded";

/// A client that signs, and the claims of a good assertion.
async fn signing_client(server: &TestServer) -> (SigningKey, Value) {
    named_client(server, "orders", Alg::Es256).await
}

async fn named_client(server: &TestServer, name: &str, alg: Alg) -> (SigningKey, Value) {
    let key = SigningKey::generate(alg).expect("a key");
    let jwk = key.public_jwk().expect("a public key");
    let made = server.auth.operator().create_client_with_key(&server.ctx(), name, &jwk).await.expect("a client");
    let (id, now) = (made.id.to_string(), server.ctx().now.secs());
    (key, json!({"iss": id, "sub": id, "aud": ISSUER, "iat": now, "exp": now + 60, "jti": "1"}))
}

async fn with_assertion(server: &TestServer, assertion: &str) -> Answer {
    present(&mut server.client(), assertion).await
}

async fn present(client: &mut Client, assertion: &str) -> Answer {
    let kind = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";
    let form = format!("token=x&client_assertion_type={kind}&client_assertion={assertion}");
    client.post("/oauth/introspect").raw(FORM, form).send().await
}

#[tokio::test]
async fn an_assertion_proves_a_client_once() {
    let server = TestServer::new().await;
    let (key, mut claims) = signing_client(&server).await;
    let assertion = key.sign("JWT", &claims).expect("signed");
    with_assertion(&server, &assertion).await.expect(200);
    with_assertion(&server, &assertion).await.refused(401, "invalid_client");
    claims["jti"] = json!("2");
    let next = key.sign("client-authentication+jwt", &claims).expect("signed");
    let header = format!("Bearer {next}");
    server.client().get("/revocations").header("authorization", &header).send().await.expect(200);
    server.client().get("/revocations").header("authorization", &header).send().await.refused(401, "invalid_client");
}

#[tokio::test]
async fn an_assertion_must_be_by_about_and_for_the_right_ones_and_for_a_moment() {
    let server = TestServer::new().await;
    let (key, good) = signing_client(&server).await;
    let now = server.ctx().now.secs();
    let other = SigningKey::generate(Alg::Es256).expect("a key");
    for (name, value) in [
        ("sub", json!("01890a5d-ac96-774b-bcce-b302099a8057")),
        ("iss", json!("01890a5d-ac96-774b-bcce-b302099a8057")),
        ("aud", json!("https://other.example")),
        ("aud", json!([ISSUER, "https://other.example"])),
        ("aud", json!([])),
        ("exp", json!(now)),
        ("exp", json!(now + 3600)),
        ("exp", json!("soon")),
        ("iat", json!(now + 120)),
        ("nbf", json!(now + 120)),
        ("jti", json!("")),
        ("jti", Value::Null),
    ] {
        let mut claims = good.clone();
        claims[name] = value.clone();
        let assertion = key.sign("JWT", &claims).expect("signed");
        let answer = with_assertion(&server, &assertion).await;
        assert_eq!(answer.status.as_u16(), 401, "{name} {value}: {}", answer.text());
    }
    with_assertion(&server, &other.sign("JWT", &good).expect("signed")).await.refused(401, "invalid_client");
    with_assertion(&server, &key.sign("JWT", &good).expect("signed")).await.expect(200);
}

/// Signs the claims under this `jti`.
fn signed(key: &SigningKey, claims: &Value, jti: &str) -> String {
    let mut claims = claims.clone();
    claims["jti"] = json!(jti);
    key.sign("JWT", &claims).expect("signed")
}

/// How many unexpired assertions of one client are remembered.
const REMEMBERED: usize = 10_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_uses_up_its_assertions_locks_out_no_other_client() {
    let server = TestServer::new().await;
    let (greedy, claims) = named_client(&server, "greedy", Alg::EdDsa).await;
    let (modest, of_modest) = named_client(&server, "modest", Alg::EdDsa).await;
    with_assertion(&server, &signed(&modest, &of_modest, "before")).await.expect(200);
    let mut race = JoinSet::new();
    for n in 0..REMEMBERED {
        if race.len() == 64 {
            race.join_next().await;
        }
        let (mut client, assertion) = (server.client(), signed(&greedy, &claims, &n.to_string()));
        race.spawn(async move { present(&mut client, &assertion).await.expect(200) });
    }
    race.join_all().await;
    with_assertion(&server, &signed(&modest, &of_modest, "after")).await.expect(200);
    let refused = with_assertion(&server, &signed(&greedy, &claims, "one more")).await;
    refused.refused(429, "too_many_assertions");
    with_assertion(&server, &signed(&greedy, &claims, "0")).await.refused(401, "invalid_client");
    // What has expired needs no place any more.
    server.advance(std::time::Duration::from_secs(61));
    let mut later = claims.clone();
    later["exp"] = json!(server.ctx().now.secs() + 60);
    with_assertion(&server, &signed(&greedy, &later, "one more")).await.expect(200);
}

#[tokio::test]
async fn a_name_may_come_again_once_its_assertion_has_expired() {
    let server = TestServer::new().await;
    let (key, mut claims) = signing_client(&server).await;
    with_assertion(&server, &signed(&key, &claims, "1")).await.expect(200);
    server.advance(std::time::Duration::from_secs(60));
    claims["exp"] = json!(server.ctx().now.secs() + 60);
    let again = signed(&key, &claims, "1");
    with_assertion(&server, &again).await.expect(200);
    with_assertion(&server, &again).await.refused(401, "invalid_client");
}

#[tokio::test]
async fn the_same_name_by_two_clients_is_two_assertions() {
    let server = TestServer::new().await;
    for name in ["orders", "payments"] {
        let (key, claims) = named_client(&server, name, Alg::EdDsa).await;
        with_assertion(&server, &signed(&key, &claims, "1")).await.expect(200);
    }
}

#[tokio::test]
async fn a_store_that_fails_uses_no_assertion_up() {
    let server = TestServer::new().await;
    let (key, claims) = signing_client(&server).await;
    let assertion = signed(&key, &claims, "1");
    server.faults.break_only("use_once", Fault::Before);
    for _ in 0..2 {
        with_assertion(&server, &assertion).await.refused(503, "unavailable");
    }
    server.faults.mend();
    with_assertion(&server, &assertion).await.expect(200);
    with_assertion(&server, &assertion).await.refused(401, "invalid_client");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_simultaneous_uses_of_one_assertion_exactly_one_wins() {
    let server = TestServer::new().await;
    let (key, claims) = named_client(&server, "orders", Alg::EdDsa).await;
    for round in 0..50 {
        let assertion = signed(&key, &claims, &format!("round {round}"));
        let mut race = JoinSet::new();
        for _ in 0..8 {
            let (mut client, assertion) = (server.client(), assertion.clone());
            race.spawn(async move { present(&mut client, &assertion).await.status.as_u16() });
        }
        let mut statuses = race.join_all().await;
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 401, 401, 401, 401, 401, 401, 401]);
    }
}

async fn accepted_by(server: &Running, assertion: &str) -> u16 {
    http().get(server.url("/revocations")).bearer_auth(assertion).send().await.expect("an answer").status().as_u16()
}

#[tokio::test]
async fn an_assertion_is_good_once_on_all_replicas_and_after_a_restart() {
    let site = Site::new();
    let (mut here, there) = (site.serve(), site.serve());
    let key = SigningKey::generate(Alg::EdDsa).expect("a key");
    let jwk = serde_json::to_string(&key.public_jwk().expect("a public key")).expect("JSON");
    let file = site.write("orders.jwk", &jwk);
    let made = site.run(&["--json", "clients", "create", "orders", "--public-key", &file]).expect(0).json();
    let id = made["client_id"].as_str().expect("an id");
    let now = i64::try_from(std::time::UNIX_EPOCH.elapsed().expect("after 1970").as_secs()).expect("a time");
    let claims = json!({"iss": id, "sub": id, "aud": "http://localhost:8080", "iat": now, "exp": now + 240});
    for n in 0..20 {
        let assertion = signed(&key, &claims, &n.to_string());
        assert_eq!(accepted_by(&here, &assertion).await, 200);
        assert_eq!(accepted_by(&there, &assertion).await, 401, "a replica takes it again");
    }
    here.kill();
    let here = site.serve();
    for server in [&here, &there] {
        assert_eq!(accepted_by(server, &signed(&key, &claims, "0")).await, 401, "after a restart");
    }
}
