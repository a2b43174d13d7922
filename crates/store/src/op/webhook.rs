//! Endpoints that are told of events, as admins look after them. Whatever changes one ends its lease: a process that is
//! delivering cannot write over the change.

use std::fmt;

use hallpass_model::audit::{AuditContext, AuditEntry, Event};
use hallpass_model::webhook::{Delivered, REMEMBERED, State, Types, Webhook};
use hallpass_model::{Timestamp, WebhookId};

use super::{Mode, Operation, audit};
use crate::conn::{Columns, Conn, FromRow, Row, Value};
use crate::{Error, Result};

const HEAD: &str = "SELECT position FROM audit_chain WHERE name = 'head'";
const CREATE: &str = "INSERT INTO webhooks (id, url, types, sealed, cursor, state, failures, not_before, leased_until, \
    created_at, recent) VALUES ($1, $2, $3, $4, $5, 'pending', 0, $6, 0, $6, '[]')";
const LIST: &str = select!(webhook, "FROM webhooks ORDER BY id");
const FIND: &str = select!(webhook, "FROM webhooks WHERE id = $1");
const CHANGE: &str = "UPDATE webhooks SET url = $2, types = $3, state = $4, failures = 0, failing_since = NULL, \
    not_before = $5, leased_until = 0 WHERE id = $1";
const CHOOSE: &str = "UPDATE webhooks SET types = $2, leased_until = 0 WHERE id = $1";
const DELETE: &str = "DELETE FROM webhooks WHERE id = $1";
const ROTATE: &str = "UPDATE webhooks SET previous_sealed = sealed, previous_until = $3, sealed = $2 WHERE id = $1";
const SINCE: &str = "SELECT position FROM audit_log WHERE at >= $1 AND position IS NOT NULL ORDER BY at LIMIT 1";
const REPLAY: &str = "UPDATE webhooks SET cursor = $2, not_before = $3, leased_until = 0 WHERE id = $1";
/// What comes once more must not be tried twice over.
const FORGET_STUCK: &str = "DELETE FROM webhook_stuck WHERE webhook_id = $1 AND seq > $2";
const NOTE: &str = "UPDATE webhooks SET recent = $2 WHERE id = $1";
const ACTIVATE: &str = "UPDATE webhooks SET state = 'active', failures = 0, failing_since = NULL, not_before = $2 \
    WHERE id = $1 AND state = 'pending' AND url = $3";

/// An endpoint about to be made.
pub struct NewWebhook {
    pub id: WebhookId,
    pub url: String,
    pub types: Types,
    /// Its secret, sealed.
    pub sealed: Vec<u8>,
}

impl fmt::Debug for NewWebhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewWebhook({})", self.id)
    }
}

/// An entry about an endpoint. The path of its address may be a secret of its receiver, so only the host is named.
fn entry(event: Event, id: WebhookId, url: &str) -> AuditEntry {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = host.split(['/', '?', '#']).next().unwrap_or(host);
    AuditEntry::new(event).detail("webhook", id.to_string()).detail("host", host)
}

/// Makes an endpoint. It is told of what is committed from now on: whoever audits waits for the head of the chain, which
/// this transaction holds.
#[derive(Debug)]
pub struct CreateWebhook {
    pub act: AuditContext,
    pub webhook: NewWebhook,
}

impl Operation for CreateWebhook {
    type Output = Webhook;
    const NAME: &'static str = "create_webhook";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Webhook> {
        let NewWebhook { id, url, types, sealed } = &self.webhook;
        audit::append(conn, &self.act, &entry(Event::WebhookCreated, *id, url)).await?;
        let head: i64 = conn.row(HEAD, &[]).await?.ok_or(Error::Corrupt("the head of the audit log is missing"))?;
        let (types, sealed) = (types.to_string(), Value::Blob(sealed));
        let params =
            [id.as_bytes().into(), url.as_str().into(), types.as_str().into(), sealed, head.into(), self.act.at.into()];
        conn.execute(CREATE, &params).await?;
        find(conn, *id).await?.ok_or(Error::Corrupt("a webhook vanished"))
    }
}

async fn find<C: Conn>(conn: &mut C, id: WebhookId) -> Result<Option<Webhook>> {
    conn.row(FIND, &[id.as_bytes().into()]).await
}

/// Every endpoint, the oldest first.
#[derive(Debug)]
pub struct ListWebhooks;

impl Operation for ListWebhooks {
    type Output = Vec<Webhook>;
    const NAME: &'static str = "list_webhooks";
    const MODE: Mode = Mode::List;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Vec<Webhook>> {
        conn.rows(LIST, &[]).await
    }
}

/// One endpoint.
#[derive(Debug)]
pub struct FindWebhook {
    pub id: WebhookId,
}

impl Operation for FindWebhook {
    type Output = Option<Webhook>;
    const NAME: &'static str = "find_webhook";
    const MODE: Mode = Mode::PointRead;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Option<Webhook>> {
        find(conn, self.id).await
    }
}

/// Changes an endpoint; what is none stays.
#[derive(Debug)]
pub struct UpdateWebhook {
    pub act: AuditContext,
    pub id: WebhookId,
    /// Another address has to take a `ping` first.
    pub url: Option<String>,
    pub types: Option<Types>,
    /// An endpoint that is enabled again has to take a `ping` first.
    pub is_enabled: Option<bool>,
}

