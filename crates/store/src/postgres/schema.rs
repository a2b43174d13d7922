//! Bringing the schema up to date, with other replicas starting at the same time and older ones still running.

use std::collections::BTreeMap;

use refinery::Migration;
use tokio_postgres::{Client, Error as DriverError};

use super::{PostgresUrl, connection, fault};
use crate::{Error, Result};

mod embedded {
    refinery::embed_migrations!("migrations/postgres");
}

/// The lock of the installation's start: `hallpass` as a number.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7521418402915054)";
/// The table that refinery keeps, as it keeps it.
const HISTORY: &str = "CREATE TABLE IF NOT EXISTS refinery_schema_history \
    (version INT4 PRIMARY KEY, name VARCHAR(255), applied_on VARCHAR(255), checksum VARCHAR(255))";
const APPLIED: &str = "SELECT version, name, checksum FROM refinery_schema_history ORDER BY version";
const RECORD: &str = "INSERT INTO refinery_schema_history (version, name, applied_on, checksum) \
    VALUES ($1, $2, CAST(CURRENT_TIMESTAMP AS VARCHAR(255)), $3)";
const KNOWN: &str = "SELECT COUNT(*) FROM information_schema.tables \
    WHERE table_schema = current_schema() AND table_name = 'refinery_schema_history'";

/// Whether there is a schema at all.
pub(super) async fn exists(target: &PostgresUrl) -> Result<bool> {
    let client = connection::open(target).await?;
    let row = client.query_typed(KNOWN, &[]).await.map_err(|error| unavailable(&error))?;
    Ok(row.first().is_some_and(|row| row.get::<_, i64>(0) > 0))
}

/// Applies what is missing, in one transaction under one lock: of replicas that start together one does it while the
/// others wait, and a migration that fails leaves nothing behind. The lock is the transaction's, so that it ends with
/// it behind a pooler too.
pub(super) async fn run(target: &PostgresUrl) -> Result<()> {
    let client = connection::open(target).await?;
    begin(&client).await.map_err(|error| unavailable(&error))?;
    let applied = applied(&client).await.map_err(|error| unavailable(&error))?;
    let mut known = embedded::migrations::runner().get_migrations().clone();
    known.sort();
    if let Some(newer) = applied.iter().find(|(version, _)| known.iter().all(|known| version_of(known) != **version)) {
        return Err(Error::Newer(format!("V{}__{}", newer.0, newer.1)));
    }
    for migration in known.iter().filter(|migration| !applied.contains_key(&version_of(migration))) {
        apply(&client, migration).await.map_err(|error| unavailable(&error))?;
        tracing::info!(target: "hallpass::store", %migration, "schema migrated");
    }
    client.batch_execute("COMMIT").await.map_err(|error| unavailable(&error))
}

async fn begin(client: &Client) -> std::result::Result<(), DriverError> {
    // Waiting for another replica's migration is not being stuck.
    client.batch_execute("BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0").await?;
    client.batch_execute(LOCK).await?;
    client.batch_execute(HISTORY).await
}

async fn applied(client: &Client) -> std::result::Result<BTreeMap<i32, String>, DriverError> {
    let rows = client.query_typed(APPLIED, &[]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

async fn apply(client: &Client, migration: &Migration) -> std::result::Result<(), DriverError> {
    use tokio_postgres::types::Type;
    client.batch_execute(migration.sql().unwrap_or_default()).await?;
    let (version, checksum) = (version_of(migration), migration.checksum().to_string());
    let record = [
        (&version as &(dyn tokio_postgres::types::ToSql + Sync), Type::INT4),
        (&migration.name(), Type::VARCHAR),
        (&checksum, Type::VARCHAR),
    ];
    client.execute_typed(RECORD, &record).await.map(|_| ())
}

fn version_of(migration: &Migration) -> i32 {
    migration.version()
}

fn unavailable(error: &DriverError) -> Error {
    Error::unavailable(fault::describe(error))
}
