//! Service clients: the resource servers that may introspect, revoke and read the revocation feed.

use crate::{ClientId, Timestamp};

/// How a service client proves who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// By a secret, of which this is the SHA-256.
    SecretHash([u8; 32]),
    /// By signing an assertion (RFC 7523), which this public JWK verifies.
    PublicJwk(String),
}

impl Proof {
    /// The method's name in RFC 8414 metadata.
    pub const fn method(&self) -> &'static str {
        match self {
            Self::SecretHash(_) => "client_secret_basic",
            Self::PublicJwk(_) => "private_key_jwt",
        }
    }
}

/// A registered service client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceClient {
    pub id: ClientId,
    /// A name for people.
    pub name: String,
    /// How it proves who it is.
    pub proof: Proof,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
}
