//! What the replicas share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hallpass_testbed::Postgres;

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
            Self::File => vec![Arc::new(Site::with(settings)); count],
            Self::Services(services) => (0..count).map(|_| services.site(settings)).collect(),
        }
    }
}

/// A PostgreSQL, perhaps with a replica that can take over.
#[derive(Debug)]
pub struct Services {
    primary: Postgres,
    standby: Option<Postgres>,
    has_failed_over: AtomicBool,
}

impl Services {
    pub fn postgres() -> Self {
        Self::on(Postgres::durable())
    }

    pub const fn on(primary: Postgres) -> Self {
        Self { primary, standby: None, has_failed_over: AtomicBool::new(false) }
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

    fn site(&self, settings: &[&str]) -> Arc<Site> {
        let hosts = [Some(&self.primary), self.standby.as_ref()];
        let hosts: Vec<_> = hosts.into_iter().flatten().map(|host| format!("127.0.0.1:{}", host.port())).collect();
        let hosts = hosts.join(",");
        let database = format!("database_url=postgres://hallpass@{hosts}/postgres?target_session_attrs=read-write");
        Arc::new(Site::with(&[settings, &[MASTER_KEY, &database]].concat()))
    }
}
