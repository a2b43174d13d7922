//! Service clients: the resource servers that may introspect, revoke and read the revocation feed.

use crate::{ClientId, Timestamp};

/// A registered service client, without its secret's hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceClient {
    /// The `client_id`.
    pub id: ClientId,
    /// A name for people.
    pub name: String,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
}
