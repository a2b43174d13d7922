//! A password is replaced by who has the mailbox.

use std::time::Duration;

use hallpass_model::UserId;
use hallpass_model::audit::{AuditContext, AuditEntry, Event};
use hallpass_model::one_time::Purpose;

use super::take;
use crate::Result;
use crate::conn::Conn;
use crate::op::one_time::{self, Presented};
use crate::op::outbox::{self, QueueMessage};
use crate::op::session::EndAll;
use crate::op::{Revoker, Revoking, audit};

/// The mailbox is proved along with it. A suspended account stays so.
const RECOVER: &str = "UPDATE users SET password_hash = $2, one_time_until = NULL, updated_at = $3, \
    email_verified_at = COALESCE(email_verified_at, $3) WHERE id = $1";

/// Replaces a password that was forgotten, or never set, and ends every session. Nothing that was set up before the mailbox
/// was proved survives.
pub struct ResetByMail {
    pub act: AuditContext,
    /// How long the ended sessions' access tokens may still live.
    pub revocation_ttl: Duration,
    pub user: UserId,
    pub new_hash: String,
    pub presented: Presented,
    /// The mail that tells the user.
    pub mail: QueueMessage,
}

impl ResetByMail {
    /// What allows it.
    pub const PURPOSES: &'static [Purpose] = &[Purpose::ResetPassword, Purpose::Invitation];
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
        let Self { act, user, revocation_ttl, .. } = self;
        if take(conn, Self::PURPOSES, &self.presented, (act, *user)).await?.is_none() {
            return Ok(ResetByMailOutcome::Unfit);
        }
        conn.execute(RECOVER, &[user.as_bytes().into(), self.new_hash.as_str().into(), act.at.into()]).await?;
        one_time::forget_all_but_undo(conn, *user).await?;
        let event = Event::PasswordRecovered;
        let ending = EndAll { act, revocation_ttl: *revocation_ttl, user: *user, except: None, event };
        let sessions_ended = ending.run(conn, revoker).await?;
        let entry = AuditEntry::new(event).user(*user).detail("sessions", sessions_ended.to_string());
        audit::append(conn, act, &entry).await?;
        outbox::queue(conn, &self.mail).await?;
        Ok(ResetByMailOutcome::Replaced { sessions_ended })
    }
}
