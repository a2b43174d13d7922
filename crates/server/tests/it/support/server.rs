//! A server of its own for each test: real store in a temporary folder, the real router, no socket.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hallpass_auth::{Auth, Clock, Ctx, Deps, MasterKey, Settings};
use hallpass_http::state::{AppState, CookieSettings, HttpSettings};
use hallpass_lab::{Lab, LabSettings};
use hallpass_mail::Mailer;
use hallpass_model::secret::Secret;
use hallpass_model::{Role, UserId};
use hallpass_password::{HashPool, Password, PoolOptions, Scheme};
use hallpass_server::app::App;
use hallpass_server::config::Config;
use hallpass_shared::{Denylist, Redis, RedisDenylist, RedisLimits, RedisUrl, SharedLimits, TimeSource};
use hallpass_store::Store;
use hallpass_testbed::redis::RedisServer;
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::world::{FaultPlan, Seeded, TestClock};
use super::{Answer, Client, ISSUER, PASSWORD};

/// What a test may change before its server starts.
pub struct Setup {
    pub settings: Settings,
    pub http: HttpSettings,
    pub pool: PoolOptions,
    /// Where Redis is, if there is one.
    pub redis: Option<String>,
    pub lab: Option<LabSettings>,
    /// Whether there is mail.
    pub has_mail: bool,
    /// The port of a mail server; mail is written into a folder without one.
    pub mail_server: Option<u16>,
}

impl Default for Setup {
    fn default() -> Self {
        let scheme = Scheme::insecure_for_tests();
        Self {
            settings: settings(scheme),
            http: http_settings(),
            pool: PoolOptions { threads: 2, lanes: 4, queue: 64, scheme },
            redis: None,
            lab: None,
            has_mail: true,
            mail_server: None,
        }
    }
}

/// The defaults of the contract, by which every test starts.
fn settings(scheme: Scheme) -> Settings {
    let mut settings = hallpass_testbed::world::settings();
    settings.accounts.scheme = scheme;
    settings
}

fn http_settings() -> HttpSettings {
    HttpSettings {
        origin: ISSUER.to_owned(),
        is_https: true,
        trusted_proxies: vec!["10.0.0.0/8".parse().expect("a network")],
        cors_origins: vec!["https://app.example".to_owned()],
        cookie: CookieSettings {
            name: "refresh_token".to_owned(),
            path: "/auth".to_owned(),
            secure: true,
            same_site: "Strict",
        },
        request_timeout: Duration::from_secs(30),
        streams_per_client: 128,
        places: hallpass_http::places::Places::default(),
        has_lab: false,
        is_lab_only: false,
    }
}

/// A running server without a socket.
pub struct TestServer {
    pub clock: Arc<TestClock>,
    pub faults: FaultPlan,
    pub auth: Auth,
    pub state: AppState,
    pub lab: Option<Arc<Lab>>,
    router: Router,
    random: Arc<Seeded>,
    folder: tempfile::TempDir,
    store: Store,
    database: hallpass_store::Options,
    settings: Settings,
    _redis: Option<RedisServer>,
}

/// The same, with a Redis of its own that counts.
pub struct RedisTestServer;

impl RedisTestServer {
    /// The defaults of the contract, with a cheap hash.
    #[allow(clippy::new_ret_no_self, reason = "it is one, with a Redis beside it")]
    pub async fn new() -> TestServer {
        Self::with(|_| ()).await
    }

    /// The same, changed.
    pub async fn with(change: impl FnOnce(&mut Setup)) -> TestServer {
        let redis = RedisServer::start();
        let url = redis.url();
        let server = TestServer::with(|setup| {
            setup.redis = Some(url);
            change(setup);
        });
        TestServer { _redis: Some(redis), ..server.await }
    }
}

/// What replicas share, counted by the clock of the test.
fn shared(url: &str) -> (Arc<RedisDenylist>, SharedLimits) {
    let redis = Redis::new(RedisUrl::parse(url).expect("well-formed"));
    let limits = SharedLimits::new(RedisLimits::new(redis.clone(), TimeSource::Caller));
    (RedisDenylist::new(redis, "test".to_owned()), limits)
}

impl TestServer {
    /// The defaults of the contract, with a cheap hash.
    pub async fn new() -> Self {
        Self::with(|_| ()).await
    }

