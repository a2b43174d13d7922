//! The connections: a bounded pool, whose members are given back only when nothing is left open on them.

use std::time::Duration;

use deadpool_postgres::{ClientWrapper, Hook, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};

use super::{PostgresUrl, tls};
use crate::{Error, Result};

/// How long an operation waits for a connection. Then it is 503: the caller's own patience is not much longer.
const WAIT: Duration = Duration::from_secs(3);

pub(super) fn open(target: &PostgresUrl) -> Result<Pool> {
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = Manager::from_config(target.config.clone(), tls::connector(target)?, recycling);
    let pool = Pool::builder(manager)
        .max_size(target.connections)
        .wait_timeout(Some(WAIT))
        .create_timeout(Some(WAIT))
        .recycle_timeout(Some(WAIT))
        .runtime(Runtime::Tokio1)
        .post_create(Hook::sync_fn(|_, _| {
            metrics::counter!("hallpass_store_connections_total").increment(1);
            Ok(())
        }));
    pool.build().map_err(Error::unavailable)
}

/// A connection on loan. Unless it is given back as clean it is closed: the server then rolls back what was open, and
/// no later operation finds itself inside another one's transaction.
pub(super) struct Lease {
    object: Option<Object>,
    is_clean: bool,
}

impl Lease {
    pub(super) async fn take(pool: &Pool) -> Result<Self> {
        let object = pool.get().await.map_err(|error| Error::unavailable(super::fault::describe(&error)))?;
        Ok(Self { object: Some(object), is_clean: false })
    }

    pub(super) fn client(&self) -> Result<&ClientWrapper> {
        self.object.as_deref().ok_or(Error::Corrupt("a connection that was given back is used"))
    }

    /// Nothing is open on it.
    pub(super) const fn clean(&mut self) {
        self.is_clean = true;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(object) = self.object.take().filter(|_| !self.is_clean) {
            drop(Object::take(object));
        }
    }
}
