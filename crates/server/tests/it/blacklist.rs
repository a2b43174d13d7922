//! Other people's middleware in front of Redis: `jsonwebtoken`, then `redis.get("blacklist:" + jti)`, and nothing else
//! known of us. What ends a token by its name is refused there; what ends a session or a user, by two more names.

use std::time::Duration;

use hallpass_jose::dangerous;
use hallpass_testbed::redis::RedisServer;
use serde_json::{Value, json};

use crate::child::{Program, block, in_repository, node};
use crate::people::{Person, admin, register};
use crate::process::{Running, Site, http};
use crate::support::PASSWORD;

const AUDIENCE: &str = "https://api.example";

struct Installation {
    site: Site,
    server: Running,
    redis: RedisServer,
    service: Program,
    port: u16,
}

impl Installation {
    fn new() -> Self {
        let redis = RedisServer::start();
        let site = Site::with(&["token.algorithm=ES256", &format!("audience={AUDIENCE}")]);
        let server = site.serve_with(&[&format!("redis_url={}", redis.url())]);
        let told = json!({
            "issuer": "http://localhost:8080",
            "audience": AUDIENCE,
            "jwks": server.url("/.well-known/jwks.json"),
            "algorithm": "ES256",
            "url": redis.url(),
        });
        let mut command = node("tests/e2e/clients/blacklist.mjs");
        command.arg(told.to_string());
        let service = Program::start(command);
        let port = service.line().parse().expect("a port");
        Self { site, server, redis, service, port }
    }

    /// What the service answers: by the token's name alone, and by all three.
    async fn asked(&self, person: &Person) -> (u16, u16) {
        let ask = async |path: &str| {
            let request = http().get(format!("http://127.0.0.1:{}{path}", self.port)).bearer_auth(&person.token);
            request.send().await.expect("an answer").status().as_u16()
        };
        (ask("/token").await, ask("/all").await)
    }

    async fn act(&self, method: reqwest::Method, path: &str, person: &Person, body: Option<Value>) {
        let request = http().request(method, self.server.url(path)).bearer_auth(&person.token);
        let request = if let Some(body) = body { request.json(&body) } else { request };
        let answer = request.send().await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
    }

    async fn post(&self, path: &str, person: &Person) {
        self.act(reqwest::Method::POST, path, person, None).await;
    }
}

/// A claim of the token.
fn claim(person: &Person, name: &str) -> Value {
    dangerous::decode(&person.token).expect("a token").claims[name].clone()
}

const GOOD: (u16, u16) = (200, 200);
const REFUSED: (u16, u16) = (401, 401);
/// Only the two other names tell.
const BY_OTHER_NAMES: (u16, u16) = (200, 401);

#[tokio::test]
async fn a_logout_by_access_token_is_refused_by_middleware_that_looks_for_the_tokens_name() {
    let installation = Installation::new();
    let (ada, bob) = (
        register(&installation.server, "ada@example.com").await,
        register(&installation.server, "bob@example.com").await,
    );
    assert_eq!((installation.asked(&ada).await, installation.asked(&bob).await), (GOOD, GOOD));
    installation.post("/auth/logout", &ada).await;
    assert_eq!((installation.asked(&ada).await, installation.asked(&bob).await), (REFUSED, GOOD));
    let name = format!("blacklist:{}", claim(&ada, "jti").as_str().expect("a jti"));
    assert_eq!(installation.redis.command(&["GET", &name]).trim(), "1");
    let left: i64 = installation.redis.command(&["TTL", &name]).trim().parse().expect("seconds");
    assert!((800..=1000).contains(&left), "the remaining life of the token, and not {left} s");
}

