//! A connection of its own, outside the pool: for migrations, and for listening.

use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Connection, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{PostgresUrl, fault, tls};
use crate::{Error, Result};

pub(super) type Wire = Connection<Socket, <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream>;

/// Connects; the caller drives the wire.
pub(super) async fn raw(target: &PostgresUrl) -> Result<(Client, Wire)> {
    let connected = target.config.connect(tls::connector(target)?).await;
    connected.map_err(|error| Error::unavailable(fault::describe(&error)))
}

/// Connects, the wire driven by a task that ends with the client.
pub(super) async fn open(target: &PostgresUrl) -> Result<Client> {
    let (client, wire) = raw(target).await?;
    tokio::spawn(async move {
        // The client gets the error, too.
        if let Err(error) = wire.await {
            tracing::debug!(target: "hallpass::store", error = fault::describe(&error), "a connection ended");
        }
    });
    Ok(client)
}
