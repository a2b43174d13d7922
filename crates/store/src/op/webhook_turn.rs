//! Telling endpoints: whose turn it is, leased by one process at a time; what there is to tell; what has come of it.

use std::fmt;

use hallpass_model::audit::{AuditContext, AuditEntry, AuditRecord};
use hallpass_model::webhook::{Delivered, State, Stuck, Types};
use hallpass_model::{MessageId, StuckId, Timestamp, WebhookId};

use super::session::LEAST;
use super::webhook::{recent, remembered};
use super::{Lease, Mode, Operation, audit, outbox};
use crate::conn::{Columns, Conn, FromRow, Row, Value};
use crate::{Error, Result};

/// By the primary key, from the least id on: PostgreSQL is told to avoid a walk of a whole table, and takes a tenth of a second
/// to compile a plan that has one.
const WATCH: &str = "SELECT COUNT(*), COALESCE(MIN(cursor), 0), \
    (SELECT position FROM audit_chain WHERE name = 'head') FROM webhooks WHERE id > $1 AND state <> 'disabled'";
const WAITING: &str = "SELECT COUNT(*) FROM webhook_stuck WHERE next_at > $1";
const DUE: &str = "SELECT id FROM webhooks WHERE id > $2 AND state <> 'disabled' AND leased_until <= $1 AND \
    not_before <= $1 AND (state = 'pending' OR \
    cursor < (SELECT position FROM audit_chain WHERE name = 'head') OR \
    EXISTS (SELECT 1 FROM webhook_stuck WHERE webhook_id = webhooks.id AND next_at <= $1)) ORDER BY leased_until, id";
/// The conditions are checked once more: of two processes that found the same endpoint the second finds it leased.
const CLAIM: &str = "UPDATE webhooks SET leased_until = $3 WHERE id = $1 AND leased_until <= $2 AND not_before <= $2 \
    AND state <> 'disabled' RETURNING id, url, types, state, sealed, previous_sealed, previous_until, cursor, failures, \
    failing_since, recent";
const TARGET: &str = "SELECT id, url, types, state, sealed, previous_sealed, previous_until, cursor, failures, \
    failing_since, recent FROM webhooks WHERE id = $1";
const AFTER: &str = select!(told, "FROM audit_log WHERE position > $1 ORDER BY position LIMIT $2");
const AT: &str = select!(told, "FROM audit_log WHERE position = $1");
const STUCK: &str = "SELECT id, seq, kind, attempts, next_at, last_status, last_error FROM webhook_stuck \
    WHERE webhook_id = $1 AND next_at <= $2 ORDER BY next_at LIMIT $3";
/// An admin may have changed the state in the meantime, unless the turn itself changes it.
const SETTLE: &str = "UPDATE webhooks SET cursor = $3, state = COALESCE($4, state), failures = $5, failing_since = $6, \
    not_before = $7, leased_until = $8, recent = $9 WHERE id = $1 AND leased_until = $2";
const PUT_STUCK: &str = "INSERT INTO webhook_stuck (id, webhook_id, seq, kind, attempts, next_at, last_status, \
    last_error) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO UPDATE SET attempts = excluded.attempts, \
    next_at = excluded.next_at, last_status = excluded.last_status, last_error = excluded.last_error";
const DONE: &str = "DELETE FROM webhook_stuck WHERE id = $1";

/// How far the endpoints are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WebhookWatch {
    /// Endpoints that are not disabled.
    pub endpoints: u64,
    /// Rows of the audit log that the one farthest behind has not seen.
    pub lag: i64,
    /// Deliveries that failed and are tried again.
    pub waiting: u64,
}

/// Reads how far the endpoints are.
#[derive(Debug)]
pub struct WatchWebhooks;

impl Operation for WatchWebhooks {
    type Output = WebhookWatch;
    const NAME: &'static str = "watch_webhooks";
    const MODE: Mode = Mode::List;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<WebhookWatch> {
        let watch: WebhookWatch = conn.row(WATCH, &[(&LEAST).into()]).await?.unwrap_or_default();
        if watch.endpoints == 0 {
            return Ok(watch);
        }
        let waiting: i64 = conn.row(WAITING, &[Timestamp::EPOCH.into()]).await?.unwrap_or_default();
        Ok(WebhookWatch { waiting: waiting.try_into().unwrap_or_default(), ..watch })
    }
}

