//! What a verified token says.

use std::fmt;

use serde::Deserialize;

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
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Claims<T = NoExtra> {
    /// `iss`.
    #[serde(rename = "iss")]
    pub issuer: String,
    /// `sub`: the user's id.
    #[serde(rename = "sub")]
    pub subject: String,
    /// `role`, as hallpass writes it.
    #[serde(default)]
    pub role: Option<String>,
    /// `sid`: the session.
    #[serde(rename = "sid", default)]
    pub session: Option<String>,
    /// `jti`: the token's own id.
    #[serde(rename = "jti", default)]
    pub id: Option<String>,
    /// `iat`, seconds since the epoch.
    #[serde(rename = "iat")]
    pub issued_at: i64,
    /// `exp`, seconds since the epoch.
    #[serde(rename = "exp")]
    pub expires_at: i64,
    /// Your own.
    #[serde(flatten)]
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
