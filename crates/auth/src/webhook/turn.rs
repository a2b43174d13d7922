//! The turn of an endpoint: leased, told what is new and what has failed before, settled. A process that dies lets its lease
//! run out, and another one tells what was not settled again, under the same ids.

use std::time::Duration;

use futures_util::future::join_all;
use hallpass_mail::Template;
use hallpass_model::audit::{Actor, AuditEntry, Event as Audit};
use hallpass_model::webhook::{Delivered, Event, MAY_FAIL_FOR, State, Stuck, Type, pause_after, rest_after};
use hallpass_model::{MessageId, StuckId, Timestamp, WebhookId};
use hallpass_store::op::{self, Lease, LeasedWebhook};
use tokio::time::Instant;

use super::body::Message;
use super::deliver::{Attempt, Outcome, Sender};
use crate::Result;
use crate::core::Auth;
use crate::ctx::Ctx;
use crate::rooms::Background;

/// Longer than a batch may take: what it may begin, the last deliveries, and waiting for those of another endpoint of the
/// same host.
const LEASE: Duration = Duration::from_secs(120);
/// No delivery begins later in a batch.
const MAY_BEGIN: Duration = Duration::from_secs(30);
/// Rows of the audit log read at once. One update is written for all of them.
const ROWS: u32 = 200;
/// Admins who get a mail when an endpoint is disabled.
const ADMINS_TOLD: usize = 10;
/// Failed deliveries tried again at once.
const STUCK: u32 = 20;

/// What a turn did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Told {
    /// Deliveries that were taken.
    pub taken: usize,
    /// Deliveries that failed.
    pub failed: usize,
}

impl Background<'_> {
    /// Endpoints whose turn it is; cheap while there is none.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::Error::Unavailable).
    pub async fn due_webhooks(self, ctx: &Ctx) -> Result<Vec<WebhookId>> {
        let core = self.0.core();
        if self.0.settings().webhooks.is_none() {
            return Ok(Vec::new());
        }
        let watch = core.store.read(op::WatchWebhooks).await?;
        gauge(watch);
        if watch.endpoints == 0 {
            return Ok(Vec::new());
        }
        Ok(core.store.read(op::DueWebhooks { now: ctx.now }).await?)
    }

    /// Tells one endpoint what there is to tell, for at most half a minute and the last answers.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::Error::Unavailable); what was not written down is told again once the lease has run out.
    pub async fn tell_webhook(self, ctx: &Ctx, id: WebhookId) -> Result<Told> {
        self.0.tell(ctx, id).await
    }

    /// Returns when an admin of this process has changed an endpoint.
    pub async fn has_webhooks(self) {
        self.0.core().has_webhooks.notified().await;
    }
}

impl Auth {
    /// Sends a `ping` to an endpoint, whoever has its lease.
    pub(crate) async fn send_ping(&self, ctx: &Ctx, webhook: &LeasedWebhook) -> Result<Delivered> {
        let (signer, client, hosts) = (self.signer(ctx, webhook)?, self.webhook_client()?, &self.core().hosts);
        let sender = Sender { client, hosts, url: &webhook.url, signer, at: ctx.now, begun: Instant::now() };
        Ok(sender.send(&Self::ping(ctx, webhook.id)?).await.delivered)
    }

    async fn tell(&self, ctx: &Ctx, id: WebhookId) -> Result<Told> {
        let (store, lease) = (&self.core().store, ctx.now + LEASE);
        let Some(webhook) = store.write(op::ClaimWebhook { id, now: ctx.now, lease }).await? else {
            return Ok(Told::default());
        };
        let signer = self.signer(ctx, &webhook)?;
        let url = webhook.url.clone();
        let (client, hosts, begun) = (self.webhook_client()?, &self.core().hosts, Instant::now());
        let sender = Sender { client, hosts, url: &url, signer, at: ctx.now, begun };
        let mut batch = Batch::new(webhook, lease);
        let mut told = Told::default();
        loop {
            let is_more = self.fill(ctx, &mut batch, &sender).await?;
            told.taken += batch.newest.iter().filter(|delivered| delivered.error.is_none()).count();
            told.failed += batch.newest.iter().filter(|delivered| delivered.error.is_some()).count();
            // The same instant would be the name of two leases.
            let elapsed = begun.elapsed().max(Duration::from_millis(1));
            let next = (is_more && elapsed < MAY_BEGIN).then(|| batch.lease.max(ctx.now + LEASE + elapsed));
            let settled = batch.settle(ctx, next);
            let settled = op::SettleWebhook { notices: self.notices_of(ctx, &settled)?, ..settled };
            if !store.write(settled).await? {
                tracing::warn!(webhook = %id, "the lease was lost: what was delivered may arrive twice");
                return Ok(told);
            }
            let Some(lease) = next else { return Ok(told) };
            batch.go_on(lease);
        }
    }

