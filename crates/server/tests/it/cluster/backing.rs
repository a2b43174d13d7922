//! What the replicas share.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use hallpass_testbed::Postgres;
use hallpass_testbed::proxy::{Network, Proxy};
use hallpass_testbed::redis::RedisServer;

use crate::process::Site;

/// The same on every replica: what one has sealed, the others open.
const MASTER_KEY: &str = "keys.master_key=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// The store behind the replicas.
#[derive(Debug, Clone)]
pub enum Backing {
    /// One file, on one machine.
    File,
    /// Servers of the test's own.
    Services(Arc<Services>),
}

impl Backing {
    pub fn services(services: Services) -> Self {
        Self::Services(Arc::new(services))
    }

    /// A place to run in for each replica: one machine, or several.
    pub fn sites(&self, count: usize, settings: &[&str]) -> Vec<Arc<Site>> {
        match self {
            Self::File => {
                let site = Arc::new(Site::with(settings));
                vec![site; count]
            }
            Self::Services(services) => (0..count).map(|n| services.site(n, settings)).collect(),
        }
    }
}

/// A PostgreSQL, perhaps with a replica that can take over, and perhaps a Redis.
#[derive(Debug)]
pub struct Services {
    primary: Postgres,
    standby: Option<Postgres>,
    has_failed_over: AtomicBool,
    redis: Option<SharedRedis>,
}

/// A Redis, with a network of its own to each replica.
#[derive(Debug)]
pub struct SharedRedis {
    server: Mutex<RedisServer>,
    ways: Vec<Proxy>,
    consistency: &'static str,
}

impl SharedRedis {
    fn start(replicas: usize, consistency: &'static str) -> Self {
        let server = RedisServer::start();
        let mut ways = Vec::new();
        for _ in 0..replicas {
            ways.push(Proxy::to(server.port()));
        }
        Self { server: Mutex::new(server), ways, consistency }
    }

    pub fn stop(&self) {
        self.server.lock().expect("no panic under the lock").stop();
    }

    /// Empty: it writes nothing to disk.
    pub fn start_again(&self) {
        self.server.lock().expect("no panic under the lock").start_again();
    }

    pub fn flush(&self) {
        self.server.lock().expect("no panic under the lock").command(&["flushall"]);
    }

    /// The network between it and one replica.
    pub fn network(&self, replica: usize, becomes: Network) {
        self.ways[replica].becomes(becomes);
    }

    fn settings(&self, replica: usize) -> [String; 2] {
        let url = format!("redis_url=redis://127.0.0.1:{}", self.ways[replica].port());
        [url, format!("denylist.consistency={}", self.consistency)]
    }
}

impl Services {
    pub fn postgres() -> Self {
        Self::on(Postgres::durable())
    }

    pub const fn on(primary: Postgres) -> Self {
        Self { primary, standby: None, has_failed_over: AtomicBool::new(false), redis: None }
    }

    /// With a Redis that checks ask each time (`strict`), or that replicas hear from (`replica`).
    pub fn with_redis(replicas: usize, consistency: &'static str) -> Self {
        Self { redis: Some(SharedRedis::start(replicas, consistency)), ..Self::postgres() }
    }

    pub const fn redis(&self) -> Option<&SharedRedis> {
        self.redis.as_ref()
    }

    pub fn with_standby() -> Self {
        let primary = Postgres::durable();
        let standby = Some(primary.standby());
        Self { standby, ..Self::on(primary) }
    }

    /// The database that is written to.
    pub fn database(&self) -> &Postgres {
        match &self.standby {
            Some(standby) if self.has_failed_over.load(Ordering::SeqCst) => standby,
            _ => &self.primary,
        }
    }

    /// The primary goes as in a power cut, and does not come back; the replica takes over.
    pub fn fail_over(&self) {
        let Some(standby) = &self.standby else { return };
        if !self.has_failed_over.swap(true, Ordering::SeqCst) {
            self.primary.crash();
            standby.promote();
        }
    }

    /// Ends every connection, whatever is under way on it.
    pub fn kill_connections(&self) {
        let kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
            WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
        Postgres::psql(self.database().url(), kill);
    }

    fn site(&self, replica: usize, settings: &[&str]) -> Arc<Site> {
        let hosts = [Some(&self.primary), self.standby.as_ref()];
        let hosts: Vec<_> = hosts.into_iter().flatten().map(|host| format!("127.0.0.1:{}", host.port())).collect();
        let hosts = hosts.join(",");
        let database = format!("database_url=postgres://hallpass@{hosts}/postgres?target_session_attrs=read-write");
        let redis = self.redis.as_ref().map(|redis| redis.settings(replica));
        let redis: Vec<&str> = redis.iter().flatten().map(String::as_str).collect();
        Arc::new(Site::with(&[settings, &[MASTER_KEY, &database], &redis].concat()))
    }
}
