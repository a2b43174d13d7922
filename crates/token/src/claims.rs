//! The claims of our own access tokens (RFC 9068).

use std::borrow::Cow;

use serde_json::{Map, Value};

/// The media type of access tokens, RFC 9068 §2.1.
pub const ACCESS_TOKEN_TYP: &str = "at+jwt";

/// The claims of an access token of ours: these, and no others.
///
/// What is optional says something about the session that a token belongs to. It is left out where it means nothing.
///
/// The texts that every token has are borrowed: from the payload when it is read, from their owner when it is written.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessClaims<'a> {
    /// The issuer.
    #[serde(borrow)]
    pub iss: Cow<'a, str>,
    /// The audience.
    #[serde(borrow)]
    pub aud: Cow<'a, str>,
    /// The user id.
    #[serde(borrow)]
    pub sub: Cow<'a, str>,
    /// The one role.
    #[serde(borrow)]
    pub role: Cow<'a, str>,
    /// Issued at, seconds since the epoch.
    pub iat: i64,
    /// Expires at, seconds since the epoch.
    pub exp: i64,
    /// The token's own id, 128 random bits.
    #[serde(borrow)]
    pub jti: Cow<'a, str>,
    /// The session id.
    #[serde(borrow)]
    pub sid: Cow<'a, str>,
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

impl AccessClaims<'_> {
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
