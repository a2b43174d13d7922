//! The audit log.

use hallpass_model::audit::{Act, Entry};
use hallpass_model::page::Page;
use hallpass_model::{SessionId, id};

use super::{Mode, Operation};
use crate::Result;
use crate::conn::Conn;

const INSERT: &str = "INSERT INTO audit_log \
    (at, event, actor, user_id, session_id, ip, user_agent, request_id, detail) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

/// Appends an entry, in the transaction of the act that it tells of.
pub(super) async fn append<C: Conn>(conn: &mut C, act: &Act, entry: &Entry) -> Result<()> {
    let detail: serde_json::Map<String, serde_json::Value> =
        entry.detail.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into())).collect();
    let detail = serde_json::Value::Object(detail).to_string();
    let actor = act.actor.to_string();
    let ip = act.ip.map(|ip| ip.to_string());
    let params = [
        act.at.into(),
        entry.event.as_str().into(),
        actor.as_str().into(),
        entry.user.as_ref().map(id::UserId::as_bytes).into(),
        entry.session.as_ref().map(SessionId::as_bytes).into(),
        ip.as_deref().into(),
        act.user_agent.as_deref().into(),
        act.request_id.as_deref().into(),
        detail.as_str().into(),
    ];
    conn.execute(INSERT, &params).await.map(|_| ())
}

/// Appends one entry by itself.
#[derive(Debug)]
pub struct AppendAudit {
    /// Who, when, from where.
    pub act: Act,
    /// What.
    pub entry: Entry,
}

impl Operation for AppendAudit {
    type Output = ();
    const NAME: &'static str = "append_audit";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<()> {
        append(conn, &self.act, &self.entry).await
    }
}

/// Cuts the extra row that says whether there is another page.
pub(super) fn page<T, K>(mut items: Vec<T>, limit: u32, key: impl Fn(&T) -> K) -> Page<T, K> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = items.len() > limit;
    items.truncate(limit);
    let next = if more { items.last().map(key) } else { None };
    Page { items, next }
}