/// The endpoints whose turn it is.
#[derive(Debug)]
pub struct DueWebhooks {
    pub now: Timestamp,
}

impl Operation for DueWebhooks {
    type Output = Vec<WebhookId>;
    const NAME: &'static str = "due_webhooks";
    const MODE: Mode = Mode::List;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Vec<WebhookId>> {
        let due: Vec<Due> = conn.rows(DUE, &[self.now.into(), (&LEAST).into()]).await?;
        Ok(due.into_iter().map(|due| due.0).collect())
    }
}

/// An endpoint that this process may tell, until its lease ends.
#[derive(Clone)]
pub struct LeasedWebhook {
    pub id: WebhookId,
    pub url: String,
    pub types: Types,
    pub state: State,
    pub sealed: Vec<u8>,
    /// The secret before the last rotation, and until when it signs as well.
    pub previous: Option<(Vec<u8>, Timestamp)>,
    pub cursor: i64,
    pub failures: u32,
    pub failing_since: Option<Timestamp>,
    pub recent: Vec<Delivered>,
}

impl fmt::Debug for LeasedWebhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LeasedWebhook({}, at {})", self.id, self.cursor)
    }
}

/// Leases an endpoint.
#[derive(Debug)]
pub struct ClaimWebhook {
    pub id: WebhookId,
    pub now: Timestamp,
    pub lease: Lease,
}

impl Operation for ClaimWebhook {
    /// None when another process has it.
    type Output = Option<LeasedWebhook>;
    const NAME: &'static str = "claim_webhook";
    const MODE: Mode = Mode::Write;
    const FIRST_MAY_BE_ALL: bool = true;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Option<LeasedWebhook>> {
        conn.row(CLAIM, &[self.id.as_bytes().into(), self.now.into(), self.lease.into()]).await
    }
}

/// What a `ping` out of turn needs of an endpoint. It is not leased.
#[derive(Debug)]
pub struct FindTarget {
    pub id: WebhookId,
}

impl Operation for FindTarget {
    type Output = Option<LeasedWebhook>;
    const NAME: &'static str = "find_webhook_target";
    const MODE: Mode = Mode::PointRead;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Option<LeasedWebhook>> {
        conn.row(TARGET, &[self.id.as_bytes().into()]).await
    }
}

/// A row of the audit log with its place.
#[derive(Debug, Clone)]
pub struct Told {
    /// Its place, in the order of commits.
    pub seq: i64,
    /// The keyed hash of the row: no two rows have the same, not even those of a store that was put back.
    pub mac: Vec<u8>,
    pub row: AuditRecord,
}

/// The rows of the audit log after a place. Their places are in the order of commits: no row appears below one that was
/// read.
#[derive(Debug)]
pub struct EventsAfter {
    pub seq: i64,
    pub limit: u32,
}

impl Operation for EventsAfter {
    type Output = Vec<Told>;
    const NAME: &'static str = "events_after";
    const MODE: Mode = Mode::List;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Vec<Told>> {
        conn.rows(AFTER, &[self.seq.into(), self.limit.into()]).await
    }
}

/// The failed deliveries of an endpoint whose turn it is, each with its row; none when the log has forgotten it.
#[derive(Debug)]
pub struct StuckDue {
    pub webhook: WebhookId,
    pub now: Timestamp,
    pub limit: u32,
}

impl Operation for StuckDue {
    type Output = Vec<(Stuck, Option<Told>)>;
    const NAME: &'static str = "stuck_due";
    const MODE: Mode = Mode::List;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Self::Output> {
        let params = [self.webhook.as_bytes().into(), self.now.into(), self.limit.into()];
        let stuck: Vec<Stuck> = conn.rows(STUCK, &params).await?;
        let mut all = Vec::with_capacity(stuck.len());
        for one in stuck {
            let told = conn.row(AT, &[one.seq.into()]).await?;
            all.push((one, told));
        }
        Ok(all)
    }
}

