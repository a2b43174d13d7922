//! Signing in without a password.

use hallpass_model::one_time::Purpose;
use hallpass_model::rate_limit::Budget;
use hallpass_store::op::{self, EnterByMailOutcome};

use super::ask::evenly;
use super::one_time::Presented;
use crate::core::Auth;
use crate::ctx::Ctx;
use crate::rate_limit::Refused;
use crate::rooms::Mail;
use crate::tokens::LoggedIn;
use crate::{Error, Result};

/// What a client presents.
#[derive(Debug)]
pub struct SignInByMail<'a> {
    pub presented: Presented,
    /// A refresh token that came along in the cookie: its session ends when the new one begins.
    pub previous: Option<&'a str>,
}

impl Mail<'_> {
    /// Opens a session for who has the mailbox, in the browser that asked for the mail, or with the digits that it shows. A
    /// lockout of the account does not keep out who has guessed nothing. If nobody has proved the mailbox before, the
    /// password goes, and every other session ends.
    ///
    /// # Errors
    /// [`Error::NoMail`], [`Error::UnfitOneTime`], [`Error::TooManyAttempts`], [`Error::Unavailable`].
    pub async fn sign_in(self, ctx: &Ctx, sign_in: SignInByMail<'_>) -> Result<(LoggedIn, Budget), Refused> {
        let budget = self.0.spend_mail(ctx).await?;
        match evenly(self.0.enter_by_mail(ctx, sign_in)).await {
            Ok(logged_in) => Ok((logged_in, budget)),
            Err(error) => Err(Refused { error, budget: Some(budget) }),
        }
    }
}

impl Auth {
    async fn enter_by_mail(
        &self,
        ctx: &Ctx,
        SignInByMail { presented, previous }: SignInByMail<'_>,
    ) -> Result<LoggedIn> {
        let presented = self.presented(&presented)?;
        let check = op::CheckOneTime { purposes: &[Purpose::SignIn], presented: presented.clone(), now: ctx.now };
        let fitting = self.core().store.write(check).await?.ok_or(Error::UnfitOneTime)?;
        let (token, session) = self.new_session(ctx, fitting.user)?;
        let operation = op::EnterByMail {
            act: ctx.act(hallpass_model::audit::Actor::User(fitting.user)),
            presented,
            session: session.clone(),
            ends: self.session_of(previous),
            revocation_ttl: self.settings().revocation_ttl(),
        };
        match self.core().revoke(ctx, operation).await? {
            EnterByMailOutcome::Opened(user) => {
                self.core().counters.count_login("success", ctx.now);
                self.logged_in(ctx, *user, &token, &session)
            }
            EnterByMailOutcome::Unfit => Err(Error::UnfitOneTime),
        }
    }
}
