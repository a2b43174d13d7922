//! A verified access token, as far as a revocation can name it.

use hallpass_model::{SessionId, UserId};

/// What a verified access token says of itself, as far as a revocation can name it.
#[derive(Debug, Clone, Copy)]
pub struct PresentedToken<'a> {
    /// `jti`.
    pub token: &'a str,
    /// `sid`.
    pub session: SessionId,
    /// `sub`.
    pub user: UserId,
    /// `iat`, seconds since the epoch.
    pub issued_at: i64,
}