#[tokio::test]
async fn every_act_that_knows_the_token_names_it() {
    let installation = Installation::new();
    for (n, path) in ["/auth/logout", "/auth/logout-all", "/auth/sessions/{sid}", "/oauth/revoke"].iter().enumerate() {
        let person = register(&installation.server, &format!("user{n}@example.com")).await;
        assert_eq!(installation.asked(&person).await, GOOD);
        match *path {
            "/oauth/revoke" => {
                let made = installation.site.run(&["--json", "clients", "create", "orders"]).expect(0).json();
                let (id, secret) = (made["client_id"].as_str().expect("an id"), made["client_secret"].as_str());
                let request = http().post(installation.server.url(path)).basic_auth(id, secret);
                let request = request.header("content-type", "application/x-www-form-urlencoded");
                assert_eq!(
                    request.body(format!("token={}", person.token)).send().await.expect("an answer").status(),
                    200
                );
            }
            "/auth/sessions/{sid}" => {
                let path = path.replace("{sid}", &person.session);
                installation.act(reqwest::Method::DELETE, &path, &person, None).await;
            }
            path => installation.post(path, &person).await,
        }
        assert_eq!(installation.asked(&person).await, REFUSED, "{path}");
    }
}

#[tokio::test]
async fn an_act_that_knows_the_session_or_the_user_is_told_by_the_two_other_names() {
    let installation = Installation::new();
    let root = admin(&installation.server).await;
    let body = json!({"email": "ada@example.com", "password": PASSWORD, "delivery": "body"});
    let answer = http().post(installation.server.url("/auth/register")).json(&body).send().await.expect("an answer");
    let tokens: Value = answer.json().await.expect("JSON");
    let token = tokens["access_token"].as_str().expect("a token").to_owned();
    let ada = Person { id: String::new(), session: String::new(), token };
    let refresh = json!({"refresh_token": tokens["refresh_token"]});
    let answer = http().post(installation.server.url("/auth/logout")).json(&refresh).send().await.expect("an answer");
    assert_eq!(answer.status(), 204);
    assert_eq!(installation.asked(&ada).await, BY_OTHER_NAMES, "a logout by refresh token knows the session");
    // The token comes after all: its session has ended, and now its own name is known.
    installation.post("/auth/logout", &ada).await;
    assert_eq!(installation.asked(&ada).await, REFUSED);
    let bob = register(&installation.server, "bob@example.com").await;
    let suspended = Some(json!({"status": "suspended"}));
    installation.act(reqwest::Method::PATCH, &format!("/admin/users/{}", bob.id), &root, suspended).await;
    assert_eq!(installation.asked(&bob).await, BY_OTHER_NAMES, "a suspension knows the user");
    assert_eq!(installation.asked(&root).await, GOOD);
}

#[tokio::test]
async fn a_redis_that_forgets_is_given_the_names_back() {
    let installation = Installation::new();
    let ada = register(&installation.server, "ada@example.com").await;
    installation.post("/auth/logout", &ada).await;
    installation.redis.command(&["FLUSHALL"]);
    for _ in 0..300 {
        if installation.asked(&ada).await == REFUSED {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the name is not pushed again");
}

#[tokio::test]
async fn the_same_logout_again_writes_nothing() {
    let installation = Installation::new();
    let ada = register(&installation.server, "ada@example.com").await;
    for _ in 0..5 {
        installation.post("/auth/logout", &ada).await;
    }
    let made = installation.site.run(&["--json", "clients", "create", "orders"]).expect(0).json();
    let (id, secret) = (made["client_id"].as_str().expect("an id"), made["client_secret"].as_str());
    let request = http().get(installation.server.url("/revocations")).basic_auth(id, secret);
    let feed: Value = request.send().await.expect("an answer").json().await.expect("JSON");
    let mut kinds: Vec<&str> =
        feed["entries"].as_array().expect("entries").iter().filter_map(|entry| entry["kind"].as_str()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["session", "token"]);
    drop(installation.service);
}

#[test]
fn the_document_shows_the_lines_that_the_service_runs() {
    let service = std::fs::read_to_string(in_repository("tests/e2e/clients/blacklist.mjs")).expect("a script");
    for after in ["## With Redis alone", "which one `MGET` asks for"] {
        let shown = block("docs/verifying.md", after, "js");
        for line in shown.lines().map(str::trim).filter(|line| !line.is_empty()) {
            assert!(service.contains(line), "the service does not run: {line}");
        }
    }
}
