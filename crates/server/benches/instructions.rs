//! One kind of request, so many times, for a tool that counts instructions: `.ci/instructions` runs it under `callgrind`.
//!
//! The request goes through the real router, without a socket, on a store of its own. `cargo bench -p hallpass-server
//! --bench instructions -- verify|refresh|login COUNT`.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use hallpass_auth::{Auth, Clock, Ctx, Deps, MasterKey};
use hallpass_http::extract::ClientIp;
use hallpass_http::state::{AppState, CookieSettings, HttpSettings};
use hallpass_jose::Alg;
use hallpass_model::Timestamp;
use hallpass_model::secret::Secret;
use hallpass_password::{HashPool, PoolOptions, Scheme};
use hallpass_server::app::App;
use hallpass_shared::Denylist;
use hallpass_store::{Options, Store};
use hallpass_testbed::world::{START, Seeded, settings};
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

const PASSWORD: &str = "hall-monitor 4711";

/// As the server has it: the system's takes another thousand instructions when its heap was used otherwise at the start.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// A clock that stands still: no work of the background comes between.
struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_secs(START)
    }
}

struct Server {
    router: Router,
    _folder: tempfile::TempDir,
}

impl Server {
    async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut settings = settings();
        settings.token.algorithm = Alg::Es256;
        (settings.rules.login.max, settings.rules.register.max) = (u32::MAX, u32::MAX);
        let scheme = Scheme::insecure_for_tests();
        let denylist = Arc::new(Denylist::new());
        let listener = denylist.clone();
        let options = Options::new(folder.path().join("hallpass.db"))
            .listener(Arc::new(move |entries| listener.committed(entries)));
        let deps = Deps {
            store: Store::connect(options).await.expect("the store opens"),
            denylist,
            limits: None,
            pool: HashPool::start(PoolOptions { threads: 1, lanes: 4, queue: 64, scheme }),
            master: MasterKey::new(Secret::new([5; 32])),
            mailer: None,
        };
        let random = Seeded::new(1);
        let auth =
            Auth::start(settings, deps, &Ctx::local(Still.now(), random.clone())).await.expect("the core starts");
        let state = AppState::new(auth, Arc::new(Still), random, http_settings(), None);
        Self { router: App::new(state, None).router(), _folder: folder }
    }

    async fn send(&self, method: &str, path: &str, authorization: Option<&str>, body: Option<&Value>) -> Value {
        let mut request = Request::builder().method(method).uri(path).header("host", "auth.example");
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let peer = ClientIp(SocketAddr::from((Ipv4Addr::LOCALHOST, 1)));
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let request = request.extension(peer).body(body).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("the router answers");
        assert!(matches!(response.status(), StatusCode::OK | StatusCode::CREATED), "{}", response.status());
        let body = response.into_body().collect().await.expect("a body").to_bytes();
        serde_json::from_slice(&body).unwrap_or_default()
    }
}

fn http_settings() -> HttpSettings {
    HttpSettings {
        origin: "https://auth.example".to_owned(),
        is_https: true,
        trusted_proxies: Vec::new(),
        cors_origins: Vec::new(),
        cookie: CookieSettings { name: "r".to_owned(), path: "/auth".to_owned(), secure: true, same_site: "Strict" },
        request_timeout: std::time::Duration::from_secs(600),
        streams_per_client: 1,
        places: hallpass_http::places::Places::default(),
        has_lab: false,
        is_lab_only: false,
    }
}

async fn run(work: &str, count: usize) {
    let server = Server::start().await;
    let credentials = json!({"email": "ada@example.com", "password": PASSWORD, "delivery": "body"});
    server.send("POST", "/auth/register", None, Some(&json!({"email": "ada@example.com", "password": PASSWORD}))).await;
    let mut tokens = server.send("POST", "/auth/login", None, Some(&credentials)).await;
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().expect("a token"));
    for _ in 0..count {
        match work {
            "verify" => drop(server.send("GET", "/auth/verify", Some(&bearer), None).await),
            "refresh" => {
                let body = json!({"refresh_token": tokens["refresh_token"]});
                tokens = server.send("POST", "/auth/refresh", None, Some(&body)).await;
            }
            "login" => drop(server.send("POST", "/auth/login", None, Some(&credentials)).await),
            other => panic!("no such work: {other}"),
        }
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [work, count] = arguments.as_slice() else {
        println!("verify, refresh or login, and how many: see .ci/instructions");
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(run(work, count.parse().expect("a number")));
}
