//! Changing an address: the new one proves itself, the old one is told and can undo it.

use std::collections::BTreeMap;

use hallpass_mail::Template;
use hallpass_model::audit::Actor;
use hallpass_model::one_time::Purpose;
use hallpass_model::rate_limit::Budget;
use hallpass_model::user::User;
use hallpass_model::{Email, UserId};
use hallpass_password::Password;
use hallpass_store::op::{self, ChangeEmailOutcome, Credential, Fitting, QueueMessage, UndoEmailOutcome};

use super::ask::evenly;
use super::compose::{Draft, without_limit};
use super::one_time::{Extra, Told, is_addressed};
use crate::core::Auth;
use crate::ctx::Ctx;
use crate::principal::Principal;
use crate::rate_limit::Refused;
use crate::rooms::Mail;
use crate::{Error, Result};

impl Mail<'_> {
    /// Sends a mail to a new address that puts it in place of the caller's. The answer is the same if another account has
    /// it, which is told.
    ///
    /// # Errors
    /// [`Error::NoMail`], [`Error::InvalidEmail`], [`Error::WrongPassword`], [`Error::AccountLocked`],
    /// [`Error::LoginInProgress`], [`Error::TooManyAttempts`], [`Error::Overloaded`], [`Error::Unavailable`].
    pub async fn ask_to_change(
        self,
        ctx: &Ctx,
        principal: &Principal,
        (email, current): (&str, Password),
    ) -> Result<Budget, Refused> {
        let email = Email::parse(email).map_err(Error::from)?;
        let budget = self.0.spend_mail(ctx).await?;
        let (this, ctx, principal) = (self.0.clone(), ctx.clone(), principal.clone());
        // A client that hangs up must not leave the reservation of its attempt behind.
        let work = Box::pin(async move { this.send_change(&ctx, &principal, &email, current).await });
        match evenly(self.0.to_its_end(work)).await {
            Ok(()) => Ok(budget),
            Err(error) => Err(Refused { error, budget: Some(budget) }),
        }
    }

    /// Puts the old address back: the password goes, every session ends, and a mail allows a new password.
    ///
    /// # Errors
    /// [`Error::NoMail`], [`Error::UnfitOneTime`], [`Error::EmailTaken`], [`Error::TooManyAttempts`],
    /// [`Error::Unavailable`].
    pub async fn undo_change(self, ctx: &Ctx, told: Told<'_>) -> Result<Budget, Refused> {
        let budget = self.0.spend_mail(ctx).await?;
        match self.0.undo(ctx, told).await {
            Ok(()) => Ok(budget),
            Err(error) => Err(Refused { error, budget: Some(budget) }),
        }
    }
}

impl Auth {
    async fn send_change(&self, ctx: &Ctx, principal: &Principal, email: &Email, current: Password) -> Result<()> {
        let known: Credential = self.own_credential(principal).await?;
        self.prove_password(ctx, &known, current).await?;
        let owner = self.user_of(email).await?.filter(|owner| owner.id != known.user.id);
        if let Some(owner) = &owner {
            return self.queue(self.account_exists(ctx, &owner.email, Some(owner.id))?).await;
        }
        let before = BTreeMap::from([("address".to_owned(), known.user.email.as_given().to_owned())]);
        let extra = Extra { payload: Some(email.as_given().to_owned()), values: before, ..Extra::default() };
        let what = (Template::ChangeEmail, Purpose::ChangeEmail);
        self.queue(self.mail_with(ctx, what, (Some(known.user.id), email), extra)?).await
    }

    /// A mail to whoever has an address that somebody else wanted. Without an owner the store finds out who that is.
    pub(crate) fn account_exists(&self, ctx: &Ctx, email: &Email, owner: Option<UserId>) -> Result<QueueMessage> {
        let draft = Draft {
            template: Template::AccountExists,
            to: email,
            user: owner,
            carries: None,
            values: BTreeMap::new(),
            expires_at: ctx.now + Purpose::VerifyEmail.good_for(),
        };
        self.compose(ctx, draft)
    }

    pub(super) async fn change_email(
        &self,
        ctx: &Ctx,
        principal: &Principal,
        before: &User,
        (fitting, presented): (&Fitting, op::Presented),
    ) -> Result<()> {
        let email = Email::parse(&self.payload(fitting)?)?;
        let operation = op::ChangeEmail {
            act: ctx.act(Actor::User(before.id)),
            revocation_ttl: self.settings().revocation_ttl(),
            user: before.id,
            keep: principal.session,
            presented,
            address_key: self.recipient_key(&email),
            mail: before.email_verified_at.map(|_| self.undo_mail(ctx, before, &email)).transpose()?,
            email,
        };
        match self.core().revoke(ctx, operation).await? {
            ChangeEmailOutcome::Changed(_) => {
                self.core().has_mail.notify_one();
                Ok(())
            }
            ChangeEmailOutcome::Unfit => Err(Error::UnfitOneTime),
            ChangeEmailOutcome::Taken => Err(Error::EmailTaken),
        }
    }

    fn undo_mail(&self, ctx: &Ctx, before: &User, new: &Email) -> Result<QueueMessage> {
        let values = BTreeMap::from([("address".to_owned(), new.as_given().to_owned())]);
        let extra = Extra { payload: Some(before.email.as_given().to_owned()), values, ..Extra::default() };
        let what = (Template::EmailChanged, Purpose::UndoEmail);
        let mail = self.mail_with(ctx, what, (Some(before.id), &before.email), extra)?;
        Ok(without_limit(mail))
    }

    async fn undo(&self, ctx: &Ctx, told: Told<'_>) -> Result<()> {
        let presented = self.presented(&told.value.anywhere())?;
        let check = op::CheckOneTime { purposes: &[Purpose::UndoEmail], presented: presented.clone(), now: ctx.now };
        let fitting = self.core().store.write(check).await?.ok_or(Error::UnfitOneTime)?;
        let email = Email::parse(&self.payload(&fitting)?)?;
        is_addressed(told.email, &email)?;
        let what = (Template::ResetPassword, Purpose::ResetPassword);
        let mail = self.mail_with(ctx, what, (Some(fitting.user), &email), Extra::default())?;
        let operation = op::UndoEmail {
            act: ctx.act(Actor::User(fitting.user)),
            revocation_ttl: self.settings().revocation_ttl(),
            user: fitting.user,
            presented,
            email,
            mail: without_limit(mail),
        };
        match self.core().revoke(ctx, operation).await? {
            UndoEmailOutcome::Undone => {
                self.core().has_mail.notify_one();
                Ok(())
            }
            UndoEmailOutcome::Unfit => Err(Error::UnfitOneTime),
            UndoEmailOutcome::Taken => Err(Error::EmailTaken),
        }
    }
}
