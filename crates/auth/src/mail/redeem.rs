//! Presenting what a mail carried: an address is proved, a password is replaced.

use hallpass_mail::Template;
use hallpass_model::audit::{Actor, AuditEntry, Event};
use hallpass_model::one_time::Purpose;
use hallpass_model::rate_limit::Budget;
use hallpass_model::user::User;
use hallpass_password::Password;
use hallpass_store::op::{self, ResetByMailOutcome, VerifyEmailOutcome};

use super::ask::evenly;
use super::one_time::{Presented, PresentedValue};
use crate::core::Auth;
use crate::ctx::Ctx;
use crate::principal::Principal;
use crate::rate_limit::Refused;
use crate::rooms::Mail;
use crate::{Error, Result};

impl Mail<'_> {
    /// Notes that the caller has proved the address, or puts a new address in place of the old one. The caller is signed in
    /// to the account, and so is who set it up: whoever has the mailbox alone replaces the password instead, which ends
    /// everything that was set up before. A code without an address is one that was sent to the account's own.
    ///
    /// # Errors
    /// [`Error::NoMail`], [`Error::UnfitOneTime`], [`Error::EmailTaken`], [`Error::TooManyAttempts`],
    /// [`Error::Unavailable`].
    pub async fn verify(self, ctx: &Ctx, principal: &Principal, presented: PresentedValue) -> Result<Budget, Refused> {
        let budget = self.0.spend_mail(ctx).await?;
        match self.0.prove_address(ctx, principal, presented).await {
            Ok(()) => Ok(budget),
            Err(error) => Err(Refused { error, budget: Some(budget) }),
        }
    }

    /// Replaces a forgotten password, ends every session, and lets the account be logged in to again if it was locked. It
    /// begins no session.
    ///
    /// # Errors
    /// [`Error::NoMail`], [`Error::UnfitOneTime`], [`Error::WeakPassword`], [`Error::TooManyAttempts`],
    /// [`Error::Overloaded`], [`Error::Unavailable`].
    pub async fn reset_password(self, ctx: &Ctx, presented: PresentedValue, new: Password) -> Result<Budget, Refused> {
        let budget = self.0.spend_mail(ctx).await?;
        let (this, ctx, presented) = (self.0.clone(), ctx.clone(), presented.anywhere());
        let work = Box::pin(async move { this.replace_forgotten(&ctx, &presented, new).await });
        match evenly(self.0.to_its_end(work)).await {
            Ok(()) => Ok(budget),
            Err(error) => Err(Refused { error, budget: Some(budget) }),
        }
    }
}

impl Auth {
    async fn prove_address(&self, ctx: &Ctx, principal: &Principal, presented: PresentedValue) -> Result<()> {
        let user = self.user(principal.user).await?;
        let value = match presented {
            PresentedValue::Code { email, code } if email.is_empty() => {
                PresentedValue::Code { email: user.email.canonical().to_owned(), code }
            }
            other => other,
        };
        let presented = self.presented(&value.anywhere())?;
        let purposes = &[Purpose::VerifyEmail, Purpose::ChangeEmail];
        let check = op::CheckOneTime { purposes, presented: presented.clone(), now: ctx.now };
        let fitting = self.core().store.write(check).await?.filter(|fitting| fitting.user == user.id);
        let fitting = fitting.ok_or(Error::UnfitOneTime)?;
        if fitting.purpose == Purpose::ChangeEmail {
            return self.change_email(ctx, principal, &user, (&fitting, presented)).await;
        }
        let operation = op::VerifyEmail { act: ctx.act(Actor::User(user.id)), user: user.id, presented };
        match self.core().store.write(operation).await? {
            VerifyEmailOutcome::Verified => Ok(()),
            VerifyEmailOutcome::Unfit => Err(Error::UnfitOneTime),
        }
    }

    async fn replace_forgotten(&self, ctx: &Ctx, presented: &Presented, new: Password) -> Result<()> {
        let presented = self.presented(presented)?;
        let purposes = op::ResetByMail::PURPOSES;
        let check = op::CheckOneTime { purposes, presented: presented.clone(), now: ctx.now };
        // Before the hash: what does not fit must cost nothing.
        let fitting = self.core().store.write(check).await?.ok_or(Error::UnfitOneTime)?;
        let user = self.user(fitting.user).await.map_err(|_| Error::UnfitOneTime)?;
        let notice = self.notice(ctx, Template::PasswordRecovered, &user)?.ok_or(Error::NoMail)?;
        let operation = op::ResetByMail {
            act: ctx.act(Actor::User(user.id)),
            revocation_ttl: self.settings().revocation_ttl(),
            user: user.id,
            new_hash: self.hash_new_password(new, &user.email).await?,
            presented,
            mail: notice,
        };
        match self.core().revoke(ctx, operation).await? {
            ResetByMailOutcome::Unfit => Err(Error::UnfitOneTime),
            ResetByMailOutcome::Replaced { .. } => {
                self.core().has_mail.notify_one();
                self.lift_lock(ctx, &user).await
            }
        }
    }

    /// The owner of the mailbox is not kept out by guesses of others.
    pub(super) async fn lift_lock(&self, ctx: &Ctx, user: &User) -> Result<()> {
        let entry = AuditEntry::new(Event::AccountUnlocked).user(user.id).detail("email", user.email.canonical());
        self.unlock(ctx.act(Actor::User(user.id)), self.account_key(&user.email), entry).await.map(drop)
    }
}