    /// The same, changed.
    pub async fn with(change: impl FnOnce(&mut Setup)) -> Self {
        let mut setup = Setup::default();
        change(&mut setup);
        let (clock, random, faults) = (TestClock::new(), Seeded::new(1), FaultPlan::default());
        let folder = tempfile::tempdir().expect("a folder");
        let (mirror, limits) = setup.redis.as_deref().map(shared).unzip();
        let denylist = Arc::new(Denylist::mirrored(mirror));
        let listener = denylist.clone();
        let database = super::database(folder.path());
        let (options, settings) = (database.clone(), setup.settings.clone());
        let options = options.listener(Arc::new(move |entries| listener.committed(entries))).faults(faults.hook());
        let words = Arc::new(hallpass_mail::Words::embedded().expect("they render"));
        let mailer = match setup.mail_server {
            Some(port) => Mailer::smtp(&format!("smtp://127.0.0.1:{port}"), "hallpass@auth.example", words),
            None => Mailer::folder(&folder.path().join("mail"), "hallpass@auth.example", words),
        };
        let mailer = mailer.expect("a mailer");
        let store = Store::connect(options).await.expect("the store opens");
        let deps = Deps {
            store: store.clone(),
            denylist,
            limits,
            pool: HashPool::start(setup.pool),
            master: MasterKey::new(Secret::new([5; 32])),
            mailer: setup.has_mail.then_some(mailer),
        };
        let ctx = Ctx::local(clock.now(), random.clone());
        let auth = Auth::start(setup.settings, deps, &ctx).await.expect("the core starts");
        let http = HttpSettings { has_lab: setup.lab.is_some(), ..setup.http };
        let state = AppState::new(auth.clone(), clock.clone(), random.clone(), http, None);
        let defaults = || Config::defaults().expect("they are good").auth;
        let app = App::new(state, setup.lab.map(|settings| (settings, defaults())));
        let router = app.router();
        faults.seen();
        Self {
            clock,
            faults,
            auth,
            state: app.state,
            lab: app.lab,
            router,
            random,
            folder,
            store,
            database,
            settings,
            _redis: None,
        }
    }

    /// Lets go of the store, for a test that makes many of them: a database takes so many connections.
    pub async fn close(&self) {
        self.store.close().await;
    }

    /// Another replica on the same database.
    pub async fn replica(&self) -> Auth {
        let denylist = Arc::new(Denylist::mirrored(None));
        let (listener, scheme) = (denylist.clone(), self.settings.accounts.scheme);
        let options = self.database.clone().listener(Arc::new(move |entries| listener.committed(entries)));
        let deps = Deps {
            store: Store::connect(options).await.expect("the store opens"),
            denylist,
            limits: None,
            pool: HashPool::start(PoolOptions { threads: 1, lanes: 1, queue: 8, scheme }),
            master: MasterKey::new(Secret::new([5; 32])),
            mailer: None,
        };
        Auth::start(self.settings.clone(), deps, &self.ctx()).await.expect("the core starts")
    }

    /// Sends messages whose turn has come.
    pub async fn send_messages(&self) -> hallpass_auth::Delivery {
        let background = self.auth.background();
        let Some(outbound) = background.outbound() else { return hallpass_auth::Delivery::default() };
        background.send_messages(&self.ctx(), &outbound).await.expect("the store answers")
    }

    /// Sends messages until none waits for its turn, as the server does.
    pub async fn send_all_messages(&self) {
        let background = self.auth.background();
        let Some(outbound) = background.outbound() else { return };
        while background.send_messages(&self.ctx(), &outbound).await.expect("the store answers").tried() > 0 {}
    }

    /// Where mails are written.
    pub fn mail_folder(&self) -> std::path::PathBuf {
        self.folder.path().join("mail")
    }

    /// A client with a cookie jar of its own, at 192.0.2.1.
    pub fn client(&self) -> Client {
        Client::new(self.router.clone())
    }

    /// The same at another address.
    pub fn client_at(&self, ip: &str) -> Client {
        self.client().at(ip.parse::<IpAddr>().expect("an address"))
    }

    /// Opens a stream of events and leaves it open, or reads the refusal.
    pub async fn stream(&self, path: &str, authorization: &str) -> Result<axum::body::Body, Answer> {
        let request = http::Request::get(path).header("host", "auth.example").header("authorization", authorization);
        let request = request.body(axum::body::Body::empty()).expect("a request");
        let (parts, body) = self.router.clone().oneshot(request).await.expect("the router answers").into_parts();
        if parts.status.is_success() {
            return Ok(body);
        }
        let body = body.collect().await.expect("a whole body").to_bytes();
        Err(Answer { status: parts.status, headers: parts.headers, body })
    }

    /// A client of a fresh account, logged in.
    pub async fn user(&self, email: &str) -> Client {
        let mut client = self.client();
        client.register(email).await.expect(201);
        client
    }

    /// A client of a fresh admin, logged in.
    pub async fn admin(&self, email: &str) -> Client {
        let ctx = self.ctx();
        let password = Password::from(PASSWORD.to_owned());
        self.auth.operator().create_user(&ctx, email, password, Role::admin()).await.expect("an admin");
        let mut client = self.client();
        client.login(email, PASSWORD).await.expect(200);
        client
    }

    /// The id of an account.
    pub async fn id_of(&self, email: &str) -> UserId {
        self.auth.operator().user_by_email(email).await.expect("the user").id
    }

    /// A context without a client, as the command line has it.
    pub fn ctx(&self) -> Ctx {
        Ctx::local(self.clock.now(), self.random.clone())
    }

    pub fn clock_now(&self) -> String {
        self.clock.now().to_string()
    }

    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }
}
