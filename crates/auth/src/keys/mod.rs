//! Signing keys: the ring as it stands in the store, opened once and held ready.

mod change;
mod snapshot;
mod view;

use std::sync::{Arc, PoisonError, RwLock};

use hallpass_jose::{KeySet, SigningKey};
use hallpass_model::Timestamp;
use hallpass_store::{Store, op};
use hallpass_token::Policy;
use tokio::sync::Mutex;

use crate::ctx::{Ctx, RandomError};
use crate::master::{MasterKey, SealBroken, SealError};
use crate::settings::Settings;
use crate::{Error, Result};

pub use self::snapshot::Jwks;
pub use self::view::KeyView;

use self::snapshot::Snapshot;

pub(crate) use self::snapshot::unseal_all;

/// The key ring in memory: a replica of the store's, rebuilt when the store's version or a key's state changes.
#[derive(Debug)]
pub struct KeyRing {
    settings: Settings,
    store: Store,
    master: MasterKey,
    policy: Policy,
    current: Current,
    /// Held from the read of the store to the exchange: of two that read, the later read must stand, or a key that was
    /// revoked between them would verify again.
    reloading: Mutex<()>,
}

/// The ring that counts now.
#[derive(Debug, Default)]
struct Current(RwLock<Arc<Snapshot>>);

impl Current {
    fn current(&self) -> Arc<Snapshot> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn replace(&self, loaded: Arc<Snapshot>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = loaded;
    }

    /// Exchanges a ring for the same one seen later; unless a reload was quicker, whose news this one lacks.
    fn exchange(&self, before: &Arc<Snapshot>, rebuilt: Arc<Snapshot>) {
        let mut current = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if Arc::ptr_eq(&current, before) {
            *current = rebuilt;
        }
    }
}

/// Why the ring cannot be opened or changed.
#[derive(Debug, thiserror::Error)]
pub enum RingError {
    /// The store does not answer.
    #[error("the store does not answer: {0}")]
    Store(#[from] hallpass_store::Error),
    /// A key cannot be made, read or parsed.
    #[error("a signing key cannot be used: {0}")]
    Key(#[from] hallpass_jose::Error),
    /// A sealed key does not open.
    #[error(transparent)]
    Sealed(#[from] SealBroken),
    /// The source of randomness failed.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// Other processes kept changing the ring.
    #[error("the key ring kept changing under the plan")]
    Contended,
    /// The caller is not an admin any more.
    #[error("the caller is not an admin any more")]
    Unauthorized(op::Unauthorized),
}

impl From<SealError> for RingError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Random(error) => Self::Random(error),
            SealError::Key(error) => Self::Sealed(error),
        }
    }
}

impl From<RingError> for Error {
    fn from(error: RingError) -> Self {
        if let RingError::Unauthorized(unauthorized) = error {
            return unauthorized.into();
        }
        tracing::error!(target: "hallpass::keys", %error, "key ring failure");
        Self::Unavailable
    }
}

impl KeyRing {
    /// Reads the ring, makes what is due (at the first start: a signer and its stand-by), opens the keys.
    pub(crate) async fn open(
        settings: &Settings,
        store: Store,
        master: MasterKey,
        ctx: &Ctx,
    ) -> Result<Self, RingError> {
        let ring = Self {
            settings: settings.clone(),
            store,
            master,
            policy: settings.token_policy(),
            current: Current::default(),
            reloading: Mutex::default(),
        };
        ring.apply_due(ctx).await?;
        ring.reload(ctx.now).await?;
        Ok(ring)
    }

    /// The key that signs now.
    pub(crate) fn signer(&self, now: Timestamp) -> Result<Arc<SigningKey>> {
        let loaded = self.current();
        loaded.signer(now).ok_or_else(|| {
            tracing::error!(target: "hallpass::keys", "no signing key is active");
            Error::Unavailable
        })
    }

    /// The keys whose tokens verify now.
    pub(crate) fn verifiers(&self, now: Timestamp) -> Arc<KeySet> {
        self.fresh(now).verifiers()
    }

    pub(crate) fn jwks(&self, now: Timestamp) -> Arc<Jwks> {
        self.fresh(now).jwks()
    }

    pub(crate) const fn policy(&self) -> &Policy {
        &self.policy
    }

    pub(crate) fn version(&self) -> i64 {
        self.current().version()
    }

    fn current(&self) -> Arc<Snapshot> {
        self.current.current()
    }

    /// The ring as of `now`: a key may have become gone by the mere passing of time.
    fn fresh(&self, now: Timestamp) -> Arc<Snapshot> {
        let loaded = self.current();
        if now < loaded.stale_at() {
            return loaded;
        }
        let rebuilt = Arc::new(loaded.as_of(now, self.settings.keys.jwks_max_age));
        self.current.exchange(&loaded, rebuilt.clone());
        rebuilt
    }

    /// Reads the ring from the store again; keys already open stay open.
    pub(crate) async fn reload(&self, now: Timestamp) -> Result<(), RingError> {
        let _reloading = self.reloading.lock().await;
        let ring = self.store.read(op::ListKeys).await?;
        let loaded = Snapshot::open(ring, &self.current(), &self.master)?.as_of(now, self.settings.keys.jwks_max_age);
        self.current.replace(Arc::new(loaded));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_seen_later_never_displaces_one_read_meanwhile() {
        let current = Current::default();
        let before = current.current();
        let read = Arc::new(Snapshot::default());
        current.replace(read.clone());
        current.exchange(&before, Arc::new(Snapshot::default()));
        assert!(Arc::ptr_eq(&current.current(), &read), "a revoked key would verify again");
        let rebuilt = Arc::new(Snapshot::default());
        current.exchange(&read, rebuilt.clone());
        assert!(Arc::ptr_eq(&current.current(), &rebuilt));
    }
}
