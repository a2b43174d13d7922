//! A server core of its own for each test: real store in a temporary folder, test clock, seeded randomness.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hallpass_auth::{
    AccountSettings, Auth, Ctx, DenylistSettings, Deps, KeySettings, LoggedIn, Login, MasterKey, Random, RandomError,
    Refused, Settings, TokenSettings,
};
use hallpass_auth::{Consistency, Error, OnOutage, Registration};
use hallpass_jose::Alg;
use hallpass_live::Denylist;
use hallpass_model::rate_limit::{Lockout, Rule, Rules};
use hallpass_model::secret::Secret;
use hallpass_model::session::RefreshPolicy;
use hallpass_model::{Role, Timestamp};
use hallpass_password::{HashPool, Password, PoolOptions, Scheme};
use hallpass_store::{Options, Store};

/// 2027-01-15T08:00:00Z.
pub const START: i64 = 1_800_000_000;
pub const PASSWORD: &str = "hall-monitor 4711";

/// `SplitMix64`: reproducible, and nothing else.
pub struct Seeded(Mutex<u64>);

impl Seeded {
    pub fn new(seed: u64) -> Arc<Self> {
        Arc::new(Self(Mutex::new(seed)))
    }
}

impl Random for Seeded {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomError> {
        let mut state = self.0.lock().map_err(|_| RandomError)?;
        for byte in buffer {
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = *state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = (z ^ (z >> 31)).to_le_bytes()[0];
        }
        Ok(())
    }
}

pub fn settings() -> Settings {
    Settings {
        token: TokenSettings {
            issuer: "https://auth.example".to_owned(),
            audience: "https://api.example".to_owned(),
            access_ttl: Duration::from_secs(900),
            leeway: Duration::ZERO,
            algorithm: Alg::EdDsa,
            hs256_secret: None,
        },
        keys: KeySettings {
            rsa_bits: 2048,
            rotate_every: Duration::from_secs(90 * 24 * 3600),
            jwks_max_age: Duration::from_secs(300),
        },
        refresh: RefreshPolicy {
            idle: Duration::from_secs(7 * 24 * 3600),
            absolute: Duration::from_secs(30 * 24 * 3600),
            sliding: true,
            grace: Duration::from_secs(10),
        },
        rules: Rules {
            login: Rule {
                max: 10,
                window: Duration::from_secs(900),
                lockout: Lockout { failures: 5, duration: Duration::from_secs(1800) },
            },
            register: Rule { max: 1000, window: Duration::from_secs(900), lockout: Lockout::NEVER },
            client_auth: Rule { max: 20, window: Duration::from_secs(900), lockout: Lockout::NEVER },
        },
        accounts: AccountSettings {
            registration: Registration::Open,
            roles: vec![Role::user(), Role::admin()],
            scheme: Scheme::insecure_for_tests(),
        },
        denylist: DenylistSettings { consistency: Consistency::Replica, on_outage: OnOutage::Deny },
        audit_retention: Duration::from_secs(365 * 24 * 3600),
    }
}

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
        let pool = HashPool::start(PoolOptions { threads: 2, queue: 64, scheme: settings.accounts.scheme });
        let master = MasterKey::new(Secret::new([5; 32]));
        let deps = Deps { store: store.clone(), denylist, limits: None, pool, master };
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
        self.auth.register(&self.ctx(), email, Password::from(PASSWORD.to_owned())).await.expect("registers").0
    }

    pub async fn login(&self, email: &str, password: &str) -> Result<LoggedIn, Error> {
        let login = Login { email, password: Password::from(password.to_owned()), new_password: None, previous: None };
        let result = self.auth.login(&self.ctx(), login).await;
        result.map(|(logged_in, _)| logged_in).map_err(|Refused { error, .. }| error)
    }
}

pub fn new_clock() -> Arc<AtomicU64> {
    Arc::new(AtomicU64::new(u64::try_from(START * 1000).expect("after 1970")))
}

pub fn now(clock: &AtomicU64) -> Timestamp {
    Timestamp::from_millis(i64::try_from(clock.load(Ordering::SeqCst)).expect("before the end of time"))
}
