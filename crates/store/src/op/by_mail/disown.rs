//! A sign-in from an unknown device is disowned by who has the mailbox.

use std::time::Duration;

use hallpass_model::UserId;
use hallpass_model::audit::{AuditContext, AuditEntry, Event};
use hallpass_model::one_time::Purpose;

use super::{remove_password, take};
use crate::Result;
use crate::conn::Conn;
use crate::op::one_time::{self, Presented};
use crate::op::outbox::{self, QueueMessage};
use crate::op::session::EndAll;
use crate::op::{Revoker, Revoking, audit};

/// Ends every session, removes the password, and makes every device a stranger. An address that waits to be put back stays so.
pub struct DisownDevice {
    pub act: AuditContext,
    /// How long the ended sessions' access tokens may still live.
    pub revocation_ttl: Duration,
    pub user: UserId,
    pub presented: Presented,
    /// The mail that allows a new password.
    pub mail: QueueMessage,
}

/// What became of a [`DisownDevice`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisownOutcome {
    Disowned,
    /// The value does not fit, was used or has expired.
    Unfit,
}

impl Revoking for DisownDevice {
    type Output = DisownOutcome;
    const NAME: &'static str = "disown_device";
    const CONTAINS: bool = true;

    async fn run<C: Conn>(&self, conn: &mut C, revoker: &Revoker) -> Result<DisownOutcome> {
        let Self { act, user, .. } = self;
        if take(conn, &[Purpose::Disown], &self.presented, (act, *user)).await?.is_none() {
            return Ok(DisownOutcome::Unfit);
        }
        remove_password(conn, *user).await?;
        one_time::forget_all_but_undo(conn, *user).await?;
        let event = Event::DeviceDisowned;
        let ending = EndAll { act, revocation_ttl: self.revocation_ttl, user: *user, except: None, event };
        let ended = ending.run(conn, revoker).await?;
        let entry = AuditEntry::new(event).user(*user).detail("sessions", ended.to_string());
        audit::append(conn, act, &entry.detail("password", "removed")).await?;
        outbox::queue(conn, &self.mail).await?;
        Ok(DisownOutcome::Disowned)
    }
}
