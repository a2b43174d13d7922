//! The key ring as it rests: private halves sealed.

use hallpass_model::Timestamp;
use hallpass_model::audit::{AuditContext, AuditEntry, Event};
use hallpass_model::key::KeyRecord;

use super::{Mode, Operation, audit};
use crate::conn::{Columns, Conn, FromRow, Row, Value};
use crate::{Error, Result};

const LIST: &str = select!(key, "FROM signing_keys ORDER BY announced_at, kid");
const VERSION: &str = "SELECT value FROM counters WHERE name = 'key_ring'";
const ADVANCE: &str = "UPDATE counters SET value = value + 1 WHERE name = 'key_ring' AND value = $1";
const BUMP: &str = "UPDATE counters SET value = value + 1 WHERE name = 'key_ring'";
const INSERT: &str = "INSERT INTO signing_keys \
    (kid, algorithm, sealed, announced_at, active_from, retired_at, gone_at, revoked_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const ACTIVATE: &str = "UPDATE signing_keys SET active_from = $2 \
    WHERE kid = $1 AND active_from IS NULL RETURNING algorithm";
const RETIRE: &str = "UPDATE signing_keys SET retired_at = $2, gone_at = $3 \
    WHERE kid = $1 AND retired_at IS NULL RETURNING algorithm";
/// A revoked key is remembered for ever, and so is a secret that configuration may still name: neither may come back
/// as if it were new. What is left are key pairs that were made here and have run their course.
const REMOVE: &str = "DELETE FROM signing_keys \
    WHERE gone_at <= $1 AND revoked_at IS NULL AND algorithm <> 'HS256' RETURNING kid, algorithm";
const REVOKE: &str = "UPDATE signing_keys SET revoked_at = $2 WHERE kid = $1 AND revoked_at IS NULL";

/// The keys with the version that a change must name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRingSnapshot {
    /// Grows with every change.
    pub version: i64,
    /// The oldest first.
    pub keys: Vec<KeyRecord>,
}

/// Reads the ring.
#[derive(Debug)]
pub struct ListKeys;

impl Operation for ListKeys {
    type Output = KeyRingSnapshot;
    const NAME: &'static str = "list_keys";
    const MODE: Mode = Mode::PointRead;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<KeyRingSnapshot> {
        let version = conn.row(VERSION, &[]).await?.ok_or(Error::Corrupt("counters are missing"))?;
        Ok(KeyRingSnapshot { version, keys: conn.rows(LIST, &[]).await? })
    }
}

/// One change of the ring.
#[derive(Debug, Clone)]
pub enum KeyChange {
    /// A key enters.
    Insert(KeyRecord),
    /// An announced key begins to sign.
    Activate { kid: String, from: Timestamp },
    /// A key stops signing.
    Retire {
        kid: String,
        at: Timestamp,
        /// When its last token has expired.
        gone_at: Timestamp,
    },
}

/// Changes the ring, if it is still as the planner saw it.
#[derive(Debug)]
pub struct ChangeKeys {
    pub act: AuditContext,
    /// The version the plan was made on.
    pub version: i64,
    /// In their order.
    pub changes: Vec<KeyChange>,
}

impl Operation for ChangeKeys {
    /// Whether it was done. If not, another process changed the ring first.
    type Output = bool;
    const NAME: &'static str = "change_keys";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<bool> {
        if conn.execute(ADVANCE, &[self.version.into()]).await? == 0 {
            return Ok(false);
        }
        for change in &self.changes {
            let entry = apply(conn, change).await?;
            audit::append(conn, &self.act, &entry).await?;
        }
        Ok(true)
    }
}

async fn apply<C: Conn>(conn: &mut C, change: &KeyChange) -> Result<AuditEntry> {
    match change {
        KeyChange::Insert(key) => {
            insert(conn, key).await?;
            let event = if key.active_from.is_some() { Event::KeyActivated } else { Event::KeyAnnounced };
            Ok(AuditEntry::new(event).detail("kid", &key.kid).detail("alg", &key.algorithm))
        }
        KeyChange::Activate { kid, from } => {
            let alg = conn.row(ACTIVATE, &[kid.as_str().into(), (*from).into()]).await?;
            Ok(entry(Event::KeyActivated, kid, alg))
        }
        KeyChange::Retire { kid, at, gone_at } => {
            let alg = conn.row(RETIRE, &[kid.as_str().into(), (*at).into(), (*gone_at).into()]).await?;
            Ok(entry(Event::KeyRetired, kid, alg).detail("gone_at", gone_at.to_string()))
        }
    }
}

fn entry(event: Event, kid: &str, alg: Option<String>) -> AuditEntry {
    AuditEntry::new(event).detail("kid", kid).detail("alg", alg.unwrap_or_default())
}

async fn insert<C: Conn>(conn: &mut C, key: &KeyRecord) -> Result<()> {
    let params = [
        key.kid.as_str().into(),
        key.algorithm.as_str().into(),
        Value::Blob(&key.sealed),
        key.announced_at.into(),
        key.active_from.into(),
        key.retired_at.into(),
        key.gone_at.into(),
        key.revoked_at.into(),
    ];
    conn.execute(INSERT, &params).await.map(|_| ())
}

/// Revokes a key: what it signed is refused at once.
#[derive(Debug)]
pub struct RevokeKey {
    pub act: AuditContext,
    pub kid: String,
}

impl Operation for RevokeKey {
    /// Whether there was such a key, not revoked yet.
    type Output = bool;
    const NAME: &'static str = "revoke_key";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<bool> {
        if conn.execute(REVOKE, &[self.kid.as_str().into(), self.act.at.into()]).await? == 0 {
            return Ok(false);
        }
        conn.execute(BUMP, &[]).await?;
        audit::append(conn, &self.act, &AuditEntry::new(Event::KeyRevoked).detail("kid", &self.kid)).await?;
        Ok(true)
    }
}

/// Removes key pairs whose last token expired before `gone_before`.
pub(super) async fn remove_gone<C: Conn>(conn: &mut C, act: &AuditContext, gone_before: Timestamp) -> Result<u64> {
    let removed: Vec<Removed> = conn.rows(REMOVE, &[gone_before.into()]).await?;
    for Removed { kid, algorithm } in &removed {
        audit::append(conn, act, &entry(Event::KeyRemoved, kid, Some(algorithm.clone()))).await?;
    }
    if !removed.is_empty() {
        conn.execute(BUMP, &[]).await?;
    }
    u64::try_from(removed.len()).map_err(|_| Error::Corrupt("count of keys"))
}

struct Removed {
    kid: String,
    algorithm: String,
}

impl FromRow for Removed {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        Ok(Self { kid: columns.text()?, algorithm: columns.text()? })
    }
}

impl FromRow for KeyRecord {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        Ok(Self {
            kid: columns.text()?,
            algorithm: columns.text()?,
            sealed: columns.blob()?,
            announced_at: columns.time()?,
            active_from: columns.opt_time()?,
            retired_at: columns.opt_time()?,
            gone_at: columns.opt_time()?,
            revoked_at: columns.opt_time()?,
        })
    }
}
