//! Sending what waits: claimed for a while, sent, settled. A process that dies lets its claims run out, and another one
//! sends again under the same name.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use futures_util::stream::{self, StreamExt};
use hallpass_mail::{Letter, Outbound, Outgoing, SendError, Template};
use hallpass_model::audit::{Actor, AuditEntry, Event};
use hallpass_model::outbox::{State, pause_after};
use hallpass_model::{Email, MessageId, Timestamp};
use hallpass_store::op::{self, Claimed, Tried};

use super::compose::Content;
use crate::core::Auth;
use crate::ctx::Ctx;
use crate::rooms::Background;
use crate::{Error, Result};

/// Longer than a mail server may take: a message that is being sent is not claimed by another process.
const LEASE: Duration = Duration::from_secs(120);
/// Messages claimed at once, and sent at once.
const BATCH: u32 = 4;
const AT_ONCE: usize = BATCH as usize;
/// How long nothing is written for a mailbox that does not exist.
const DEAD_FOR: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// While the mail server is down all messages wait, and none of them is to blame.
const DOWN: Duration = Duration::from_secs(10);

/// What a round of sending did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Delivery {
    /// Messages that left.
    pub sent: usize,
    /// Messages that will not leave.
    pub failed: usize,
    /// Messages that are tried again.
    pub put_off: usize,
}

impl Delivery {
    fn count(&mut self, tried: &Tried) {
        let (state, count) = match tried {
            Tried::Settled(State::Sent) => ("sent", &mut self.sent),
            Tried::Settled(state) => (state.as_str(), &mut self.failed),
            Tried::PutOff { .. } => ("put_off", &mut self.put_off),
        };
        *count += 1;
        metrics::counter!("hallpass_messages_tried_total", "result" => state).increment(1);
    }

    /// How many were claimed.
    pub const fn tried(self) -> usize {
        self.sent + self.failed + self.put_off
    }
}

impl<'a> Background<'a> {
    /// What sends messages, if this installation sends mail. It keeps its connections: drop it when nothing waits any more.
    pub fn outbound(self) -> Option<Outbound<'a>> {
        self.0.core().mailer.as_ref().map(hallpass_mail::Mailer::outbound)
    }

    /// Sends messages whose turn has come, a few at once; call it again while it finds any.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::Error::Unavailable); what was claimed is sent once the claim has run out.
    pub async fn send_messages(self, ctx: &Ctx, outbound: &Outbound<'_>) -> Result<Delivery> {
        let waiting = self.0.core().store.read(op::CountWaiting).await?;
        gauge(waiting, ctx);
        if waiting.count == 0 {
            return Ok(Delivery::default());
        }
        let lease = ctx.now + LEASE;
        let claimed = self.0.core().store.write(self.0.claim(ctx, lease)).await?;
        let sending = claimed.into_iter().map(async |message: Claimed| {
            let tried = self.0.deliver(ctx, outbound, &message).await;
            self.0.settle_message(ctx, lease, message, tried).await
        });
        let mut all = Delivery::default();
        let mut settled = stream::iter(sending).buffer_unordered(AT_ONCE);
        while let Some(tried) = settled.next().await {
            all.count(&tried?);
        }
        Ok(all)
    }

    /// Returns when a message was written by this process.
    pub async fn has_mail(self) {
        self.0.core().has_mail.notified().await;
    }
}

impl Auth {
    fn claim(&self, ctx: &Ctx, lease: op::Lease) -> op::ClaimMessages {
        op::ClaimMessages { now: ctx.now, lease, limit: BATCH, per_hour: self.settings().mail.per_hour }
    }

    /// What a message says: what is sealed in it, or its template alone, to the address that its user has by now.
    async fn content(&self, message: &Claimed, template: Template) -> Result<Content, Failed> {
        if let Some(sealed) = &message.sealed {
            let content = self.unseal(message.id, sealed);
            return content.ok_or_else(|| Failed::Never("sealed under another master key".to_owned()));
        }
        let gone = || Failed::Never("its user is gone".to_owned());
        let user = self.user(message.user.ok_or_else(gone)?).await.map_err(|error| match error {
            Error::InvalidToken(_) => gone(),
            error => Failed::Later(error.to_string()),
        })?;
        Ok(Content {
            to: user.email.as_given().to_owned(),
            language: self.settings().mail.language.clone(),
            link: self.link(template, ""),
            code: None,
            values: BTreeMap::new(),
        })
    }

    pub(crate) async fn send_test(&self, ctx: &Ctx, to: &Email) -> Result<Result<(), String>> {
        let outbound = self.background().outbound().ok_or(Error::NoMail)?;
        let content = Content {
            to: to.as_given().to_owned(),
            language: self.settings().mail.language.clone(),
            link: self.link(Template::Test, ""),
            code: None,
            values: BTreeMap::new(),
        };
        let id = MessageId::new(ctx.now, ctx.bytes()?);
        Ok(self.post(ctx, &outbound, (id, Template::Test), &content).await.map_err(Failed::into_words))
    }