    /// Mails for the admins when an endpoint is disabled.
    fn notices_of(&self, ctx: &Ctx, settled: &op::SettleWebhook) -> Result<Option<(&'static str, Vec<MessageId>)>> {
        if settled.audit.is_none() || !self.mail().is_on() {
            return Ok(None);
        }
        let ids = (0..ADMINS_TOLD).map(|_| Ok(MessageId::new(ctx.now, ctx.bytes()?)));
        Ok(Some((Template::WebhookDisabled.as_str(), ids.collect::<Result<_>>()?)))
    }

    /// Delivers a batch; whether there may be another one.
    async fn fill(&self, ctx: &Ctx, batch: &mut Batch, sender: &Sender<'_>) -> Result<bool> {
        if batch.webhook.state == State::Pending {
            let attempt = sender.send(&Self::ping(ctx, batch.webhook.id)?).await;
            if batch.note(ctx, &attempt) {
                batch.becomes(State::Active);
            }
            batch.newest.push(attempt.delivered);
            return Ok(false);
        }
        let Some(is_more) = self.retry_stuck(ctx, batch, sender).await? else { return Ok(false) };
        Ok(self.tell_news(ctx, batch, sender).await? || is_more && batch.is_well())
    }

    /// Tries again what failed before; whether there may be more of it, or nothing when the endpoint is not well.
    async fn retry_stuck(&self, ctx: &Ctx, batch: &mut Batch, sender: &Sender<'_>) -> Result<Option<bool>> {
        let due = op::StuckDue { webhook: batch.webhook.id, now: ctx.now, limit: STUCK };
        let due = self.core().store.read(due).await?;
        let is_full = due.len() == STUCK as usize;
        for (stuck, told) in due {
            let event = told.as_ref().and_then(|told| of_type(told, stuck.kind));
            let Some((told, event)) = told.as_ref().zip(event).filter(|_| batch.webhook.types.contains(stuck.kind))
            else {
                batch.done.push(stuck.id);
                continue;
            };
            if sender.begun.elapsed() >= MAY_BEGIN {
                return Ok(None);
            }
            let attempt = sender.send(&self.message(told, event)).await;
            let is_well = batch.note(ctx, &attempt);
            if is_well {
                batch.done.push(stuck.id);
            } else {
                batch.put_off(ctx, &stuck, &attempt);
            }
            batch.newest.push(attempt.delivered);
            if !is_well {
                return Ok(None);
            }
        }
        Ok(Some(is_full))
    }

    /// Tells what was committed since; whether the endpoint is well and there may be more.
    async fn tell_news(&self, ctx: &Ctx, batch: &mut Batch, sender: &Sender<'_>) -> Result<bool> {
        let rows = self.core().store.read(op::EventsAfter { seq: batch.cursor, limit: ROWS }).await?;
        let is_full = rows.len() == ROWS as usize;
        let mut rows = rows.iter().peekable();
        while rows.peek().is_some() {
            let mut messages = Vec::new();
            let mut end = batch.cursor;
            // Rows are told whole: the cursor stands between two of them.
            while messages.len() < 2
                && let Some(told) = rows.next()
            {
                messages.extend(self.messages(told, batch));
                end = told.seq;
            }
            if !messages.is_empty() && sender.begun.elapsed() >= MAY_BEGIN {
                return Ok(true);
            }
            let attempts = join_all(messages.iter().map(|message| sender.send(message))).await;
            batch.cursor = end;
            if !batch.take_down(ctx, &messages, attempts)? {
                return Ok(false);
            }
        }
        Ok(is_full)
    }

    fn messages(&self, told: &op::Told, batch: &Batch) -> Vec<Message> {
        let events = Event::of(&told.row).into_iter().filter(|event| batch.webhook.types.contains(event.kind));
        events.map(|event| self.message(told, event)).collect()
    }
}

fn of_type(told: &op::Told, kind: Type) -> Option<Event> {
    Event::of(&told.row).into_iter().find(|event| event.kind == kind)
}

/// What has become of an endpoint since its lease began or was prolonged.
struct Batch {
    webhook: LeasedWebhook,
    lease: Lease,
    cursor: i64,
    state: Option<State>,
    not_before: Timestamp,
    newest: Vec<Delivered>,
    stuck: Vec<Stuck>,
    done: Vec<StuckId>,
    /// Why it is disabled, if it is.
    disabled: Option<&'static str>,
}

impl Batch {
    fn new(webhook: LeasedWebhook, lease: Lease) -> Self {
        let cursor = webhook.cursor;
        Self {
            webhook,
            lease,
            cursor,
            state: None,
            not_before: Timestamp::EPOCH,
            newest: Vec::new(),
            stuck: Vec::new(),
            done: Vec::new(),
            disabled: None,
        }
    }

