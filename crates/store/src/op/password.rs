//! Passwords: changed by their owner, replaced by others, their hashes remade.

use std::time::Duration;

use hallpass_model::audit::{AuditContext, AuditEntry, Event};
use hallpass_model::one_time::Purpose;
use hallpass_model::{SessionId, Timestamp, UserId};

use super::outbox::{self, QueueMessage};
use super::session::EndAll;
use super::{Mode, Operation, Revoker, Revoking, audit, one_time};
use crate::Result;
use crate::conn::Conn;

/// A password that its owner chooses is not a one-time password.
const SET_OWN: &str = "UPDATE users SET password_hash = $3, updated_at = $4, one_time_until = NULL \
    WHERE id = $1 AND password_hash = $2 AND status = 'active'";
const REMAKE: &str = "UPDATE users SET password_hash = $3, updated_at = $4 \
    WHERE id = $1 AND password_hash = $2 AND status = 'active'";
const RESET: &str = "UPDATE users SET password_hash = $2, one_time_until = $3, updated_at = $4 WHERE id = $1";

/// Changes a password, if the stored hash is still the one that was proved, and ends the other sessions.
pub struct ChangePassword {
    pub act: AuditContext,
    /// How long the ended sessions' access tokens may still live.
    pub revocation_ttl: Duration,
    pub user: UserId,
    /// The stored hash that the current password was checked against.
    pub old_hash: String,
    pub new_hash: String,
    /// The session that goes on.
    pub keep: Option<SessionId>,
    /// The mail that tells the user.
    pub mail: Option<QueueMessage>,
}

/// What became of a [`ChangePassword`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangePasswordOutcome {
    /// It was changed.
    Changed {
        /// How many sessions ended.
        sessions_ended: u64,
    },
    /// The stored hash had changed in the meantime, or the user may not enter.
    Stale,
}

impl Revoking for ChangePassword {
    type Output = ChangePasswordOutcome;
    const NAME: &'static str = "change_password";
    const CONTAINS: bool = true;

    async fn run<C: Conn>(&self, conn: &mut C, revoker: &Revoker) -> Result<ChangePasswordOutcome> {
        if !set_own(conn, &self.act, self.user, (&self.old_hash, &self.new_hash)).await? {
            return Ok(ChangePasswordOutcome::Stale);
        }
        let event = Event::PasswordChanged;
        let ending =
            EndAll { act: &self.act, revocation_ttl: self.revocation_ttl, user: self.user, except: self.keep, event };
        let sessions_ended = ending.run(conn, revoker).await?;
        let entry = AuditEntry::new(event).user(self.user).detail("sessions", sessions_ended.to_string());
        audit::append(conn, &self.act, &entry).await?;
        if let Some(mail) = &self.mail {
            outbox::queue(conn, mail).await?;
        }
        Ok(ChangePasswordOutcome::Changed { sessions_ended })
    }
}

/// Stores a hash remade at today's cost, if the old one still stands.
pub struct Rehash {
    pub act: AuditContext,
    pub user: UserId,
    /// The hash it was made from.
    pub old_hash: String,
    pub new_hash: String,
}

impl Operation for Rehash {
    /// Whether it was stored.
    type Output = bool;
    const NAME: &'static str = "rehash";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<bool> {
        let stored = swap(conn, REMAKE, &self.act, self.user, (&self.old_hash, &self.new_hash)).await?;
        if stored {
            audit::append(conn, &self.act, &AuditEntry::new(Event::PasswordRehashed).user(self.user)).await?;
        }
        Ok(stored)
    }
}

/// Replaces the password of a user, who need not know the old one, and ends every session. A suspension stays.
pub struct ResetPassword {
    pub act: AuditContext,
    /// How long the ended sessions' access tokens may still live.
    pub revocation_ttl: Duration,
    pub user: UserId,
    pub new_hash: String,
    /// Until when it is good, when its owner has to replace it at the next login.
    pub one_time_until: Option<Timestamp>,
}

impl Revoking for ResetPassword {
    /// How many sessions ended; none when there is no such user.
    type Output = Option<u64>;
    const NAME: &'static str = "reset_password";
    const CONTAINS: bool = true;

    async fn run<C: Conn>(&self, conn: &mut C, revoker: &Revoker) -> Result<Option<u64>> {
        let (user, until) = (self.user.as_bytes().into(), self.one_time_until.into());
        if conn.execute(RESET, &[user, self.new_hash.as_str().into(), until, self.act.at.into()]).await? == 0 {
            return Ok(None);
        }
        one_time::forget(conn, self.user, Purpose::ResetPassword).await?;
        let event = Event::PasswordReset;
        let ending =
            EndAll { act: &self.act, revocation_ttl: self.revocation_ttl, user: self.user, except: None, event };
        let ended = ending.run(conn, revoker).await?;
        let kind = if self.one_time_until.is_some() { "one-time" } else { "chosen" };
        let entry = AuditEntry::new(event).user(self.user).detail("kind", kind).detail("sessions", ended.to_string());
        audit::append(conn, &self.act, &entry).await?;
        Ok(Some(ended))
    }
}

/// Stores what a user has chosen, if the old hash still stands and the user may enter.
pub(super) async fn set_own<C: Conn>(
    conn: &mut C,
    act: &AuditContext,
    user: UserId,
    hashes: (&String, &String),
) -> Result<bool> {
    let was_set = swap(conn, SET_OWN, act, user, hashes).await?;
    if was_set {
        one_time::forget(conn, user, Purpose::ResetPassword).await?;
    }
    Ok(was_set)
}

async fn swap<C: Conn>(
    conn: &mut C,
    sql: &'static str,
    act: &AuditContext,
    user: UserId,
    (old, new): (&String, &String),
) -> Result<bool> {
    let params = [user.as_bytes().into(), old.as_str().into(), new.as_str().into(), act.at.into()];
    Ok(conn.execute(sql, &params).await? == 1)
}
