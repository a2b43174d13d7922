//! An address is changed by who has the new mailbox, and changed back by who has the old one.

use std::time::Duration;

use hallpass_model::audit::{AuditContext, AuditEntry, Event};
use hallpass_model::one_time::Purpose;
use hallpass_model::user::User;
use hallpass_model::{Email, SessionId, UserId};

use super::{remove_password, take};
use crate::conn::Conn;
use crate::op::one_time::{self, Presented};
use crate::op::outbox::{self, QueueMessage};
use crate::op::session::EndAll;
use crate::op::user::{self, UserKey};
use crate::op::{Revoker, Revoking, audit};
use crate::{Error, Result};

const SET: &str = "UPDATE users SET email = $2, email_key = $3, updated_at = $4, email_verified_at = $4 WHERE id = $1 \
    AND NOT EXISTS (SELECT 1 FROM users other WHERE other.email_key = $3 AND other.id <> $1)";

/// Puts a new address in place of the old one, which is told.
pub struct ChangeEmail {
    pub act: AuditContext,
    /// How long the ended sessions' access tokens may still live.
    pub revocation_ttl: Duration,
    pub user: UserId,
    /// The session that goes on.
    pub keep: SessionId,
    pub presented: Presented,
    /// The new address, as the value carried it.
    pub email: Email,
    /// Its name in the store.
    pub address_key: [u8; 32],
    /// The mail to the old address with what undoes the change, if that was proved. An address that nobody has proved may
    /// be a stranger's by a slip of the finger, who must not get the account by it.
    pub mail: Option<QueueMessage>,
}

/// What became of a [`ChangeEmail`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeEmailOutcome {
    /// The user as of now.
    Changed(Box<User>),
    /// The value does not fit, has expired or is of another account.
    Unfit,
    /// The address has another account, or may yet be given back to one.
    Taken,
}

impl Revoking for ChangeEmail {
    type Output = ChangeEmailOutcome;
    const NAME: &'static str = "change_email";
    const CONTAINS: bool = true;

    async fn run<C: Conn>(&self, conn: &mut C, revoker: &Revoker) -> Result<ChangeEmailOutcome> {
        let Self { act, user, .. } = self;
        if take(conn, &[Purpose::ChangeEmail], &self.presented, (act, *user)).await?.is_none() {
            return Ok(ChangeEmailOutcome::Unfit);
        }
        let before = user::credential(conn, &UserKey::Id(*user)).await?.ok_or(Error::Corrupt("a user vanished"))?.user;
        let is_reserved = one_time::is_reserved(conn, &self.address_key, *user, act.at).await?;
        if is_reserved || !set(conn, act, *user, &self.email).await? {
            return Ok(ChangeEmailOutcome::Taken);
        }
        one_time::forget_all_but_undo(conn, *user).await?;
        let event = Event::EmailChanged;
        let ending = EndAll { act, revocation_ttl: self.revocation_ttl, user: *user, except: Some(self.keep), event };
        let ended = ending.run(conn, revoker).await?;
        let entry = AuditEntry::new(event).user(*user).detail("from", before.email.as_given());
        let entry = entry.detail("to", self.email.as_given()).detail("sessions", ended.to_string());
        audit::append(conn, act, &entry).await?;
        if let Some(mail) = &self.mail {
            outbox::queue(conn, mail).await?;
        }
        let after = user::credential(conn, &UserKey::Id(*user)).await?;
        let after = after.ok_or(Error::Corrupt("a user vanished"))?.user;
        Ok(ChangeEmailOutcome::Changed(Box::new(after)))
    }
}

/// Puts the old address back. Whoever changed it knew the password: it goes, and so does every session.
pub struct UndoEmail {
    pub act: AuditContext,
    /// How long the ended sessions' access tokens may still live.
    pub revocation_ttl: Duration,
    pub user: UserId,
    pub presented: Presented,
    /// The old address, as the value carried it.
    pub email: Email,
    /// The mail that allows a new password.
    pub mail: QueueMessage,
}

/// What became of an [`UndoEmail`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UndoEmailOutcome {
    Undone,
    /// The value does not fit or has expired.
    Unfit,
    /// The address has another account by now.
    Taken,
}

impl Revoking for UndoEmail {
    type Output = UndoEmailOutcome;
    const NAME: &'static str = "undo_email";
    const CONTAINS: bool = true;

    async fn run<C: Conn>(&self, conn: &mut C, revoker: &Revoker) -> Result<UndoEmailOutcome> {
        let Self { act, user, .. } = self;
        if take(conn, &[Purpose::UndoEmail], &self.presented, (act, *user)).await?.is_none() {
            return Ok(UndoEmailOutcome::Unfit);
        }
        if !set(conn, act, *user, &self.email).await? {
            return Ok(UndoEmailOutcome::Taken);
        }
        remove_password(conn, *user).await?;
        one_time::forget_all(conn, *user).await?;
        let event = Event::EmailChanged;
        let ending = EndAll { act, revocation_ttl: self.revocation_ttl, user: *user, except: None, event };
        let ended = ending.run(conn, revoker).await?;
        let entry = AuditEntry::new(event).user(*user).detail("to", self.email.as_given()).detail("by", "undo");
        audit::append(conn, act, &entry.detail("sessions", ended.to_string())).await?;
        outbox::queue(conn, &self.mail).await?;
        Ok(UndoEmailOutcome::Undone)
    }
}

async fn set<C: Conn>(conn: &mut C, act: &AuditContext, user: UserId, email: &Email) -> Result<bool> {
    let params = [user.as_bytes().into(), email.as_given().into(), email.canonical().into(), act.at.into()];
    Ok(conn.execute(SET, &params).await? == 1)
}
