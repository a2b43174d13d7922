//! Checking an access token: the seal, the claims, then what was revoked since.

use hallpass_jose::{AccessClaims, Policy, Verified};
use hallpass_live::Presented;
use hallpass_model::{Role, SessionId, UserId};

use crate::core::Auth;
use crate::ctx::Ctx;
use crate::settings::Settings;
use crate::tokens::ACCESS_TOKEN_TYP;
use crate::{Error, Result};

/// Who a request speaks for. Only a verified token makes one.
#[derive(Debug, Clone)]
pub struct Principal {
    /// `sub`.
    pub user: UserId,
    /// `role`.
    pub role: Role,
    /// `sid`.
    pub session: SessionId,
    /// `jti`.
    pub jti: String,
    /// `iat`, seconds since the epoch.
    pub issued_at: i64,
    /// `exp`, seconds since the epoch.
    pub expires_at: i64,
}

impl Auth {
    /// Verifies an access token and asks the denylist.
    ///
    /// # Errors
    /// [`Error::InvalidToken`], with a reason for the log only.
    pub fn authenticate(&self, ctx: &Ctx, token: &str) -> Result<Principal> {
        let claims = self.verified(ctx, token, ctx.now.secs())?;
        let principal = Principal::from_claims(&claims)?;
        let presented = Presented {
            token: &principal.jti,
            session: principal.session,
            user: principal.user,
            issued_at: principal.issued_at,
        };
        if self.core().denylist.refuses(&presented) {
            return Err(Error::InvalidToken("revoked"));
        }
        Ok(principal)
    }

    /// Reads a token of ours that may have expired or been revoked: enough to end its session, and nothing else.
    ///
    /// # Errors
    /// [`Error::InvalidToken`] when it is not a token that this server signed.
    pub fn authenticate_expired(&self, ctx: &Ctx, token: &str) -> Result<Principal> {
        let stated = hallpass_jose::dangerous::decode(token).map_err(|error| Error::InvalidToken(error.code()))?;
        // Verified as of an instant at which it had not expired; the seal and every other claim still count.
        let at = stated.claims.get("exp").and_then(serde_json::Value::as_i64).map_or(0, |exp| exp.saturating_sub(1));
        let claims = self.verified(ctx, token, at.min(ctx.now.secs()))?;
        Principal::from_claims(&claims)
    }

    fn verified(&self, ctx: &Ctx, token: &str, at: i64) -> Result<Verified<AccessClaims>> {
        let keys = self.core().ring.verifiers(ctx.now);
        hallpass_jose::verify(token, &keys, self.core().ring.policy(), at)
            .map_err(|error| Error::InvalidToken(error.code()))
    }
}

impl Principal {
    fn from_claims(claims: &AccessClaims) -> Result<Self> {
        let malformed = |_| Error::InvalidToken("malformed_id");
        Ok(Self {
            user: claims.sub.parse().map_err(malformed)?,
            role: claims.role.parse().map_err(|_| Error::InvalidToken("malformed_role"))?,
            session: claims.sid.parse().map_err(malformed)?,
            jti: claims.jti.clone(),
            issued_at: claims.iat,
            expires_at: claims.exp,
        })
    }
}

/// What this server asks of its own tokens.
pub(crate) fn policy(settings: &Settings) -> Policy {
    Policy {
        issuer: settings.issuer.clone(),
        audience: settings.audience.clone(),
        typ: ACCESS_TOKEN_TYP,
        leeway_secs: settings.leeway.as_secs(),
        max_lifetime_secs: settings.access_ttl.as_secs(),
    }
}