/// Writes down what a batch has come to. Nothing happens when the lease was lost: what was delivered comes again then,
/// under the same ids.
#[derive(Debug)]
pub struct SettleWebhook {
    pub id: WebhookId,
    pub lease: Lease,
    /// Another lease, when the process goes on with the next batch; the present when it does not: those whose last turn is
    /// the longest ago come first.
    pub next_lease: Lease,
    pub cursor: i64,
    /// The state, if it changes.
    pub state: Option<State>,
    pub failures: u32,
    pub failing_since: Option<Timestamp>,
    pub not_before: Timestamp,
    /// What the row remembered before, and the deliveries of this batch in their order.
    pub recent: (Vec<Delivered>, Vec<Delivered>),
    /// Deliveries that failed, for the first time or again.
    pub stuck: Vec<Stuck>,
    /// Deliveries that had failed, and need no row any more.
    pub done: Vec<StuckId>,
    pub audit: Option<(AuditContext, AuditEntry)>,
    /// The mail that tells the admins of it, and names for as many of them.
    pub notices: Option<(&'static str, Vec<MessageId>)>,
}

impl Operation for SettleWebhook {
    /// Whether the lease still stood.
    type Output = bool;
    const NAME: &'static str = "settle_webhook";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<bool> {
        let id = self.id.as_bytes().into();
        let (before, newest) = self.recent.clone();
        let recent = remembered(newest, before)?;
        let params = [
            id,
            self.lease.into(),
            self.cursor.into(),
            self.state.map(State::as_str).into(),
            self.failures.into(),
            self.failing_since.into(),
            self.not_before.into(),
            self.next_lease.into(),
            recent.as_str().into(),
        ];
        if conn.execute(SETTLE, &params).await? == 0 {
            return Ok(false);
        }
        for done in &self.done {
            conn.execute(DONE, &[done.as_bytes().into()]).await?;
        }
        for stuck in &self.stuck {
            put(conn, id, stuck).await?;
        }
        if let Some((act, entry)) = &self.audit {
            audit::append(conn, act, entry).await?;
            if let Some((template, ids)) = &self.notices {
                outbox::tell_admins(conn, template, ids, act.at).await?;
            }
        }
        Ok(true)
    }
}

async fn put<C: Conn>(conn: &mut C, webhook: Value<'_>, stuck: &Stuck) -> Result<()> {
    let params = [
        stuck.id.as_bytes().into(),
        webhook,
        stuck.seq.into(),
        stuck.kind.as_str().into(),
        stuck.attempts.into(),
        stuck.next_at.into(),
        stuck.last_status.map_or(Value::Null, |status| Value::Int(status.into())),
        stuck.last_error.as_str().into(),
    ];
    conn.execute(PUT_STUCK, &params).await.map(|_| ())
}

struct Due(WebhookId);

impl FromRow for Due {
    fn from_row(row: &dyn Row) -> Result<Self> {
        Columns::of(row).array().map(|id| Self(WebhookId::from_bytes(id)))
    }
}

impl FromRow for WebhookWatch {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        let (endpoints, cursor, head) = (u64::from(columns.count()?), columns.int()?, columns.int()?);
        let lag = if endpoints == 0 { 0 } else { (head - cursor).max(0) };
        Ok(Self { endpoints, lag, waiting: 0 })
    }
}

impl FromRow for LeasedWebhook {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        Ok(Self {
            id: WebhookId::from_bytes(columns.array()?),
            url: columns.text()?,
            types: columns.text()?.parse().map_err(|_| Error::Corrupt("types of a webhook"))?,
            state: columns.text()?.parse().map_err(|_| Error::Corrupt("state of a webhook"))?,
            sealed: columns.blob()?,
            previous: columns.opt_blob()?.zip(columns.opt_time()?),
            cursor: columns.int()?,
            failures: columns.count()?,
            failing_since: columns.opt_time()?,
            recent: recent(&columns.text()?)?,
        })
    }
}

impl FromRow for Told {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let record = AuditRecord::from_row(row)?;
        let (Some(seq), Some(mac)) = (row.int(10)?, row.blob(11)?) else {
            return Err(Error::Corrupt("a row of the audit log without a place"));
        };
        Ok(Self { seq, mac, row: record })
    }
}

impl FromRow for Stuck {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        Ok(Self {
            id: StuckId::from_bytes(columns.array()?),
            seq: columns.int()?,
            kind: columns.text()?.parse().map_err(|_| Error::Corrupt("type of an event"))?,
            attempts: columns.count()?,
            next_at: columns.opt_time()?,
            last_status: columns.opt_int()?.and_then(|status| status.try_into().ok()),
            last_error: columns.text()?,
        })
    }
}
