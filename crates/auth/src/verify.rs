//! Checking an access token: the signature, the claims, then what was revoked since.

use std::sync::Arc;
use std::sync::atomic::Ordering::{AcqRel, Acquire};

use hallpass_jose::KeySet;

use crate::core::Auth;
use crate::ctx::Ctx;
use crate::principal::Principal;
use crate::settings::{Consistency, OnOutage};
use crate::{Error, Result};

impl Auth {
    /// Verifies an access token and asks the denylist: the one in memory, and with strict consistency Redis, too.
    ///
    /// # Errors
    /// [`Error::InvalidToken`], with a reason for the log only; [`Error::Unavailable`] when Redis must be asked and
    /// cannot be believed, or when the clock was set back and the store does not answer.
    pub async fn authenticate(&self, ctx: &Ctx, token: &str) -> Result<Arc<Principal>> {
        self.make_whole(ctx).await?;
        let ring = self.core().ring.version();
        let principal = self.authenticate_here(ctx, token)?;
        if self.settings().denylist.consistency == Consistency::Strict {
            self.ask_redis(&principal).await?;
            if self.hear_of_keys(ctx, ring).await? {
                return self.authenticate_here(ctx, token);
            }
        }
        Ok(principal)
    }

    /// Reads the key ring again if another process has revoked a key that this one may still hold; whether the ring is
    /// another one than that of version `seen`, by which the token was verified. It is read once a version: a restored
    /// database may be behind what Redis remembers, and reading it again would not help.
    async fn hear_of_keys(&self, ctx: &Ctx, seen: i64) -> Result<bool> {
        let core = self.core();
        let announced = core.mirror().map_or(0, |mirror| mirror.ring_version());
        if announced > core.ring.version() && announced > core.ring_asked_for.load(Acquire) {
            core.ring.reload(ctx.now).await?;
            // Not before: a check meanwhile must not take the older ring for the one that was asked for.
            core.ring_asked_for.fetch_max(announced, AcqRel);
        }
        // The background work may have read it meanwhile.
        Ok(announced > seen && core.ring.version() != seen)
    }

    /// The same with what this process knows.
    pub(crate) fn authenticate_here(&self, ctx: &Ctx, token: &str) -> Result<Arc<Principal>> {
        let principal = self.verified(ctx, token)?;
        if self.core().denylist.refuses(&principal.presented()) {
            return Err(REVOKED);
        }
        ctx.caller.note(principal.user, principal.session);
        Ok(principal)
    }

    /// One round trip. A set that may have gaps gives no verdict, so an emptied Redis revives nothing.
    async fn ask_redis(&self, principal: &Principal) -> Result<()> {
        let Some(mirror) = self.core().mirror() else { return Ok(()) };
        match mirror.refuses(&principal.presented()).await {
            Ok(false) => Ok(()),
            Ok(true) => Err(REVOKED),
            Err(fault) => {
                tracing::debug!(%fault, "the denylist in Redis gives no answer");
                let (verdict, result) = match self.settings().denylist.on_outage {
                    OnOutage::Deny => ("deny", Err(Error::Unavailable)),
                    OnOutage::Allow => ("allow", Ok(())),
                };
                metrics::counter!("hallpass_denylist_outages_total", "verdict" => verdict).increment(1);
                result
            }
        }
    }

    /// Reads a token of ours that may have expired or been revoked: enough to end its session, and nothing else.
    ///
    /// # Errors
    /// [`Error::InvalidToken`] when it is not a token that this server signed.
    pub fn authenticate_expired(&self, ctx: &Ctx, token: &str) -> Result<Principal> {
        let stated = hallpass_jose::dangerous::decode(token).map_err(|error| Error::InvalidToken(error.code()))?;
        // Verified as of an instant at which it had not expired; the signature and every other claim still count.
        let at = stated.claims.get("exp").and_then(serde_json::Value::as_i64).map_or(0, |exp| exp.saturating_sub(1));
        self.verify_signature(token, &self.core().ring.verifiers(ctx.now), at.min(ctx.now.secs()))
    }

    /// Its signature and its times are good: now, or when it was asked about before under the same keys.
    fn verified(&self, ctx: &Ctx, token: &str) -> Result<Arc<Principal>> {
        let (core, now) = (self.core(), ctx.now.secs());
        let keys = core.ring.verifiers(ctx.now);
        if let Some(principal) = core.verified.get(token, &keys, now) {
            return Ok(principal);
        }
        let principal = Arc::new(self.verify_signature(token, &keys, now)?);
        let good = core.ring.policy().good_at(principal.issued_at, principal.expires_at, None);
        core.verified.put(token, keys, good, principal.clone());
        Ok(principal)
    }

    fn verify_signature(&self, token: &str, keys: &KeySet, at: i64) -> Result<Principal> {
        hallpass_token::verify(token, keys, self.core().ring.policy(), at, Principal::from_claims)
            .map_err(|error| Error::InvalidToken(error.code()))?
            .into_inner()
    }
}

const REVOKED: Error = Error::InvalidToken("revoked");
