//! A server core of its own for each test: real store in a temporary folder, test clock, seeded randomness.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hallpass_auth::{Auth, Ctx, Deps, Error, LoggedIn, Login, MasterKey, Refused, Registered, Settings};
use hallpass_model::Timestamp;
use hallpass_model::secret::Secret;
use hallpass_password::{HashPool, Password, PoolOptions};
use hallpass_shared::Denylist;
use hallpass_store::{Options, Store};
pub use hallpass_testbed::world::{START, Seeded, settings};

pub const PASSWORD: &str = "hall-monitor 4711";

/// Whether the tests of this binary run on PostgreSQL.
const ON_POSTGRES: bool = matches!(env!("CARGO_CRATE_NAME").as_bytes(), b"on_postgres");

/// The database that belongs to a folder: a file in it, or the schema that a file in it names.
pub fn options(folder: &Path) -> Options {
    if !ON_POSTGRES {
        return Options::new(folder.join("hallpass.db"));
    }
    let note = folder.join("schema");
    let url = std::fs::read_to_string(&note).unwrap_or_else(|_| {
        let url = hallpass_testbed::Postgres::schema();
        std::fs::write(&note, &url).expect("writes");
        url
    });
    Options::postgres(url.parse().expect("a URL"))
}

/// A core on a folder. Opening another on the same folder is a restart.
pub struct World {
    pub auth: Auth,
    pub store: Store,
    pub random: Arc<Seeded>,
    clock: Arc<AtomicU64>,
}

impl World {
    pub async fn open(folder: &Path, settings: Settings, random: Arc<Seeded>, clock: Arc<AtomicU64>) -> Self {
        let denylist = Arc::new(Denylist::new());
        let listener = denylist.clone();
        let options = options(folder).listener(Arc::new(move |entries| listener.committed(entries)));
        let store = Store::connect(options).await.expect("the store opens");
        let pool = HashPool::start(PoolOptions { threads: 2, lanes: 4, queue: 64, scheme: settings.accounts.scheme });
        let master = MasterKey::new(Secret::new([5; 32]));
        let deps = Deps { store: store.clone(), denylist, limits: None, pool, master, mailer: None };
        let ctx = Ctx::local(now(&clock), random.clone());
        let auth = Auth::start(settings, deps, &ctx).await.expect("the core starts");
        Self { auth, store, random, clock }
    }

    pub async fn fresh(folder: &Path) -> Self {
        Self::with(folder, settings()).await
    }

    pub async fn with(folder: &Path, settings: Settings) -> Self {
        Self::open(folder, settings, Seeded::new(1), new_clock()).await
    }

    pub fn ctx(&self) -> Ctx {
        Ctx {
            ip: Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1))),
            user_agent: Some("test".to_owned()),
            ..Ctx::local(now(&self.clock), self.random.clone())
        }
    }

    /// The clock, for those who read it elsewhere.
    pub fn clock(&self) -> Arc<AtomicU64> {
        self.clock.clone()
    }

    pub fn advance(&self, by: Duration) {
        self.clock.fetch_add(u64::try_from(by.as_millis()).expect("short"), Ordering::SeqCst);
    }

    pub async fn register(&self, email: &str) -> LoggedIn {
        let password = Password::from(PASSWORD.to_owned());
        match self.auth.accounts().register(&self.ctx(), email, password).await.expect("registers").0 {
            Registered::In(logged_in) => *logged_in,
            Registered::MailTells => panic!("nothing has to be proved here"),
        }
    }

    pub async fn login(&self, email: &str, password: &str) -> Result<LoggedIn, Error> {
        let login = Login {
            email,
            password: Password::from(password.to_owned()),
            new_password: None,
            previous: None,
            proof: None,
        };
        let result = self.auth.accounts().login(&self.ctx(), login).await;
        result.map(|(logged_in, _)| logged_in).map_err(|Refused { error, .. }| error)
    }
}

pub fn new_clock() -> Arc<AtomicU64> {
    Arc::new(AtomicU64::new(u64::try_from(START * 1000).expect("after 1970")))
}

pub fn now(clock: &AtomicU64) -> Timestamp {
    Timestamp::from_millis(i64::try_from(clock.load(Ordering::SeqCst)).expect("before the end of time"))
}
