//! What a verified token says.

mod read;

use std::fmt;
use std::sync::Arc;

use serde::Deserialize;

pub(crate) use self::read::Stated;

/// No claims beyond the registered ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub struct NoExtra {}

/// The claims of a token that was verified. Nothing else makes one, so holding it is the proof.
///
/// `T` holds the claims of your issuer that are not listed here, by `serde`.
///
/// ```compile_fail
/// // Claims cannot be made up.
/// let claims = hallpass_verify::Claims { subject: "admin".to_owned() };
/// ```
///
/// ```compile_fail
/// // Nor read from anything but a token.
/// let claims: hallpass_verify::Claims = serde_json::from_str("{}").expect("claims");
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claims<T = NoExtra> {
    /// `iss`: the verifier's issuer.
    pub issuer: Arc<str>,
    /// `sub`: the user's id.
    pub subject: String,
    /// `role`, as hallpass writes it.
    pub role: Option<String>,
    /// `sid`: the session.
    pub session: Option<String>,
    /// `jti`: the token's own id.
    pub id: Option<String>,
    /// `iat`, seconds since the epoch.
    pub issued_at: i64,
    /// `exp`, seconds since the epoch.
    pub expires_at: i64,
    /// Your own: read from the claims that are not listed above. (`aud` and `nbf` are checked, and end there.)
    pub extra: T,
}

impl<T> Claims<T> {
    /// Whether the token says this role.
    pub fn has_role(&self, role: &str) -> bool {
        self.role.as_deref() == Some(role)
    }
}

impl<T> fmt::Debug for Claims<T> {
    /// Who and until when: logs are no place for the rest.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claims")
            .field("subject", &self.subject)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
