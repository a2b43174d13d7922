//! Asking for a mail.

use hallpass_mail::{Locale, Template};
use hallpass_model::audit::Actor;
use hallpass_model::one_time::Purpose;
use hallpass_model::rate_limit::{Buckets, Budget};
use hallpass_model::user::User;
use hallpass_model::{Email, UserId};
use hallpass_store::op::{self, Attempt, QueueMessage, UserKey};

use super::compose::Draft;
use crate::core::Auth;
use crate::ctx::Ctx;
use crate::principal::Principal;
use crate::rate_limit::Refused;
use crate::rooms::Mail;
use crate::{Error, Result};

/// The pages that take what a mail carries, up to the secret.
const RESET: &str = "/reset#";
const VERIFY: &str = "/account#verify=";

impl Mail<'_> {
    /// Whether this installation sends mail.
    pub fn is_on(self) -> bool {
        self.0.core().mailer.is_some()
    }

    /// Sends the caller a mail that proves the address, with what is left of the client's mails. Nothing is sent for an
    /// address that is proved.
    ///
    /// # Errors
    /// [`Error::NoMail`], [`Error::TooManyAttempts`], [`Error::InvalidToken`], [`Error::Unavailable`].
    pub async fn ask_to_verify(self, ctx: &Ctx, principal: &Principal, locale: Locale) -> Result<Budget, Refused> {
        let budget = self.0.spend_mail(ctx).await?;
        let found = self.0.core().store.read(op::FindUser { key: UserKey::Id(principal.user) }).await?;
        let user = found.ok_or(Error::InvalidToken("user is gone"))?;
        if user.email_verified_at.is_none() {
            let queued = self.0.verification(ctx, user.id, &user.email, locale)?;
            self.0.queue(queued).await?;
        }
        Ok(budget)
    }

    /// Sends a mail that allows a new password, if an account has the address. The answer is the same if none has: it
    /// must not tell who has an account.
    ///
    /// # Errors
    /// [`Error::NoMail`], [`Error::InvalidEmail`], [`Error::TooManyAttempts`], [`Error::Unavailable`].
    pub async fn forgot_password(self, ctx: &Ctx, email: &str, locale: Locale) -> Result<Budget, Refused> {
        let email = Email::parse(email).map_err(Error::from)?;
        let budget = self.0.spend_mail(ctx).await?;
        let key = UserKey::Email(email.canonical().to_owned());
        let user = self.0.core().store.read(op::FindUser { key }).await?;
        let user = user.filter(|user| user.status.may_enter());
        let queued = self.0.recovery(ctx, &email, user.as_ref(), locale)?;
        self.0.queue(queued).await?;
        Ok(budget)
    }
}

impl Auth {
    /// A mail that proves an address.
    pub(crate) fn verification(&self, ctx: &Ctx, user: UserId, email: &Email, locale: Locale) -> Result<QueueMessage> {
        let made = self.make_one_time(ctx, Purpose::VerifyEmail, (user, email))?;
        let expires_at = made.stored.expires_at;
        let carries = Some((made, VERIFY));
        self.compose(
            ctx,
            Draft { template: Template::VerifyEmail, locale, to: email, user: Some(user), carries, expires_at },
        )
    }

    /// A mail for a forgotten password. It goes to the address as it was given when the account was made: what was typed
    /// now may be another spelling, which may be another mailbox.
    fn recovery(&self, ctx: &Ctx, typed: &Email, user: Option<&User>, locale: Locale) -> Result<QueueMessage> {
        let to = user.map_or(typed, |user| &user.email);
        let id = match user {
            Some(user) => user.id,
            // Made all the same: the time must not tell.
            None => ctx.user_id()?,
        };
        let made = self.make_one_time(ctx, Purpose::ResetPassword, (id, to))?;
        let expires_at = made.stored.expires_at;
        let (carries, user) = (Some((made, RESET)), user.map(|user| user.id));
        self.compose(ctx, Draft { template: Template::ResetPassword, locale, to, user, carries, expires_at })
    }

    /// Writes a message, and wakes what sends.
    pub(super) async fn queue(&self, queued: QueueMessage) -> Result<()> {
        let state = self.core().store.write(queued).await?;
        metrics::counter!("hallpass_messages_written_total", "state" => state.as_str()).increment(1);
        self.core().has_mail.notify_one();
        Ok(())
    }

    /// What a client address may ask for: a mail that it has asked for is not given back.
    pub(super) async fn spend_mail(&self, ctx: &Ctx) -> Result<Budget, Refused> {
        if self.core().mailer.is_none() {
            return Err(Error::NoMail.into());
        }
        let attempt = Attempt {
            act: ctx.act(Actor::Anonymous),
            buckets: Buckets { address: Some(self.mail_address_key(ctx.ip)), account: None },
            rule: self.settings().rules.mail,
            email: String::new(),
        };
        self.reserve(&attempt, false).await?.budget.ok_or_else(|| Error::Unavailable.into())
    }
}
