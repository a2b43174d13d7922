//! What a message carries until it is sent: sealed, since the secret is in it.

use hallpass_mail::{Locale, Template};
use hallpass_model::secret::SecretText;
use hallpass_model::{Email, MessageId, Timestamp, UserId};
use hallpass_store::op::{NewMessage, NewOneTime, QueueMessage};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::one_time::Made;
use crate::core::Auth;
use crate::ctx::Ctx;
use crate::{Error, Result};

/// Recipient and values.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(super) struct Content {
    pub(super) to: String,
    /// The tag of its language.
    pub(super) locale: String,
    pub(super) link: String,
    pub(super) code: Option<String>,
}

/// A message about to be sealed.
pub(super) struct Draft<'a> {
    pub(super) template: Template,
    pub(super) locale: Locale,
    pub(super) to: &'a Email,
    /// Nobody, when no account has the address: then it is written and not sent.
    pub(super) user: Option<UserId>,
    /// What it carries, and the page that takes it.
    pub(super) carries: Option<(Made, &'static str)>,
    pub(super) expires_at: Timestamp,
}

impl Auth {
    /// Seals a draft. The work is the same whether anybody will get it.
    pub(super) fn compose(&self, ctx: &Ctx, draft: Draft<'_>) -> Result<QueueMessage> {
        let Draft { template, locale, to, user, carries, expires_at } = draft;
        let id = MessageId::new(ctx.now, ctx.bytes()?);
        let (link, code, stored) = self.carried(carries);
        let content = Content {
            to: to.as_given().to_owned(),
            locale: locale.tag().to_owned(),
            link: link.expose().to_owned(),
            code: code.map(|code| code.expose().to_owned()),
        };
        let sealed = self.seal(ctx, id, &content)?;
        let message = NewMessage {
            id,
            template: template.as_str(),
            user,
            recipient_key: self.recipient_key(to),
            sealed: user.map(|_| sealed),
            created_at: ctx.now,
            expires_at,
        };
        let carries = stored.filter(|_| user.is_some());
        Ok(QueueMessage { message, carries, allowance: self.settings().mail.allowance })
    }

    /// The secret stands in the fragment: a browser sends it to no server, and no log has it.
    fn carried(&self, carries: Option<(Made, &'static str)>) -> (SecretText, Option<SecretText>, Option<NewOneTime>) {
        let issuer = &self.settings().token.issuer;
        match carries {
            Some((made, page)) => {
                let link = SecretText::new(format!("{issuer}{page}{}", made.link.expose()));
                (link, Some(made.code), Some(made.stored))
            }
            None => (SecretText::new(format!("{issuer}/")), None, None),
        }
    }

    fn seal(&self, ctx: &Ctx, id: MessageId, content: &Content) -> Result<Vec<u8>> {
        let text = Zeroizing::new(serde_json::to_vec(content).map_err(|_| Error::Unavailable)?);
        self.core().master.seal(ctx, &name(id), &text).map_err(|error| {
            tracing::error!(%error, "a message cannot be sealed");
            Error::Unavailable
        })
    }

    /// What a message carries; none when it was sealed under another master key.
    pub(super) fn unseal(&self, id: MessageId, sealed: &[u8]) -> Option<Content> {
        let text = self.core().master.open(&name(id), sealed).ok()?;
        serde_json::from_slice(&text).ok()
    }
}

/// The name binds the text to its row: rows cannot be swapped.
fn name(id: MessageId) -> String {
    format!("message {id}")
}
