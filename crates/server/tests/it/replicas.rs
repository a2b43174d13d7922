//! Several servers that share a database and a Redis: what one revokes the others refuse, what one counts they all
//! count; and what becomes of it when Redis, or the way to it, fails.

use std::time::{Duration, Instant};

use hallpass_testbed::proxy::{Network, Proxy};
use hallpass_testbed::redis::RedisServer;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::process::{Running, Site, http};

const PASSWORD: &str = "hall-monitor 4711";
const STRICT: &str = "denylist.consistency=strict";

/// Two replicas, each with a way to Redis of its own.
struct Replicas {
    servers: [Running; 2],
    ways: [Proxy; 2],
    redis: RedisServer,
    site: Site,
}

impl Replicas {
    fn start(settings: &[&str]) -> Self {
        let redis = RedisServer::start();
        let site = Site::with(settings);
        let ways = [Proxy::to(redis.port()), Proxy::to(redis.port())];
        let serve = |way: &Proxy| site.serve_with(&[&format!("redis_url=redis://127.0.0.1:{}", way.port())]);
        let servers = [serve(&ways[0]), serve(&ways[1])];
        Self { servers, ways, redis, site }
    }

    fn networks_become(&self, network: Network) {
        self.ways.iter().for_each(|way| way.becomes(network));
    }
}

async fn post(server: &Running, path: &str, body: Value) -> Response {
    http().post(server.url(path)).json(&body).send().await.expect("an answer")
}

/// An access token of a fresh account.
async fn register(server: &Running, email: &str) -> String {
    let answer = post(server, "/auth/register", json!({"email": email, "password": PASSWORD})).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let body: Value = answer.json().await.expect("JSON");
    body["access_token"].as_str().expect("a token").to_owned()
}

async fn login(server: &Running, email: &str, password: &str) -> StatusCode {
    post(server, "/auth/login", json!({"email": email, "password": password})).await.status()
}

async fn check(server: &Running, token: &str) -> Response {
    http().get(server.url("/auth/verify")).bearer_auth(token).send().await.expect("an answer")
}

async fn logout(server: &Running, token: &str) {
    let answer = http().post(server.url("/auth/logout")).bearer_auth(token).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
}

