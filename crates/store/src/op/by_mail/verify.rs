//! An address is proved by who is signed in to the account, or has just proved the password: what was set up stays.

use hallpass_model::UserId;
use hallpass_model::audit::{AuditContext, AuditEntry, Event};
use hallpass_model::one_time::Purpose;

use super::take;
use crate::Result;
use crate::conn::Conn;
use crate::op::one_time::Presented;
use crate::op::{Mode, Operation, audit};

const VERIFY: &str = "UPDATE users SET email_verified_at = $2 WHERE id = $1";

/// Notes that a user has proved the address. What was set up before stays: the caller is signed in to this account, so
/// whoever set it up has the mailbox, too.
#[derive(Debug)]
pub struct VerifyEmail {
    pub act: AuditContext,
    pub user: UserId,
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
        verify(conn, &self.act, self.user, &self.presented).await
    }
}

/// The same, inside another operation. A change of address makes all values void, so one that fits is of the address that
/// the account has.
pub(in crate::op) async fn verify<C: Conn>(
    conn: &mut C,
    act: &AuditContext,
    user: UserId,
    presented: &Presented,
) -> Result<VerifyEmailOutcome> {
    if take(conn, &[Purpose::VerifyEmail], presented, (act, user)).await?.is_none() {
        return Ok(VerifyEmailOutcome::Unfit);
    }
    conn.execute(VERIFY, &[user.as_bytes().into(), act.at.into()]).await?;
    audit::append(conn, act, &AuditEntry::new(Event::EmailVerified).user(user)).await?;
    Ok(VerifyEmailOutcome::Verified)
}
