//! Service clients.

use hallpass_model::ClientId;
use hallpass_model::audit::{Act, Entry, Event};
use hallpass_model::client::ServiceClient;

use super::{Mode, Operation, audit};
use crate::Result;
use crate::conn::{Columns, Conn, FromRow, Row};

const INSERT: &str = "INSERT INTO service_clients (id, name, secret_hash, created_at) VALUES ($1, $2, $3, $4) \
    ON CONFLICT (name) DO NOTHING";
const LIST: &str = "SELECT id, name, created_at, revoked_at, secret_hash FROM service_clients ORDER BY id";
const FIND: &str = "SELECT id, name, created_at, revoked_at, secret_hash FROM service_clients WHERE id = $1";
const REVOKE: &str = "UPDATE service_clients SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";

/// Registers a client.
#[derive(Debug)]
pub struct CreateClient {
    /// Who, when, from where.
    pub act: Act,
    /// The client.
    pub client: ServiceClient,
    /// SHA-256 of its secret.
    pub secret_hash: [u8; 32],
}

impl Operation for CreateClient {
    /// Whether the name was free.
    type Output = bool;
    const NAME: &'static str = "create_client";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<bool> {
        let ServiceClient { id, name, created_at, .. } = &self.client;
        let params = [id.as_bytes().into(), name.as_str().into(), (&self.secret_hash).into(), (*created_at).into()];
        if conn.execute(INSERT, &params).await? == 0 {
            return Ok(false);
        }
        let entry = Entry::new(Event::ClientCreated).detail("client", id.to_string()).detail("name", name);
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
        let found: Vec<WithSecret> = conn.rows(LIST, &[]).await?;
        Ok(found.into_iter().map(|row| row.0).collect())
    }
}

/// One client with the hash of its secret.
#[derive(Debug)]
pub struct FindClient {
    /// Which.
    pub id: ClientId,
}

impl Operation for FindClient {
    type Output = Option<(ServiceClient, [u8; 32])>;
    const NAME: &'static str = "find_client";
    const MODE: Mode = Mode::PointRead;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Self::Output> {
        let found: Option<WithSecret> = conn.row(FIND, &[self.id.as_bytes().into()]).await?;
        Ok(found.map(|WithSecret(client, hash)| (client, hash)))
    }
}

/// Revokes a client.
#[derive(Debug)]
pub struct RevokeClient {
    /// Who, when, from where.
    pub act: Act,
    /// Which.
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
        let entry = Entry::new(Event::ClientRevoked).detail("client", self.id.to_string());
        audit::append(conn, &self.act, &entry).await?;
        Ok(true)
    }
}

struct WithSecret(ServiceClient, [u8; 32]);

impl FromRow for WithSecret {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        let client = ServiceClient {
            id: ClientId::from_bytes(columns.array()?),
            name: columns.text()?,
            created_at: columns.time()?,
            revoked_at: columns.opt_time()?,
        };
        Ok(Self(client, columns.array()?))
    }
}
