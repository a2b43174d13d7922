//! Mails about devices and locks. One tells the user of a sign-in from an unknown device, which the user can disown. Another
//! ends a lock.

use std::collections::BTreeMap;
use std::time::Duration;

use hallpass_mail::Template;
use hallpass_model::audit::Actor;
use hallpass_model::one_time::Purpose;
use hallpass_model::outbox::Allowance;
use hallpass_model::rate_limit::Budget;
use hallpass_model::secret::SecretText;
use hallpass_model::user::User;
use hallpass_store::op::{self, DisownOutcome, QueueMessage};

use super::ask::evenly;
use super::compose::without_limit;
use super::one_time::{Extra, Presented, Told, is_addressed};
use super::program::program;
use crate::core::Auth;
use crate::ctx::Ctx;
use crate::rate_limit::Refused;
use crate::rooms::Mail;
use crate::{Error, Result};

const DISOWN: &[Purpose] = &[Purpose::Disown];
const UNLOCK: &[Purpose] = &[Purpose::Unlock];
/// Younger accounts have one device, and their owners know it.
const YOUNG: Duration = Duration::from_secs(24 * 60 * 60);
/// A user gets three such mails a day at most.
const NOTICES: Allowance = Allowance { in_quarter_hour: 3, in_a_day: 3, of_template: true };

impl Mail<'_> {
    /// Disowns a sign-in from an unknown device. Whoever signed in knows the password, so it is removed; every session ends,
    /// no device is known any more, and a mail allows a new password.
    ///
    /// # Errors
    /// [`Error::NoMail`], [`Error::UnfitOneTime`], [`Error::TooManyAttempts`], [`Error::Unavailable`].
    pub async fn disown_device(self, ctx: &Ctx, told: Told<'_>) -> Result<Budget, Refused> {
        let budget = self.0.spend_mail(ctx).await?;
        match self.0.disown(ctx, told).await {
            Ok(()) => Ok(budget),
            Err(error) => Err(Refused { error, budget: Some(budget) }),
        }
    }

    /// Ends the lock of an account, in the browser that asked for the mail or with the digits that it shows, and gives the
    /// browser what makes it known to the address. It begins no session.
    ///
    /// # Errors
    /// [`Error::NoMail`], [`Error::UnfitOneTime`], [`Error::TooManyAttempts`], [`Error::Unavailable`].
    pub async fn unlock(self, ctx: &Ctx, presented: Presented) -> Result<(Option<SecretText>, Budget), Refused> {
        let budget = self.0.spend_mail(ctx).await?;
        match evenly(self.0.unlock_by_mail(ctx, presented)).await {
            Ok(device) => Ok((device, budget)),
            Err(error) => Err(Refused { error, budget: Some(budget) }),
        }
    }
}

impl Auth {
    /// The mail that tells a user of an unknown device; none for an account that is young, or where no mail is sent.
    pub(crate) fn new_device(&self, ctx: &Ctx, user: &User) -> Result<Option<QueueMessage>> {
        if !self.mail().is_on() || !self.settings().knows_devices || user.created_at + YOUNG > ctx.now {
            return Ok(None);
        }
        let values = BTreeMap::from([
            ("device".to_owned(), program(ctx.user_agent.as_deref().unwrap_or_default())),
            ("address".to_owned(), ctx.ip.map_or_else(|| "–".to_owned(), |ip| ip.to_canonical().to_string())),
            ("time".to_owned(), minute(&ctx.now.to_string())),
        ]);
        let what = (Template::NewDevice, Purpose::Disown);
        let mail = self.mail_with(ctx, what, (Some(user.id), &user.email), Extra { values, ..Extra::default() })?;
        Ok(Some(QueueMessage { allowance: NOTICES, ..mail }))
    }

    async fn disown(&self, ctx: &Ctx, Told { value, email }: Told<'_>) -> Result<()> {
        let presented = self.presented(&value.anywhere())?;
        let user = self.fitting_user(ctx, DISOWN, &presented).await?;
        is_addressed(email, &user.email)?;
        let what = (Template::ResetPassword, Purpose::ResetPassword);
        let mail = self.mail_with(ctx, what, (Some(user.id), &user.email), Extra::default())?;
        let operation = op::DisownDevice {
            act: ctx.act(Actor::User(user.id)),
            revocation_ttl: self.settings().revocation_ttl(),
            user: user.id,
            presented,
            mail: without_limit(mail),
        };
        match self.core().revoke(ctx, operation).await? {
            DisownOutcome::Disowned => {
                self.core().has_mail.notify_one();
                Ok(())
            }
            DisownOutcome::Unfit => Err(Error::UnfitOneTime),
        }
    }

    async fn unlock_by_mail(&self, ctx: &Ctx, presented: Presented) -> Result<Option<SecretText>> {
        let presented = self.presented(&presented)?;
        let user = self.fitting_user(ctx, UNLOCK, &presented).await?;
        let act = ctx.act(Actor::User(user.id));
        let spend = op::SpendOneTime { act, purposes: UNLOCK, presented, user: user.id };
        if !self.core().store.write(spend).await? {
            return Err(Error::UnfitOneTime);
        }
        self.lift_lock(ctx, &user).await?;
        self.remember_device(ctx, &user)
    }

    /// Whose value this is.
    async fn fitting_user(&self, ctx: &Ctx, purposes: &'static [Purpose], presented: &op::Presented) -> Result<User> {
        let check = op::CheckOneTime { purposes, presented: presented.clone(), now: ctx.now };
        let fitting = self.core().store.write(check).await?.ok_or(Error::UnfitOneTime)?;
        self.user(fitting.user).await
    }
}

/// An instant without its seconds.
fn minute(at: &str) -> String {
    let (date, time) = at.split_once('T').unwrap_or((at, ""));
    format!("{date} {} UTC", time.get(..5).unwrap_or_default())
}
