//! The claims of our own access tokens (RFC 9068).

use serde_json::{Map, Value};

/// The media type of access tokens, RFC 9068 §2.1.
pub const ACCESS_TOKEN_TYP: &str = "at+jwt";

/// The claims of an access token of ours: these, and no others.
///
/// What is optional says something about the session that a token belongs to. It is left out where it means nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessClaims {
    /// The issuer.
    pub iss: String,
    /// The audience.
    pub aud: String,
    /// The user id.
    pub sub: String,
    /// The one role.
    pub role: String,
    /// Issued at, seconds since the epoch.
    pub iat: i64,
    /// Expires at, seconds since the epoch.
    pub exp: i64,
    /// The token's own id, 128 random bits.
    pub jti: String,
    /// The session id.
    pub sid: String,
    /// The OAuth client that the token was issued to (RFC 9068 §2.2). Without one it is first-party.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub client_id: Option<String>,
    /// What the client may do, separated by blanks (RFC 9068 §2.2.3).
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub scope: Option<String>,
    /// When the user proved who they are, seconds since the epoch (RFC 9068 §2.2.1).
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub auth_time: Option<i64>,
    /// How strong the proof was (RFC 9068 §2.2.1).
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub acr: Option<String>,
    /// How it was proved (RFC 8176).
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub amr: Option<Vec<String>>,
    /// The key that the presenter must prove to hold (RFC 7800).
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub cnf: Option<Map<String, Value>>,
}

impl AccessClaims {
    /// Whether the token was issued to our own pages, and not to an OAuth client on a user's behalf.
    pub const fn is_first_party(&self) -> bool {
        self.client_id.is_none()
    }
}

/// A claim that is there has a value: `null` would be taken for an absent one, and so for a first-party token.
fn present<'de, D: serde::Deserializer<'de>, T: serde::Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
