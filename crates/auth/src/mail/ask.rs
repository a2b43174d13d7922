//! Asking for a mail.

use std::time::Duration;

use hallpass_mail::Template;
use hallpass_model::audit::{Actor, Event};
use hallpass_model::one_time::Purpose;
use hallpass_model::rate_limit::{Buckets, Budget};
use hallpass_model::user::User;
use hallpass_model::{Email, UserId};
use hallpass_store::op::{self, Attempt, QueueMessage, UserKey};
use tokio::time::{Instant, sleep};

use super::one_time::{Extra, Started, start};
use crate::core::Auth;
use crate::ctx::Ctx;
use crate::principal::Principal;
use crate::rate_limit::Refused;
use crate::rooms::Mail;
use crate::{Error, Result};

/// Answers about an address come at multiples of this. An account costs the store another row, or a wrong code that is counted,
/// a fraction of a millisecond, by which a patient stranger could tell that there is one.
const STEP: Duration = Duration::from_millis(50);

/// Does the work, and lets the time that it took be no finer than [`STEP`].
pub(crate) async fn evenly<T>(work: impl Future<Output = T>) -> T {
    let begun = Instant::now();
    let done = work.await;
    let over = begun.elapsed().as_nanos() % STEP.as_nanos();
    sleep(STEP.saturating_sub(Duration::from_nanos(u64::try_from(over).unwrap_or_default()))).await;
    done
}

impl Mail<'_> {
    /// Whether this installation sends mail.
    pub fn is_on(self) -> bool {
        self.0.core().mailer.is_some()
    }

    /// Whether who registers has to prove the address before coming in.
    pub fn requires_proof(self) -> bool {
        self.is_on() && self.0.settings().mail.requires_proof
    }

    /// Sends the caller a mail that proves the address, with what is left of the client's mails. Nothing is sent for an
    /// address that is proved.
    ///
    /// # Errors
    /// [`Error::NoMail`], [`Error::TooManyAttempts`], [`Error::InvalidToken`], [`Error::Unavailable`].
    pub async fn ask_to_verify(self, ctx: &Ctx, principal: &Principal) -> Result<Budget, Refused> {
        let budget = self.0.spend_mail(ctx).await?;
        let user = self.0.user(principal.user).await?;
        if user.email_verified_at.is_none() {
            self.0.queue(self.0.verification(ctx, user.id, &user.email)?).await?;
        }
        Ok(budget)
    }

    /// The same for who is not signed in, if an account has the address that was never proved. The answer is the same if none
    /// has: it must not tell who has an account.
    ///
    /// # Errors
    /// As [`Mail::forgot_password`].
    pub async fn ask_to_verify_again(self, ctx: &Ctx, email: &str) -> Result<Budget, Refused> {
        evenly(async {
            let (budget, email, user) = self.whose(ctx, email).await?;
            let user = user.filter(|user| user.email_verified_at.is_none());
            let what = (Template::VerifyEmail, Purpose::VerifyEmail);
            self.0.queue(self.0.to_account(ctx, what, (&email, user.as_ref()), Extra::default())?).await?;
            Ok(budget)
        })
        .await
    }

    /// Sends a mail that allows a new password, if an account has the address. The answer is the same if none has: it
    /// must not tell who has an account.
    ///
    /// # Errors
    /// [`Error::NoMail`], [`Error::InvalidEmail`], [`Error::TooManyAttempts`], [`Error::Unavailable`].
    pub async fn forgot_password(self, ctx: &Ctx, email: &str) -> Result<Budget, Refused> {
        evenly(async {
            let (budget, email, user) = self.whose(ctx, email).await?;
            let what = (Template::ResetPassword, Purpose::ResetPassword);
            self.0.queue(self.0.to_account(ctx, what, (&email, user.as_ref()), Extra::default())?).await?;
            Ok(budget)
        })
        .await
    }

    /// Sends a mail that signs in, if an account has the address, and gives the browser what it needs to do so. The answer
    /// is alike if none has.
    ///
    /// # Errors
    /// As [`Mail::forgot_password`].
    pub async fn ask_to_sign_in(self, ctx: &Ctx, email: &str) -> Result<(Started, Budget), Refused> {
        self.ask_here(ctx, (Template::SignIn, Purpose::SignIn), email).await
    }

    /// Sends a mail that ends the lock of an account, if one has the address, whether it is locked or not, and gives the
    /// browser what it needs to do so: a program that presses the buttons of a mail has not asked for it. The answer is alike
    /// if no account has the address.
    ///
    /// # Errors
    /// As [`Mail::forgot_password`].
    pub async fn ask_to_unlock(self, ctx: &Ctx, email: &str) -> Result<(Started, Budget), Refused> {
        self.ask_here(ctx, (Template::Unlock, Purpose::Unlock), email).await
    }

    async fn ask_here(self, ctx: &Ctx, what: (Template, Purpose), email: &str) -> Result<(Started, Budget), Refused> {
        evenly(async {
            let (budget, email, user) = self.whose(ctx, email).await?;
            let started = start(ctx)?;
            let extra = Extra { started: Some(started.clone()), ..Extra::default() };
            self.0.queue(self.0.to_account(ctx, what, (&email, user.as_ref()), extra)?).await?;
            Ok((started, budget))
        })
        .await
    }

    async fn whose(self, ctx: &Ctx, email: &str) -> Result<(Budget, Email, Option<User>), Refused> {
        let email = Email::parse(email).map_err(Error::from)?;
        let budget = self.0.spend_mail(ctx).await?;
        let user = self.0.user_of(&email).await?.filter(|user| user.status.may_enter());
        Ok((budget, email, user))
    }
}

impl Auth {
    /// A mail that proves an address.
    pub(crate) fn verification(&self, ctx: &Ctx, user: UserId, email: &Email) -> Result<QueueMessage> {
        let what = (Template::VerifyEmail, Purpose::VerifyEmail);
        self.mail_with(ctx, what, (Some(user), email), Extra::default())
    }

    /// A mail for whoever has an address. It goes to the address as it was given when the account was made: what was typed
    /// now may be another spelling, which may be another mailbox.
    pub(super) fn to_account(
        &self,
        ctx: &Ctx,
        what: (Template, Purpose),
        (typed, user): (&Email, Option<&User>),
        extra: Extra,
    ) -> Result<QueueMessage> {
        let to = user.map_or(typed, |user| &user.email);
        self.mail_with(ctx, what, (user.map(|user| user.id), to), extra)
    }

    pub(super) async fn user_of(&self, email: &Email) -> Result<Option<User>> {
        let key = UserKey::Email(email.canonical().to_owned());
        Ok(self.core().store.read(op::FindUser { key }).await?)
    }

    pub(super) async fn user(&self, id: UserId) -> Result<User> {
        let found = self.core().store.read(op::FindUser { key: UserKey::Id(id) }).await?;
        found.ok_or(Error::InvalidToken("user is gone"))
    }

    /// Writes a message, and wakes what sends.
    pub(crate) async fn queue(&self, queued: QueueMessage) -> Result<()> {
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
            lock_event: Event::AccountLocked,
        };
        self.reserve(&attempt, false).await?.budget.ok_or_else(|| Error::Unavailable.into())
    }
}
