//! Service clients.

use hallpass_model::ClientId;
use hallpass_model::audit::{AuditContext, AuditEntry, Event};
use hallpass_model::client::{Proof, ServiceClient};

use super::{Mode, Operation, audit};
use crate::conn::{Columns, Conn, FromRow, Row, Value};
use crate::{Error, Result};

const INSERT: &str = "INSERT INTO service_clients (id, name, secret_hash, public_jwk, created_at) \
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (name) DO NOTHING";
const LIST: &str = select!(client, "FROM service_clients ORDER BY id");
const FIND: &str = select!(client, "FROM service_clients WHERE id = $1");
const REVOKE: &str = "UPDATE service_clients SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";

/// Registers a client.
#[derive(Debug)]
pub struct CreateClient {
    pub act: AuditContext,
    /// The client.
    pub client: ServiceClient,
}

impl Operation for CreateClient {
    /// Whether the name was free.
    type Output = bool;
    const NAME: &'static str = "create_client";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<bool> {
        let ServiceClient { id, name, proof, created_at, .. } = &self.client;
        let (secret_hash, public_jwk) = match proof {
            Proof::SecretHash(hash) => (hash.into(), Value::Null),
            Proof::PublicJwk(jwk) => (Value::Null, jwk.as_str().into()),
        };
        let params = [id.as_bytes().into(), name.as_str().into(), secret_hash, public_jwk, (*created_at).into()];
        if conn.execute(INSERT, &params).await? == 0 {
            return Ok(false);
        }
        let entry = AuditEntry::new(Event::ClientCreated).detail("client", id.to_string()).detail("name", name);
        audit::append(conn, &self.act, &entry).await?;
        Ok(true)
    }
}

/// Every client, revoked ones too.
#[derive(Debug)]
pub struct ListClients;

impl Operation for ListClients {
    type Output = Vec<ServiceClient>;
    const NAME: &'static str = "list_clients";
    const MODE: Mode = Mode::List;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Vec<ServiceClient>> {
        conn.rows(LIST, &[]).await
    }
}

/// One client.
#[derive(Debug)]
pub struct FindClient {
    pub id: ClientId,
}

impl Operation for FindClient {
    type Output = Option<ServiceClient>;
    const NAME: &'static str = "find_client";
    const MODE: Mode = Mode::PointRead;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Self::Output> {
        conn.row(FIND, &[self.id.as_bytes().into()]).await
    }
}

/// Revokes a client.
#[derive(Debug)]
pub struct RevokeClient {
    pub act: AuditContext,
    pub id: ClientId,
}

impl Operation for RevokeClient {
    /// Whether there was such a client, not revoked yet.
    type Output = bool;
    const NAME: &'static str = "revoke_client";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<bool> {
        if conn.execute(REVOKE, &[self.id.as_bytes().into(), self.act.at.into()]).await? == 0 {
            return Ok(false);
        }
        let entry = AuditEntry::new(Event::ClientRevoked).detail("client", self.id.to_string());
        audit::append(conn, &self.act, &entry).await?;
        Ok(true)
    }
}

impl FromRow for ServiceClient {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        let (id, name) = (ClientId::from_bytes(columns.array()?), columns.text()?);
        let proof = match (columns.opt_array()?, columns.opt_text()?) {
            (Some(hash), None) => Proof::SecretHash(hash),
            (None, Some(jwk)) => Proof::PublicJwk(jwk),
            _ => return Err(Error::Corrupt("a client's proof")),
        };
        Ok(Self { id, name, proof, created_at: columns.time()?, revoked_at: columns.opt_time()? })
    }
}