/// Waits until a check answers so.
async fn until_check(server: &Running, token: &str, status: StatusCode) {
    let begun = Instant::now();
    loop {
        let said = check(server, token).await.status();
        if said == status {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{said} and not {status}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn what_one_replica_revokes_the_other_refuses_within_a_moment() {
    let replicas = Replicas::start(&[]);
    let [one, other] = &replicas.servers;
    for n in 0..10 {
        let token = register(one, &format!("ada{n}@example.com")).await;
        assert_eq!(check(other, &token).await.status(), StatusCode::OK);
        logout(one, &token).await;
        until_check(other, &token, StatusCode::UNAUTHORIZED).await;
    }
    let names = replicas.redis.command(&["keys", "blacklist:session:*"]);
    assert_eq!(names.lines().count(), 10, "{names}");
}

#[tokio::test]
async fn with_strict_consistency_the_other_refuses_at_once() {
    let replicas = Replicas::start(&[STRICT]);
    let [one, other] = &replicas.servers;
    for n in 0..25 {
        let token = register(one, &format!("ada{n}@example.com")).await;
        assert_eq!(check(other, &token).await.status(), StatusCode::OK);
        logout(one, &token).await;
        assert_eq!(check(other, &token).await.status(), StatusCode::UNAUTHORIZED, "round {n}");
    }
}

#[tokio::test]
async fn a_strict_check_reads_redis_and_not_what_it_was_told() {
    let replicas = Replicas::start(&[STRICT]);
    let [one, _] = &replicas.servers;
    let token = register(one, "ada@example.com").await;
    let answer = check(one, &token).await;
    let session = answer.headers()["x-auth-session"].to_str().expect("ASCII");
    let key = format!("blacklist:session:{session}");
    replicas.redis.command(&["set", &key, "1", "px", "60000"]);
    assert_eq!(check(one, &token).await.status(), StatusCode::UNAUTHORIZED);
    replicas.redis.command(&["del", &key]);
    assert_eq!(check(one, &token).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn failures_count_over_all_replicas_and_the_command_line_ends_a_lock() {
    let replicas = Replicas::start(&[]);
    register(&replicas.servers[0], "ada@example.com").await;
    for n in 0..5 {
        let server = &replicas.servers[n % 2];
        assert_eq!(login(server, "ada@example.com", "wrong guess").await, StatusCode::UNAUTHORIZED);
    }
    for server in &replicas.servers {
        assert_eq!(login(server, "ada@example.com", PASSWORD).await, StatusCode::TOO_MANY_REQUESTS);
    }
    let url = format!("redis_url={}", replicas.redis.url());
    replicas.site.run(&["--set", &url, "users", "unlock", "ada@example.com"]).expect(0);
    for server in &replicas.servers {
        assert_eq!(login(server, "ada@example.com", PASSWORD).await, StatusCode::OK);
    }
}

#[tokio::test]
async fn attempts_of_an_address_count_over_all_replicas() {
    let replicas = Replicas::start(&["limits.login_max=6"]);
    let mut said = Vec::new();
    for n in 0..8 {
        let server = &replicas.servers[n % 2];
        said.push(login(server, &format!("nobody{n}@example.com"), "wrong guess").await.as_u16());
    }
    assert_eq!(said, [401, 401, 401, 401, 401, 401, 429, 429]);
}

/// Redis is out of reach in every way: logins go on, counted with care; a strict check says 503 and when to come
/// again; a revocation is done and heard of all the same; and all is well again without a restart.
#[tokio::test]
async fn out_of_reach_in_every_way_redis_revives_nothing_and_stops_nobody() {
    let faults = [Network::Down, Network::Silent, Network::Slow(Duration::from_secs(5)), Network::CutsAnswers];
    let replicas = Replicas::start(&[STRICT]);
    let [one, other] = &replicas.servers;
    let cut_off = format!("redis_url=redis://127.0.0.1:{}", replicas.ways[0].port());
    for (n, fault) in faults.into_iter().enumerate() {
        let (ada, bob) = (format!("ada{n}@example.com"), format!("bob{n}@example.com"));
        let (token, ended) = (register(one, &ada).await, register(one, &bob).await);
        replicas.networks_become(fault);
        let answer = check(other, &token).await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE, "{fault:?}");
        assert!(answer.headers().contains_key("retry-after"));
        let problem: Value = answer.json().await.expect("JSON");
        assert_eq!(problem["code"], "unavailable");
        assert_eq!(login(other, &ada, PASSWORD).await, StatusCode::OK, "{fault:?}");
        let mut said = Vec::new();
        for _ in 0..8 {
            said.push(login(other, "nobody@example.com", "wrong guess").await.as_u16());
        }
        assert!(said.contains(&429), "{fault:?}: guesses are counted: {said:?}");
        // A bearer cannot log out while nobody can say whether it was revoked; the command line can.
        replicas.site.run(&["--set", &cut_off, "users", "logout", &bob]).expect(0);
        until_check(other, &ended, StatusCode::UNAUTHORIZED).await;
        replicas.networks_become(Network::Fine);
        until_check(other, &token, StatusCode::OK).await;
        for server in &replicas.servers {
            assert_eq!(check(server, &ended).await.status(), StatusCode::UNAUTHORIZED, "{fault:?}");
        }
    }
}

#[tokio::test]
async fn a_redis_that_was_stopped_and_comes_back_empty_is_given_everything_back() {
    let mut replicas = Replicas::start(&[STRICT]);
    let (token, ended) = (
        register(&replicas.servers[0], "ada@example.com").await,
        register(&replicas.servers[0], "eve@example.com").await,
    );
    logout(&replicas.servers[0], &ended).await;
    let names = |replicas: &Replicas| -> std::collections::BTreeSet<String> {
        replicas.redis.command(&["keys", "blacklist:*"]).lines().map(str::to_owned).collect()
    };
    let before = names(&replicas);
    assert!(before.len() == 2 && before.iter().any(|name| name.starts_with("blacklist:session:")), "{before:?}");
    for server in &replicas.servers {
        until_check(server, &ended, StatusCode::UNAUTHORIZED).await;
    }
    // Long enough for both to have read it in the database, too.
    tokio::time::sleep(Duration::from_millis(600)).await;
    replicas.redis.stop();
    for server in &replicas.servers {
        until_check(server, &ended, StatusCode::UNAUTHORIZED).await;
        until_check(server, &token, StatusCode::SERVICE_UNAVAILABLE).await;
    }
    replicas.redis.start_again();
    for server in &replicas.servers {
        until_check(server, &token, StatusCode::OK).await;
        assert_eq!(check(server, &ended).await.status(), StatusCode::UNAUTHORIZED);
    }
    assert_eq!(names(&replicas), before);
    replicas.redis.command(&["flushall"]);
    until("the set is there again", || names(&replicas) == before).await;
    for server in &replicas.servers {
        until_check(server, &token, StatusCode::OK).await;
    }
}

#[tokio::test]
async fn a_replica_that_is_cut_off_from_redis_hears_of_revocations_from_the_database() {
    let replicas = Replicas::start(&[]);
    let [one, other] = &replicas.servers;
    let (first, second) = (register(one, "ada@example.com").await, register(one, "bob@example.com").await);
    replicas.ways[1].becomes(Network::Silent);
    logout(one, &first).await;
    until_check(other, &first, StatusCode::UNAUTHORIZED).await;
    // And what it revokes itself is answered for, and put into Redis by the one that can.
    logout(other, &second).await;
    until_check(one, &second, StatusCode::UNAUTHORIZED).await;
    let names = || replicas.redis.command(&["keys", "blacklist:session:*"]);
    until("both are in Redis", || names().lines().count() == 2).await;
}

#[tokio::test]
async fn allowed_to_go_on_a_strict_check_goes_by_what_it_knows() {
    let replicas = Replicas::start(&[STRICT, "denylist.on_outage=allow"]);
    let [one, other] = &replicas.servers;
    let (token, ended) = (register(one, "ada@example.com").await, register(one, "bob@example.com").await);
    replicas.networks_become(Network::Down);
    assert_eq!(check(other, &token).await.status(), StatusCode::OK);
    logout(one, &ended).await;
    until_check(other, &ended, StatusCode::UNAUTHORIZED).await;
    let metrics = http().get(other.url("/metrics")).send().await.expect("an answer").text().await.expect("a text");
    assert!(metrics.contains("hallpass_denylist_outages_total{verdict=\"allow\"}"), "{metrics}");
    let ready = http().get(other.url("/readyz")).send().await.expect("an answer");
    assert_eq!(ready.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_strict_server_is_ready_when_redis_can_be_believed() {
    let replicas = Replicas::start(&[STRICT]);
    let ready = async || http().get(replicas.servers[0].url("/readyz")).send().await.expect("an answer").status();
    assert_eq!(ready().await, StatusCode::OK);
    replicas.networks_become(Network::Down);
    assert_eq!(ready().await, StatusCode::SERVICE_UNAVAILABLE);
    replicas.networks_become(Network::Fine);
    let begun = Instant::now();
    while ready().await != StatusCode::OK {
        assert!(begun.elapsed() < Duration::from_secs(60), "still not ready");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[test]
fn a_server_does_not_start_on_a_redis_that_would_forget() {
    let redis = RedisServer::start_with(&["--maxmemory-policy", "allkeys-lru"]);
    let url = format!("redis_url={}", redis.url());
    let site = Site::with(&[&url]);
    let refused = site.run(&["--json", "--listen", "127.0.0.1:0", "serve"]).expect(1);
    assert_eq!(refused.error(), "unsafe_redis");
    redis.command(&["config", "set", "maxmemory-policy", "noeviction"]);
    drop(site.serve());
    let told = |code| site.run(&["doctor"]).expect(code).stdout;
    let line = |told: &str| told.lines().find(|line| line.contains(" redis ")).expect("a line").to_owned();
    assert!(line(&told(0)).contains("evicts nothing"));
    redis.command(&["config", "set", "maxmemory-policy", "volatile-ttl"]);
    assert!(line(&told(1)).contains("noeviction"));
}

#[test]
fn a_server_starts_without_its_redis_and_says_so() {
    let port = hallpass_testbed::redis::free_port();
    let site = Site::with(&[&format!("redis_url=redis://:hush-hush@127.0.0.1:{port}")]);
    drop(site.serve());
    assert!(site.log().contains("Redis does not answer"), "{}", site.log());
    assert!(!site.log().contains("hush-hush"));
    let shown = site.run(&["config"]).expect(0).stdout;
    assert!(shown.contains("redis_url") && !shown.contains("hush-hush"), "{shown}");
}

async fn until(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(60), "still not: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The admin's end of a session is the user's own: no second way round the other replicas.
#[tokio::test]
async fn with_strict_consistency_the_other_refuses_what_an_admin_ended_at_once() {
    let replicas = Replicas::start(&[STRICT]);
    let [one, other] = &replicas.servers;
    let (email, password) = one.first_admin().expect("an admin");
    let answer = post(one, "/auth/login", json!({"email": email, "password": password})).await;
    let body: Value = answer.json().await.expect("JSON");
    let root = body["access_token"].as_str().expect("a token");
    let mut late = Vec::new();
    let rounds = hallpass_testbed::rounds(60);
    for n in 0..rounds {
        let token = register(one, &format!("ada{n}@example.com")).await;
        let answer = check(other, &token).await;
        let header = |name: &str| answer.headers()[name].to_str().expect("ASCII").to_owned();
        let path = format!("/admin/users/{}/sessions/{}", header("x-auth-user"), header("x-auth-session"));
        let ended = http().delete(one.url(&path)).bearer_auth(root).send().await.expect("an answer");
        assert_eq!(ended.status(), StatusCode::NO_CONTENT);
        if check(other, &token).await.status() != StatusCode::UNAUTHORIZED {
            late.push(n);
        }
    }
    assert!(late.is_empty(), "{} of {rounds} were accepted by the other after the answer: {late:?}", late.len());
}

/// Whatever a revoked key has signed is refused by every replica once the revocation is answered.
#[tokio::test]
async fn with_strict_consistency_the_other_refuses_what_a_revoked_key_signed_at_once() {
    let replicas = Replicas::start(&[STRICT]);
    let [one, other] = &replicas.servers;
    let (email, password) = one.first_admin().expect("an admin");
    let mut late = Vec::new();
    for n in 0..20 {
        let answer = post(one, "/auth/login", json!({"email": email, "password": password})).await;
        let body: Value = answer.json().await.expect("JSON");
        let token = body["access_token"].as_str().expect("a token");
        assert_eq!(check(other, token).await.status(), StatusCode::OK);
        let header = hallpass_jose::dangerous::decode(token).expect("a token").header;
        let path = format!("/admin/keys/{}", header["kid"].as_str().expect("a kid"));
        let revoked = http().delete(one.url(&path)).bearer_auth(token).send().await.expect("an answer");
        assert_eq!(revoked.status(), StatusCode::NO_CONTENT);
        if check(other, token).await.status() != StatusCode::UNAUTHORIZED {
            late.push(n);
        }
    }
    assert!(late.is_empty(), "{} of 20 were accepted by the other after the answer: {late:?}", late.len());
}
