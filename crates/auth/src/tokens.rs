//! Minting: what a client gets after a good login or refresh.

use std::time::Duration;

use base64_simd::URL_SAFE_NO_PAD;
use hallpass_model::refresh_token::RefreshToken;
use hallpass_model::secret::SecretText;
use hallpass_model::user::User;
use hallpass_model::{Role, SessionId, Timestamp, UserId};
use hallpass_token::{ACCESS_TOKEN_TYP, AccessClaims};

use crate::core::Auth;
use crate::ctx::Ctx;
use crate::{Error, Result};

/// A signed access token.
#[derive(Debug)]
pub struct AccessToken {
    /// The compact JWS.
    pub token: SecretText,
    /// Seconds until it expires.
    pub expires_in: u64,
}

/// A refresh token on its way to its client.
#[derive(Debug)]
pub struct RefreshIssued {
    /// The token.
    pub token: SecretText,
    /// How long it is good for, which is the cookie's `Max-Age`.
    pub max_age: Duration,
}

/// What a login or a registration answers with.
#[derive(Debug)]
pub struct LoggedIn {
    /// The access token.
    pub access: AccessToken,
    /// The first refresh token of the new family.
    pub refresh: RefreshIssued,
    pub user: User,
    /// What the browser keeps to be known to the address; none where devices are not known.
    pub device: Option<SecretText>,
    /// The password is known from breaches: its owner should choose another.
    pub is_password_breached: bool,
}

/// The owner of an access token, as read in the transaction that issues it.
pub(crate) struct Bearer<'a> {
    pub(crate) user: UserId,
    pub(crate) role: &'a Role,
    pub(crate) session: SessionId,
    /// The user's tokens stamped before this second are void.
    pub(crate) tokens_from: i64,
    /// The instant that the store has written for the login or the rotation. Never the clock of this process: a change of
    /// the role refuses what was stamped before the newest instant in the store, and knows of no other.
    pub(crate) issued_at: Timestamp,
}

impl Auth {
    /// Signs an access token.
    ///
    /// `iat` counts whole seconds, so a token minted in the very second of a role change would look older than the
    /// change; it is stamped with the first second after it instead, some seconds ahead of the clock. The bound was
    /// read together with the role: a token that carries the old role carries the old bound, and stays refused.
    pub(crate) fn mint(&self, ctx: &Ctx, bearer: &Bearer<'_>) -> Result<AccessToken> {
        let settings = self.settings();
        let lifetime = settings.token.access_ttl.as_secs();
        let iat = bearer.issued_at.secs().max(bearer.tokens_from);
        let exp = iat.saturating_add_unsigned(lifetime);
        let jti = URL_SAFE_NO_PAD.encode_to_string(ctx.bytes::<16>()?);
        let claims = AccessClaims {
            iss: settings.token.issuer.as_str().into(),
            aud: settings.token.audience.as_str().into(),
            sub: bearer.user.to_string().into(),
            role: bearer.role.as_str().into(),
            iat,
            exp,
            jti: jti.into(),
            sid: bearer.session.to_string().into(),
            ..AccessClaims::default()
        };
        let signer = self.core().ring.signer(ctx.now)?;
        let token = signer.sign(ACCESS_TOKEN_TYP, &claims).map_err(|error| {
            tracing::error!(code = error.code(), "signing failed");
            Error::Unavailable
        })?;
        let left = u64::try_from(exp.saturating_sub(ctx.now.secs())).unwrap_or_default();
        Ok(AccessToken { token: SecretText::new(token), expires_in: left.min(lifetime) })
    }

    pub(crate) fn issue(&self, ctx: &Ctx, token: &RefreshToken, expires_at: Timestamp) -> RefreshIssued {
        RefreshIssued { token: self.core().codec.encode(token), max_age: ctx.now.until(expires_at) }
    }
}
