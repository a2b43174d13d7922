//! What a message carries until it is sent: sealed, since the secret is in it.

use std::collections::BTreeMap;

use hallpass_mail::Template;
use hallpass_model::one_time::Purpose;
use hallpass_model::outbox::{Allowance, NOTICE_LIVES};
use hallpass_model::user::User;
use hallpass_model::{Email, MessageId, Timestamp, UserId};
use hallpass_store::op::{Content as Stored, NewMessage, QueueMessage};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::one_time::{Extra, Made};
use crate::core::Auth;
use crate::ctx::Ctx;
use crate::{Error, Result};

/// A notice is no answer to a request: no stranger can use up its recipient's allowance with it.
const UNLIMITED: Allowance = Allowance { in_quarter_hour: u32::MAX, in_a_day: u32::MAX, of_template: false };

/// Recipient and values.
#[derive(Serialize, Deserialize)]
pub(super) struct Content {
    pub(super) to: String,
    /// The tag of its language.
    pub(super) language: String,
    pub(super) link: String,
    pub(super) code: Option<String>,
    /// What its sentences name.
    #[serde(default)]
    pub(super) values: BTreeMap<String, String>,
}

impl Drop for Content {
    fn drop(&mut self) {
        self.link.zeroize();
        self.code.zeroize();
    }
}

impl ZeroizeOnDrop for Content {}

/// A message about to be sealed.
pub(super) struct Draft<'a> {
    pub(super) template: Template,
    pub(super) to: &'a Email,
    /// Nobody, when no account has the address: then it is written and not sent.
    pub(super) user: Option<UserId>,
    pub(super) carries: Option<Made>,
    pub(super) values: BTreeMap<String, String>,
    pub(super) expires_at: Timestamp,
}

impl Auth {
    /// A mail with a value for this purpose. The work is the same whether anybody will get it.
    pub(super) fn mail_with(
        &self,
        ctx: &Ctx,
        (template, purpose): (Template, Purpose),
        (user, to): (Option<UserId>, &Email),
        extra: Extra,
    ) -> Result<QueueMessage> {
        let holder = match user {
            Some(user) => user,
            // Made all the same: the time must not tell.
            None => ctx.user_id()?,
        };
        let made = self.make_one_time(ctx, purpose, (holder, to), extra)?;
        let expires_at = made.stored.expires_at;
        let values = made.values.clone();
        self.compose(ctx, Draft { template, to, user, carries: Some(made), values, expires_at })
    }

    /// A mail that tells a user what has happened; none if this installation sends no mail.
    pub(crate) fn notice(&self, ctx: &Ctx, template: Template, user: &User) -> Result<Option<QueueMessage>> {
        if self.core().mailer.is_none() {
            return Ok(None);
        }
        let expires_at = ctx.now + NOTICE_LIVES;
        let draft = Draft {
            template,
            to: &user.email,
            user: Some(user.id),
            carries: None,
            values: BTreeMap::new(),
            expires_at,
        };
        self.compose(ctx, draft).map(|mail| Some(without_limit(mail)))
    }

    /// A mail that an admin has asked for.
    pub(crate) fn mail_of_admin(
        &self,
        ctx: &Ctx,
        what: (Template, Purpose),
        (user, to): (UserId, &Email),
    ) -> Result<QueueMessage> {
        self.mail_with(ctx, what, (Some(user), to), Extra::default()).map(without_limit)
    }

    /// Seals a draft.
    pub(super) fn compose(&self, ctx: &Ctx, draft: Draft<'_>) -> Result<QueueMessage> {
        let Draft { template, to, user, carries, values, expires_at } = draft;
        let id = MessageId::new(ctx.now, ctx.bytes()?);
        let secret = carries.as_ref().map_or("", |made| made.link.expose());
        let content = Content {
            to: to.as_given().to_owned(),
            language: self.language(ctx),
            link: self.link(template, secret),
            code: carries.as_ref().map(|made| made.code.expose().to_owned()),
            values,
        };
        let sealed = self.seal(ctx, id, &content)?;
        let message = NewMessage {
            id,
            template: template.as_str(),
            user,
            recipient_key: self.recipient_key(to),
            content: if user.is_some() { Stored::Sealed(sealed) } else { Stored::Nobody },
            created_at: ctx.now,
            expires_at,
        };
        let carries = carries.map(|made| made.stored).filter(|_| user.is_some());
        Ok(QueueMessage { message, carries, allowance: self.settings().mail.allowance, entry: None })
    }

    pub(super) fn link(&self, template: Template, secret: &str) -> String {
        format!("{}{}{secret}", self.settings().token.issuer, template.page())
    }

    /// The language that the client asks for, if mails are written in it.
    fn language(&self, ctx: &Ctx) -> String {
        let words = self.core().mailer.as_ref().map(hallpass_mail::Mailer::words);
        let asked = words.and_then(|words| words.of_header(ctx.languages.as_deref()?));
        asked.unwrap_or(&self.settings().mail.language).to_owned()
    }

    fn seal(&self, ctx: &Ctx, id: MessageId, content: &Content) -> Result<Vec<u8>> {
        let text = Zeroizing::new(serde_json::to_vec(content).map_err(|_| Error::Unavailable)?);
        self.seal_text(ctx, &name(id), &text)
    }

    pub(super) fn seal_text(&self, ctx: &Ctx, name: &str, text: &[u8]) -> Result<Vec<u8>> {
        self.core().master.seal(ctx, name, text).map_err(|error| {
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

/// The same mail, which no allowance holds back: it is no answer to a stranger's request.
pub(super) fn without_limit(mail: QueueMessage) -> QueueMessage {
    QueueMessage { allowance: UNLIMITED, ..mail }
}

/// The name binds the text to its row: rows cannot be swapped.
fn name(id: MessageId) -> String {
    format!("message {id}")
}
