//! Sending what waits: claimed for a while, sent, settled. A process that dies lets its claims run out, and another one
//! sends again under the same name.

use std::time::{Duration, SystemTime};

use hallpass_mail::{Letter, Locale, Mailer, Outgoing, SendError, Template};
use hallpass_model::outbox::{State, pause_after};
use hallpass_store::op::{self, Claimed, Tried};

use crate::Result;
use crate::core::Auth;
use crate::ctx::Ctx;
use crate::rooms::Background;

/// Longer than a mail server may take: a message that is being sent is not claimed by another process.
const LEASE: Duration = Duration::from_secs(120);
/// Messages claimed at once, and sent at once.
const BATCH: u32 = 4;
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
    /// How many were claimed.
    pub const fn tried(self) -> usize {
        self.sent + self.failed + self.put_off
    }
}

impl Background<'_> {
    /// Sends messages whose turn has come, a few at once; call it again while it finds any.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::Error::Unavailable); what was claimed is sent once the claim has run out.
    pub async fn send_messages(self, ctx: &Ctx) -> Result<Delivery> {
        let Some(mailer) = &self.0.core().mailer else { return Ok(Delivery::default()) };
        let waiting = self.0.core().store.read(op::CountWaiting).await?;
        gauge(waiting, ctx);
        if waiting.count == 0 {
            return Ok(Delivery::default());
        }
        let lease = ctx.now + LEASE;
        let claimed = self.0.core().store.write(op::ClaimMessages { now: ctx.now, lease, limit: BATCH }).await?;
        let mut all = Delivery::default();
        for message in claimed {
            let tried = self.0.deliver(ctx, mailer, &message).await;
            self.0.settle_message(ctx, lease, message, tried, &mut all).await?;
        }
        Ok(all)
    }

    /// Returns when a message was written by this process.
    pub async fn has_mail(self) {
        self.0.core().has_mail.notified().await;
    }
}

impl Auth {
    async fn deliver(&self, ctx: &Ctx, mailer: &Mailer, message: &Claimed) -> Result<(), Failed> {
        if message.expires_at <= ctx.now {
            return Err(Failed::Expired);
        }
        let content = self.unseal(message.id, &message.sealed);
        let content = content.ok_or_else(|| Failed::Never("sealed under another master key".to_owned()))?;
        let template: Template = message.template.parse().map_err(|_| Failed::Never("no such template".to_owned()))?;
        let host = self.host();
        let letter = Letter {
            template,
            locale: Locale::of_tag(&content.locale).unwrap_or(Locale::English),
            host,
            link: &content.link,
            code: content.code.as_deref(),
        };
        let rendered = letter.render().map_err(|error| Failed::Never(error.to_string()))?;
        let at = SystemTime::UNIX_EPOCH + Duration::from_millis(ctx.now.unsigned_millis());
        let mail = Outgoing { id: &message.id.to_string(), to: &content.to, host, at, rendered };
        mailer.send(mail).await.map_err(|error| match error {
            SendError::Down(words) => Failed::Down(words),
            SendError::Later(words) => Failed::Later(words),
            SendError::Refused(words) => Failed::Never(words),
        })
    }

    async fn settle_message(
        &self,
        ctx: &Ctx,
        lease: op::Lease,
        message: Claimed,
        tried: Result<(), Failed>,
        all: &mut Delivery,
    ) -> Result<()> {
        let (tried, error) = match tried {
            Ok(()) => (Tried::Settled(State::Sent), None),
            Err(failed) => failed.verdict(ctx, message.attempts),
        };
        match tried {
            Tried::Settled(State::Sent) => all.sent += 1,
            Tried::Settled(_) => all.failed += 1,
            Tried::PutOff { .. } => all.put_off += 1,
        }
        if let Some(error) = &error {
            tracing::warn!(message = %message.id, template = message.template, attempt = message.attempts, error, "a message was not sent");
        }
        let settled = op::SettleMessage { id: message.id, lease, now: ctx.now, tried, error };
        if !self.core().store.write(settled).await? {
            tracing::warn!(message = %message.id, "sending took longer than the claim: the message may arrive twice");
        }
        Ok(())
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
}

impl Failed {
    fn verdict(self, ctx: &Ctx, attempts: u32) -> (Tried, Option<String>) {
        match self {
            Self::Expired => (Tried::Settled(State::Expired), None),
            Self::Never(words) => (Tried::Settled(State::Refused), Some(words)),
            Self::Down(words) => (Tried::PutOff { until: ctx.now + DOWN, counts: false }, Some(words)),
            Self::Later(words) => (Tried::PutOff { until: ctx.now + pause_after(attempts), counts: true }, Some(words)),
        }
    }
}

#[allow(clippy::cast_precision_loss)]
fn gauge(waiting: op::Waiting, ctx: &Ctx) {
    metrics::gauge!("hallpass_messages_waiting").set(waiting.count as f64);
    let age = waiting.oldest.map_or(0.0, |oldest| oldest.until(ctx.now).as_secs_f64());
    metrics::gauge!("hallpass_messages_oldest_seconds").set(age);
}
