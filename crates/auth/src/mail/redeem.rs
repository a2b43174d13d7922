//! Presenting what a mail carried.

use hallpass_mail::{Locale, Template};
use hallpass_model::UserId;
use hallpass_model::audit::{Actor, AuditEntry, Event};
use hallpass_model::one_time::Purpose;
use hallpass_model::outbox::Allowance;
use hallpass_model::rate_limit::Budget;
use hallpass_model::user::User;
use hallpass_password::Password;
use hallpass_store::op::{self, ResetByMailOutcome, UserKey, VerifyEmailOutcome};

use super::compose::Draft;
use super::one_time::Presented;
use crate::core::Auth;
use crate::ctx::Ctx;
use crate::principal::Principal;
use crate::rate_limit::Refused;
use crate::rooms::Mail;
use crate::{Error, Result};

/// A notice is worth reading for three days.
const NOTICE_LIVES: std::time::Duration = std::time::Duration::from_secs(3 * 24 * 60 * 60);
/// A notice is no answer to a request: no stranger can use up its recipient's allowance with it.
const UNLIMITED: Allowance = Allowance { in_quarter_hour: u32::MAX, in_a_day: u32::MAX };

impl Mail<'_> {
    /// Notes that the caller has proved the address. The caller is signed in to the account, and so is who set it up:
    /// whoever has the mailbox alone replaces the password instead, which ends everything that was set up before.
    ///
    /// # Errors
    /// [`Error::NoMail`], [`Error::UnfitOneTime`], [`Error::TooManyAttempts`], [`Error::Unavailable`].
    pub async fn verify(self, ctx: &Ctx, principal: &Principal, presented: Presented) -> Result<Budget, Refused> {
        let budget = self.0.spend_mail(ctx).await?;
        let refused = |error: Error| Refused { error, budget: Some(budget) };
        let user = self.0.user(principal.user).await.map_err(refused)?;
        let presented = match presented {
            link @ Presented::Link(_) => link,
            // Of the own address, whatever the client has sent.
            Presented::Code { code, .. } => Presented::Code { email: user.email.canonical().to_owned(), code },
        };
        let operation = op::VerifyEmail {
            act: ctx.act(Actor::User(user.id)),
            user: user.id,
            email_key: user.email.canonical().to_owned(),
            presented: self.0.presented(&presented).map_err(refused)?,
        };
        match self.0.core().store.write(operation).await {
            Ok(VerifyEmailOutcome::Verified) => Ok(budget),
            Ok(VerifyEmailOutcome::Unfit) => Err(refused(Error::UnfitOneTime)),
            Err(error) => Err(refused(error.into())),
        }
    }

    /// Replaces a forgotten password, ends every session, and lets the account be logged in to again if it was locked. It
    /// begins no session.
    ///
    /// # Errors
    /// [`Error::NoMail`], [`Error::UnfitOneTime`], [`Error::WeakPassword`], [`Error::TooManyAttempts`],
    /// [`Error::Overloaded`], [`Error::Unavailable`].
    pub async fn reset_password(
        self,
        ctx: &Ctx,
        presented: Presented,
        new: Password,
        locale: Locale,
    ) -> Result<Budget, Refused> {
        let budget = self.0.spend_mail(ctx).await?;
        let (this, ctx) = (self.0.clone(), ctx.clone());
        let work = Box::pin(async move { this.replace_forgotten(&ctx, &presented, new, locale).await });
        match self.0.to_its_end(work).await {
            Ok(()) => Ok(budget),
            Err(error) => Err(Refused { error, budget: Some(budget) }),
        }
    }
}

impl Auth {
    async fn replace_forgotten(&self, ctx: &Ctx, presented: &Presented, new: Password, locale: Locale) -> Result<()> {
        let presented = self.presented(presented)?;
        let check = op::CheckOneTime { purpose: Purpose::ResetPassword, presented: presented.clone(), now: ctx.now };
        // Before the hash: what does not fit must cost nothing.
        let fitting = self.core().store.write(check).await?.ok_or(Error::UnfitOneTime)?;
        let user = self.user(fitting.user).await.map_err(|_| Error::UnfitOneTime)?;
        let operation = op::ResetByMail {
            act: ctx.act(Actor::User(user.id)),
            revocation_ttl: self.settings().revocation_ttl(),
            user: user.id,
            new_hash: self.hash_new_password(new, &user.email).await?,
            presented,
        };
        match self.core().revoke(ctx, operation).await? {
            ResetByMailOutcome::Unfit => Err(Error::UnfitOneTime),
            ResetByMailOutcome::Replaced { .. } => self.after_recovery(ctx, &user, locale).await,
        }
    }

    /// The owner of the mailbox is not kept out by guesses of others, and hears of it.
    async fn after_recovery(&self, ctx: &Ctx, user: &User, locale: Locale) -> Result<()> {
        let entry = AuditEntry::new(Event::AccountUnlocked).user(user.id).detail("email", user.email.canonical());
        self.unlock(ctx.act(Actor::User(user.id)), self.account_key(&user.email), entry).await?;
        let mut queued = self.compose(
            ctx,
            Draft {
                template: Template::PasswordRecovered,
                locale,
                to: &user.email,
                user: Some(user.id),
                carries: None,
                expires_at: ctx.now + NOTICE_LIVES,
            },
        )?;
        queued.allowance = UNLIMITED;
        self.queue(queued).await
    }

    pub(super) async fn user(&self, id: UserId) -> Result<User> {
        let found = self.core().store.read(op::FindUser { key: UserKey::Id(id) }).await?;
        found.ok_or(Error::InvalidToken("user is gone"))
    }
}