    /// Whether its last delivery was taken.
    const fn is_well(&self) -> bool {
        self.webhook.failures == 0
    }

    fn becomes(&mut self, state: State) {
        self.state = Some(state);
    }

    /// Notes how the endpoint is; whether it is well.
    fn note(&mut self, ctx: &Ctx, attempt: &Attempt) -> bool {
        let webhook = &mut self.webhook;
        let retry_after = match attempt.outcome {
            Outcome::Taken => {
                (webhook.failures, webhook.failing_since) = (0, None);
                return true;
            }
            Outcome::Gone => None,
            Outcome::Failed { retry_after } => retry_after,
        };
        webhook.failures = webhook.failures.saturating_add(1);
        let since = *webhook.failing_since.get_or_insert(ctx.now);
        let rest = rest_after(webhook.failures).max(retry_after.unwrap_or_default());
        self.not_before = self.not_before.max(ctx.now + rest);
        if attempt.outcome == Outcome::Gone {
            self.disabled = Some("gone");
        } else if since.until(ctx.now) >= MAY_FAIL_FOR {
            self.disabled = Some("failing");
        }
        if self.disabled.is_some() {
            self.becomes(State::Disabled);
        }
        false
    }

    /// Notes the deliveries of some events; whether the endpoint is well.
    fn take_down(&mut self, ctx: &Ctx, messages: &[Message], attempts: Vec<Attempt>) -> Result<bool> {
        let mut is_well = true;
        for (message, attempt) in messages.iter().zip(attempts) {
            if !self.note(ctx, &attempt) {
                is_well = false;
                if let (Some(seq), Some(kind)) = (message.seq, message.kind) {
                    let id = StuckId::new(ctx.now, ctx.bytes()?);
                    let new = Stuck {
                        id,
                        seq,
                        kind,
                        attempts: 0,
                        next_at: None,
                        last_status: None,
                        last_error: String::new(),
                    };
                    self.put_off(ctx, &new, &attempt);
                }
            }
            self.newest.push(attempt.delivered);
        }
        Ok(is_well)
    }

    fn put_off(&mut self, ctx: &Ctx, stuck: &Stuck, attempt: &Attempt) {
        let attempts = stuck.attempts.saturating_add(1);
        let asked = match attempt.outcome {
            Outcome::Failed { retry_after } => retry_after.unwrap_or_default(),
            Outcome::Taken | Outcome::Gone => Duration::ZERO,
        };
        let next_at = pause_after(attempts).map(|pause| ctx.now + pause.max(asked));
        let Delivered { status: last_status, error, .. } = &attempt.delivered;
        let (last_status, last_error) = (*last_status, error.clone().unwrap_or_default());
        let Stuck { id, seq, kind, .. } = *stuck;
        self.stuck.push(Stuck { id, seq, kind, attempts, next_at, last_status, last_error });
    }

    /// What is written down; the batch is empty then.
    fn settle(&mut self, ctx: &Ctx, next: Option<Lease>) -> op::SettleWebhook {
        let id = self.webhook.id;
        if let Some(error) = self.newest.iter().rev().find_map(|delivered| delivered.error.as_deref()) {
            tracing::warn!(webhook = %id, failures = self.webhook.failures, error, "a webhook was not delivered");
        }
        let audit = self.disabled.map(|reason| {
            tracing::error!(webhook = %id, reason, "a webhook is disabled");
            let entry = AuditEntry::new(Audit::WebhookDisabled).detail("webhook", id.to_string());
            (ctx.act(Actor::System), entry.detail("reason", reason))
        });
        op::SettleWebhook {
            id,
            lease: self.lease,
            next_lease: next.unwrap_or(ctx.now),
            cursor: self.cursor,
            state: self.state,
            failures: self.webhook.failures,
            failing_since: self.webhook.failing_since,
            not_before: self.not_before,
            recent: (self.webhook.recent.clone(), self.newest.clone()),
            stuck: std::mem::take(&mut self.stuck),
            done: std::mem::take(&mut self.done),
            audit,
            notices: None,
        }
    }

    fn go_on(&mut self, lease: Lease) {
        self.lease = lease;
        let mut recent = std::mem::take(&mut self.newest);
        recent.reverse();
        recent.append(&mut self.webhook.recent);
        recent.truncate(hallpass_model::webhook::REMEMBERED);
        self.webhook.recent = recent;
    }
}

#[allow(clippy::cast_precision_loss)]
fn gauge(watch: op::WebhookWatch) {
    metrics::gauge!("hallpass_webhook_lag_rows").set(watch.lag as f64);
    metrics::gauge!("hallpass_webhook_deliveries_waiting").set(watch.waiting as f64);
}
