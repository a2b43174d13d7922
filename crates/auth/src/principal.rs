//! Who a verified access token speaks for.

use hallpass_model::{Role, SessionId, UserId};
use hallpass_shared::PresentedToken;
use hallpass_store::op::Caller;
use hallpass_token::AccessClaims;

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
    /// Whether the token is our own pages', and not an OAuth client's.
    pub is_first_party: bool,
}

impl Principal {
    /// Who calls, for acts that need the authority of today.
    pub(crate) const fn caller(&self) -> Caller {
        Caller { user: self.user, session: self.session }
    }

    pub(crate) const fn presented(&self) -> PresentedToken<'_> {
        PresentedToken { token: self.jti.as_str(), session: self.session, user: self.user, issued_at: self.issued_at }
    }

    pub(crate) fn from_claims(claims: &AccessClaims<'_>) -> Result<Self> {
        let malformed = |_| Error::InvalidToken("malformed_id");
        Ok(Self {
            user: claims.sub.parse().map_err(malformed)?,
            role: claims.role.parse().map_err(|_| Error::InvalidToken("malformed_role"))?,
            session: claims.sid.parse().map_err(malformed)?,
            jti: claims.jti.to_string(),
            issued_at: claims.iat,
            expires_at: claims.exp,
            is_first_party: claims.is_first_party(),
        })
    }
}
