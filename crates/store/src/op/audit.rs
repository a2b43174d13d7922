//! The audit log.

use hallpass_model::UserId;
use hallpass_model::audit::{Act, Entry, Event, Recorded};
use hallpass_model::page::Page;
use hallpass_model::{SessionId, id};

use super::{Mode, Operation};
use crate::conn::{Columns, Conn, FromRow, Row, Value};
use crate::{Error, Result};

const INSERT: &str = "INSERT INTO audit_log \
    (at, event, actor, user_id, session_id, ip, user_agent, request_id, detail) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

const COLUMNS_OF_ALL: &str = "SELECT seq, at, event, actor, user_id, session_id, ip, user_agent, request_id, detail \
    FROM audit_log WHERE seq < $1 ORDER BY seq DESC LIMIT $2";
const COLUMNS_BY_USER: &str = "SELECT seq, at, event, actor, user_id, session_id, ip, user_agent, request_id, detail \
    FROM audit_log WHERE user_id = $3 AND seq < $1 ORDER BY seq DESC LIMIT $2";
const COLUMNS_BY_EVENT: &str = "SELECT seq, at, event, actor, user_id, session_id, ip, user_agent, request_id, detail \
    FROM audit_log WHERE event = $3 AND seq < $1 ORDER BY seq DESC LIMIT $2";
const COLUMNS_BY_BOTH: &str = "SELECT seq, at, event, actor, user_id, session_id, ip, user_agent, request_id, detail \
    FROM audit_log WHERE user_id = $3 AND event = $4 AND seq < $1 ORDER BY seq DESC LIMIT $2";

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

/// Reads the log, newest first.
#[derive(Debug)]
pub struct ListAudit {
    /// Only what happened to this user.
    pub user: Option<UserId>,
    /// Only events of this name.
    pub event: Option<Event>,
    /// Only what stands before this place.
    pub before: Option<i64>,
    /// How many at most.
    pub limit: u32,
}

impl Operation for ListAudit {
    type Output = Page<Recorded, i64>;
    const NAME: &'static str = "list_audit";
    const MODE: Mode = Mode::List;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Self::Output> {
        let mut params: Vec<Value<'_>> =
            vec![self.before.unwrap_or(i64::MAX).into(), self.limit.saturating_add(1).into()];
        params.extend(self.user.as_ref().map(|user| Value::Blob(user.as_bytes())));
        params.extend(self.event.map(|event| Value::Text(event.as_str())));
        let sql = match (self.user, self.event) {
            (None, None) => COLUMNS_OF_ALL,
            (Some(_), None) => COLUMNS_BY_USER,
            (None, Some(_)) => COLUMNS_BY_EVENT,
            (Some(_), Some(_)) => COLUMNS_BY_BOTH,
        };
        let items = conn.rows::<Recorded>(sql, &params).await?;
        Ok(page(items, self.limit, |row| row.seq))
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

impl FromRow for Recorded {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        Ok(Self {
            seq: columns.int()?,
            at: columns.time()?,
            event: columns.text()?,
            actor: columns.text()?,
            user: columns.opt_array()?.map(UserId::from_bytes),
            session: columns.opt_array()?.map(SessionId::from_bytes),
            ip: columns.opt_text()?,
            user_agent: columns.opt_text()?,
            request_id: columns.opt_text()?,
            detail: columns.opt_text()?.ok_or(Error::Corrupt("audit detail"))?,
        })
    }
}