    async fn deliver(&self, ctx: &Ctx, outbound: &Outbound<'_>, message: &Claimed) -> Result<(), Failed> {
        if message.expires_at <= ctx.now {
            return Err(Failed::Expired);
        }
        let template: Template = message.template.parse().map_err(|_| Failed::Never("no such template".to_owned()))?;
        let content = self.content(message, template).await?;
        self.post(ctx, outbound, (message.id, template), &content).await
    }

    async fn post(
        &self,
        ctx: &Ctx,
        outbound: &Outbound<'_>,
        (id, template): (MessageId, Template),
        content: &Content,
    ) -> Result<(), Failed> {
        let host = self.host();
        let letter = Letter {
            template,
            language: &content.language,
            host,
            link: &content.link,
            code: content.code.as_deref(),
            values: &content.values,
        };
        let rendered = outbound.words().render(&letter).map_err(|error| Failed::Never(error.to_string()))?;
        let at = instant(ctx.now);
        let mail = Outgoing { id: &id.to_string(), to: &content.to, host, at, rendered };
        outbound.send(mail).await.map_err(|error| match error {
            SendError::Down(words) => Failed::Down(words),
            SendError::Later(words) => Failed::Later(words),
            SendError::Refused(words) => Failed::Never(words),
            SendError::NoMailbox(words) => Failed::NoMailbox(words),
        })
    }

    async fn settle_message(
        &self,
        ctx: &Ctx,
        lease: op::Lease,
        message: Claimed,
        tried: Result<(), Failed>,
    ) -> Result<Tried> {
        let is_dead = matches!(tried, Err(Failed::NoMailbox(_)));
        let (tried, error) = match tried {
            Ok(()) => (Tried::Settled(State::Sent), None),
            Err(failed) => failed.verdict(ctx, &message),
        };
        if let Some(error) = &error {
            tracing::warn!(message = %message.id, template = message.template, attempt = message.attempts, error, "a message was not sent");
        }
        let audit = failure(&tried, &message).map(|entry| (ctx.act(Actor::System), entry));
        let dead_until = is_dead.then(|| ctx.now + DEAD_FOR);
        let settled =
            op::SettleMessage { id: message.id, lease, now: ctx.now, tried: tried.clone(), error, dead_until, audit };
        if !self.core().store.write(settled).await? {
            tracing::warn!(message = %message.id, "sending took longer than the claim: the message may arrive twice");
        }
        Ok(tried)
    }

    /// Mails that were written into a folder are of use for as long as their rows are.
    pub(crate) async fn remove_old_mails(&self, ctx: &Ctx) {
        let Some(mailer) = &self.core().mailer else { return };
        let than = instant(ctx.now - op::Prune::MESSAGES_KEPT);
        if let Err(error) = mailer.remove_older(than).await {
            tracing::warn!(%error, "old mails cannot be removed from their folder");
        }
    }

    /// The host of the issuer, which signs mails.
    fn host(&self) -> &str {
        let issuer = self.settings().token.issuer.as_str();
        let host = issuer.split_once("://").map_or(issuer, |(_, host)| host);
        host.split('/').next().unwrap_or(host)
    }
}

/// Why a message did not leave.
enum Failed {
    Expired,
    Down(String),
    Later(String),
    Never(String),
    NoMailbox(String),
}

impl Failed {
    fn into_words(self) -> String {
        match self {
            Self::Expired => "expired".to_owned(),
            Self::Down(words) | Self::Later(words) | Self::Never(words) | Self::NoMailbox(words) => words,
        }
    }

    fn verdict(self, ctx: &Ctx, message: &Claimed) -> (Tried, Option<String>) {
        // One that expires first is settled then, and not at the next try.
        let later = |pause: Duration| (ctx.now + pause).min(message.expires_at);
        match self {
            Self::Expired => (Tried::Settled(State::Expired), None),
            Self::Never(words) | Self::NoMailbox(words) => (Tried::Settled(State::Refused), Some(words)),
            Self::Down(words) => (Tried::PutOff { until: later(DOWN), counts: false }, Some(words)),
            Self::Later(words) => {
                (Tried::PutOff { until: later(pause_after(message.attempts)), counts: true }, Some(words))
            }
        }
    }
}

/// What the audit log says of a message that will not leave.
fn failure(tried: &Tried, message: &Claimed) -> Option<AuditEntry> {
    let Tried::Settled(state) = tried else { return None };
    if *state == State::Sent {
        return None;
    }
    let mut entry = AuditEntry::new(Event::MailFailed).detail("message", message.id.to_string());
    entry.user = message.user;
    Some(entry.detail("template", &message.template).detail("state", state.as_str()))
}

fn instant(at: Timestamp) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(at.unsigned_millis())
}

#[allow(clippy::cast_precision_loss)]
fn gauge(waiting: op::Waiting, ctx: &Ctx) {
    metrics::gauge!("hallpass_messages_waiting").set(waiting.count as f64);
    let age = waiting.oldest.map_or(0.0, |oldest| oldest.until(ctx.now).as_secs_f64());
    metrics::gauge!("hallpass_messages_oldest_seconds").set(age);
}
