//! The audit log.

use hallpass_model::audit::{AuditContext, AuditEntry};
use hallpass_model::{SessionId, id};

use super::{Mode, Operation};
use crate::audit_chain::{Content, Mac, START};
use crate::conn::{Columns, Conn, FromRow, Row, Value};
use crate::{Error, Result};

const INSERT: &str = "INSERT INTO audit_log \
    (at, event, actor, user_id, session_id, ip, user_agent, request_id, detail, position, mac) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
/// The row stays locked until the commit, so places are in the order of commits and never given out twice.
const ADVANCE: &str = "UPDATE audit_chain SET position = position + 1 WHERE name = 'head' \
    RETURNING position, (SELECT mac FROM audit_log WHERE audit_log.position = audit_chain.position - 1)";

/// Appends an entry, in the transaction of the act that it tells of.
pub(super) async fn append<C: Conn>(conn: &mut C, act: &AuditContext, entry: &AuditEntry) -> Result<()> {
    let detail: serde_json::Map<String, serde_json::Value> =
        entry.detail.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into())).collect();
    let detail = serde_json::Value::Object(detail).to_string();
    let actor = act.actor.to_string();
    let ip = act.ip.map(|ip| ip.to_string());
    let row = Content {
        at: act.at,
        event: entry.event.as_str(),
        actor: &actor,
        user: entry.user.as_ref().map(|id| id::UserId::as_bytes(id).as_slice()),
        session: entry.session.as_ref().map(|id| SessionId::as_bytes(id).as_slice()),
        ip: ip.as_deref(),
        user_agent: act.user_agent.as_deref(),
        request_id: act.request_id.as_deref(),
        detail: &detail,
    };
    insert(conn, &row).await
}

/// Chains a row to the one before. When that one is missing the log goes on: what is gone is found by verifying, and a
/// server that stopped here would let the one who deleted a row stop every login.
async fn insert<C: Conn>(conn: &mut C, row: &Content<'_>) -> Result<()> {
    let Place { position, before } =
        conn.row(ADVANCE, &[]).await?.ok_or(Error::Corrupt("the head of the audit log is missing"))?;
    let mac = conn.audit_key().row(position, &before, row);
    let blob = |bytes: Option<_>| bytes.map_or(Value::Null, Value::Blob);
    let params = [
        row.at.into(),
        row.event.into(),
        row.actor.into(),
        blob(row.user),
        blob(row.session),
        row.ip.into(),
        row.user_agent.into(),
        row.request_id.into(),
        row.detail.into(),
        position.into(),
        (&mac).into(),
    ];
    conn.execute(INSERT, &params).await.map(|_| ())
}

/// Where the next row goes, and the mac of the one before.
struct Place {
    position: i64,
    before: Mac,
}

impl FromRow for Place {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        Ok(Self { position: columns.int()?, before: columns.opt_array()?.unwrap_or(START) })
    }
}

/// Appends one entry by itself.
#[derive(Debug)]
pub struct AppendAudit {
    pub act: AuditContext,
    pub entry: AuditEntry,
}

impl Operation for AppendAudit {
    type Output = ();
    const NAME: &'static str = "append_audit";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<()> {
        append(conn, &self.act, &self.entry).await
    }
}
