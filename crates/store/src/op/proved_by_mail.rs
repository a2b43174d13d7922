//! What a value from a mail allows: spent in the same transaction, so that of two that come at once one is too late.

use std::time::Duration;

use hallpass_model::UserId;
use hallpass_model::audit::{AuditContext, AuditEntry, Event};
use hallpass_model::one_time::Purpose;

use super::one_time::{self, Fitting, Presented};
use super::session::EndAll;
use super::{Mode, Operation, Revoker, Revoking, audit};
use crate::Result;
use crate::conn::Conn;

const VERIFY: &str = "UPDATE users SET email_verified_at = $3 WHERE id = $1 AND email_key = $2";
/// The mailbox is proved along with it. A suspended account stays so.
const RECOVER: &str = "UPDATE users SET password_hash = $2, one_time_until = NULL, updated_at = $3, \
    email_verified_at = COALESCE(email_verified_at, $3) WHERE id = $1";

/// Notes that a user has proved the address. What was set up before stays: the caller is signed in to this account, so
/// whoever set it up has the mailbox, too.
#[derive(Debug)]
pub struct VerifyEmail {
    pub act: AuditContext,
    pub user: UserId,
    /// The address that the account has now, in its canonical form.
    pub email_key: String,
    pub presented: Presented,
}

/// What became of a [`VerifyEmail`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerifyEmailOutcome {
    Verified,
    /// The value does not fit, has expired or is of another account.
    Unfit,
}

impl Operation for VerifyEmail {
    type Output = VerifyEmailOutcome;
    const NAME: &'static str = "verify_email";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<VerifyEmailOutcome> {
        let found = one_time::check(conn, Purpose::VerifyEmail, &self.presented, self.act.at).await?;
        let fits = |found: &Fitting| found.user == self.user;
        let Some(found) = found.filter(fits) else { return Ok(VerifyEmailOutcome::Unfit) };
        let params = [self.user.as_bytes().into(), self.email_key.as_str().into(), self.act.at.into()];
        if !one_time::spend(conn, found.id).await? || conn.execute(VERIFY, &params).await? == 0 {
            return Ok(VerifyEmailOutcome::Unfit);
        }
        audit::append(conn, &self.act, &AuditEntry::new(Event::EmailVerified).user(self.user)).await?;
        Ok(VerifyEmailOutcome::Verified)
    }
}

/// Replaces a forgotten password, and ends every session. Nothing that was set up before the mailbox was proved survives.
pub struct ResetByMail {
    pub act: AuditContext,
    /// How long the ended sessions' access tokens may still live.
    pub revocation_ttl: Duration,
    pub user: UserId,
    pub new_hash: String,
    pub presented: Presented,
}

/// What became of a [`ResetByMail`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResetByMailOutcome {
    /// The password was replaced.
    Replaced {
        /// How many sessions ended.
        sessions_ended: u64,
    },
    /// The value was used, replaced or has expired in the meantime.
    Unfit,
}

impl Revoking for ResetByMail {
    type Output = ResetByMailOutcome;
    const NAME: &'static str = "reset_by_mail";
    const CONTAINS: bool = true;

    async fn run<C: Conn>(&self, conn: &mut C, revoker: &Revoker) -> Result<ResetByMailOutcome> {
        let found = one_time::check(conn, Purpose::ResetPassword, &self.presented, self.act.at).await?;
        let fits = |found: &Fitting| found.user == self.user;
        let Some(found) = found.filter(fits) else { return Ok(ResetByMailOutcome::Unfit) };
        let params = [self.user.as_bytes().into(), self.new_hash.as_str().into(), self.act.at.into()];
        if !one_time::spend(conn, found.id).await? || conn.execute(RECOVER, &params).await? == 0 {
            return Ok(ResetByMailOutcome::Unfit);
        }
        let event = Event::PasswordRecovered;
        let ending =
            EndAll { act: &self.act, revocation_ttl: self.revocation_ttl, user: self.user, except: None, event };
        let sessions_ended = ending.run(conn, revoker).await?;
        let entry = AuditEntry::new(event).user(self.user).detail("sessions", sessions_ended.to_string());
        audit::append(conn, &self.act, &entry).await?;
        Ok(ResetByMailOutcome::Replaced { sessions_ended })
    }
}
