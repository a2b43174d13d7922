//! The ring as an operator sees it.

use hallpass_model::Timestamp;
use hallpass_model::key::{KeyRecord, KeySchedule, KeyState};
use hallpass_store::op;

use super::{Jwks, KeyRing};
use crate::Result;
use crate::ctx::Ctx;
use crate::rooms::Services;

/// A key, without its private half.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyView {
    /// RFC 7638 thumbprint.
    pub kid: String,
    /// The JOSE algorithm.
    pub algorithm: String,
    /// Where it is in its life.
    pub state: KeyState,
    /// When it was published.
    pub announced_at: Timestamp,
    /// When it began to sign.
    pub active_from: Option<Timestamp>,
    /// When it stopped signing.
    pub retired_at: Option<Timestamp>,
    /// When its last token has expired.
    pub gone_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// From when the stand-by may sign: every cached JWKS knows it then.
    pub ripe_at: Option<Timestamp>,
}

impl KeyRing {
    /// Every key of the ring, the oldest first.
    pub(crate) async fn list(&self, now: Timestamp) -> Result<Vec<KeyView>> {
        let keys = self.store.read(op::ListKeys).await?.keys;
        let policy = self.key_policy();
        let ring = KeySchedule::new(&keys, &policy, now);
        let view = |key: &KeyRecord| KeyView {
            kid: key.kid.clone(),
            algorithm: key.algorithm.clone(),
            state: key.state(now),
            announced_at: key.announced_at,
            active_from: key.active_from,
            retired_at: key.retired_at,
            gone_at: key.gone_at,
            revoked_at: key.revoked_at,
            ripe_at: (key.state(now) == KeyState::Announced).then(|| ring.ripe_at(key)),
        };
        Ok(keys.iter().map(view).collect())
    }
}

impl Services<'_> {
    /// The JWKS as it is served now.
    pub fn jwks(self, ctx: &Ctx) -> std::sync::Arc<Jwks> {
        self.0.core().ring.jwks(ctx.now)
    }
}