impl Operation for UpdateWebhook {
    type Output = Option<Webhook>;
    const NAME: &'static str = "update_webhook";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Option<Webhook>> {
        let Some(before) = find(conn, self.id).await? else { return Ok(None) };
        let url = self.url.as_ref().unwrap_or(&before.url);
        let types = self.types.as_ref().unwrap_or(&before.types);
        let state = self.state(&before);
        let names = types.to_string();
        let id = self.id.as_bytes().into();
        if *url != before.url || state != before.state {
            let at = self.act.at.into();
            let params = [id, url.as_str().into(), names.as_str().into(), state.as_str().into(), at];
            conn.execute(CHANGE, &params).await?;
        } else if *types == before.types {
            return Ok(Some(before));
        } else {
            conn.execute(CHOOSE, &[id, names.as_str().into()]).await?;
        }
        let entry = entry(Event::WebhookChanged, self.id, url).detail("state", state.as_str());
        audit::append(conn, &self.act, &entry).await?;
        find(conn, self.id).await
    }
}

impl UpdateWebhook {
    fn state(&self, before: &Webhook) -> State {
        let has_moved = self.url.as_ref().is_some_and(|url| *url != before.url);
        match (self.is_enabled, before.state) {
            (Some(false), _) | (None, State::Disabled) => State::Disabled,
            (Some(true), State::Disabled) => State::Pending,
            _ if has_moved => State::Pending,
            (_, state) => state,
        }
    }
}

/// Deletes an endpoint, with what is noted of its failures.
#[derive(Debug)]
pub struct DeleteWebhook {
    pub act: AuditContext,
    pub id: WebhookId,
}

impl Operation for DeleteWebhook {
    /// Whether there was one.
    type Output = bool;
    const NAME: &'static str = "delete_webhook";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<bool> {
        let Some(before) = find(conn, self.id).await? else { return Ok(false) };
        conn.execute(DELETE, &[self.id.as_bytes().into()]).await?;
        audit::append(conn, &self.act, &entry(Event::WebhookDeleted, self.id, &before.url)).await?;
        Ok(true)
    }
}

/// Gives an endpoint another secret; the one before signs as well for a while.
pub struct RotateWebhook {
    pub act: AuditContext,
    pub id: WebhookId,
    pub sealed: Vec<u8>,
    pub previous_until: Timestamp,
}

impl Operation for RotateWebhook {
    /// Whether there is one.
    type Output = bool;
    const NAME: &'static str = "rotate_webhook";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<bool> {
        let Some(before) = find(conn, self.id).await? else { return Ok(false) };
        let params = [self.id.as_bytes().into(), Value::Blob(&self.sealed), self.previous_until.into()];
        conn.execute(ROTATE, &params).await?;
        audit::append(conn, &self.act, &entry(Event::WebhookRotated, self.id, &before.url)).await?;
        Ok(true)
    }
}

/// Sets an endpoint back: it is told of what happened since an instant once more.
#[derive(Debug)]
pub struct ReplayWebhook {
    pub act: AuditContext,
    pub id: WebhookId,
    pub since: Timestamp,
}

impl Operation for ReplayWebhook {
    type Output = Option<Webhook>;
    const NAME: &'static str = "replay_webhook";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Option<Webhook>> {
        let Some(before) = find(conn, self.id).await? else { return Ok(None) };
        let first: Option<i64> = conn.row(SINCE, &[self.since.into()]).await?;
        let cursor = first.map_or(before.head, |first| first - 1);
        let id = self.id.as_bytes().into();
        conn.execute(REPLAY, &[id, cursor.into(), self.act.at.into()]).await?;
        conn.execute(FORGET_STUCK, &[id, cursor.into()]).await?;
        let entry = entry(Event::WebhookReplayed, self.id, &before.url).detail("since", self.since.to_string());
        audit::append(conn, &self.act, &entry).await?;
        find(conn, self.id).await
    }
}

/// Notes what a test has come to. An endpoint that waited for a `ping` is active then.
#[derive(Debug)]
pub struct NoteTest {
    pub id: WebhookId,
    /// The address that was tested.
    pub url: String,
    pub now: Timestamp,
    pub delivered: Delivered,
}

impl Operation for NoteTest {
    type Output = Option<Webhook>;
    const NAME: &'static str = "note_webhook_test";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Option<Webhook>> {
        let Some(before) = find(conn, self.id).await? else { return Ok(None) };
        let recent = remembered(vec![self.delivered.clone()], before.recent)?;
        conn.execute(NOTE, &[self.id.as_bytes().into(), recent.as_str().into()]).await?;
        if self.delivered.error.is_none() {
            let params = [self.id.as_bytes().into(), self.now.into(), self.url.as_str().into()];
            conn.execute(ACTIVATE, &params).await?;
        }
        find(conn, self.id).await
    }
}

/// The last deliveries as a row holds them: `newest` is in the order in which they happened.
pub(super) fn remembered(newest: Vec<Delivered>, before: Vec<Delivered>) -> Result<String> {
    let all: Vec<Delivered> = newest.into_iter().rev().chain(before).take(REMEMBERED).collect();
    serde_json::to_string(&all).map_err(|_| Error::Corrupt("deliveries of a webhook"))
}

pub(super) fn recent(text: &str) -> Result<Vec<Delivered>> {
    serde_json::from_str(text).map_err(|_| Error::Corrupt("deliveries of a webhook"))
}

impl FromRow for Webhook {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        Ok(Self {
            id: WebhookId::from_bytes(columns.array()?),
            url: columns.text()?,
            types: columns.text()?.parse().map_err(|_| Error::Corrupt("types of a webhook"))?,
            state: columns.text()?.parse().map_err(|_| Error::Corrupt("state of a webhook"))?,
            cursor: columns.int()?,
            failures: columns.count()?,
            failing_since: columns.opt_time()?,
            not_before: columns.time()?,
            created_at: columns.time()?,
            previous_until: columns.opt_time()?,
            recent: recent(&columns.text()?)?,
            waiting: columns.count()?,
            given_up: columns.count()?,
            head: columns.int()?,
        })
    }
}
