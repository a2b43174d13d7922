//! Users: changed, suspended, deleted. What a live token says must never outlive it, so each change that takes
//! something away writes the entry that refuses the user's live tokens, in the same transaction.

use std::time::Duration;

use hallpass_model::audit::{Act, Entry, Event};
use hallpass_model::revocation::Subject;
use hallpass_model::user::{Status, User};
use hallpass_model::{Email, Role, SessionId, Timestamp, UserId};

use super::session::EndAll;
use super::user::{self, UserKey};
use super::{Mode, Operation, audit, revocation};
use crate::conn::Conn;
use crate::{Error, Result};

const OTHER_ADMIN: &str = "SELECT COUNT(*) FROM \
    (SELECT 1 FROM users WHERE role = 'admin' AND status = 'active' AND id <> $1 LIMIT 1) AS other";
const LAST_USE: &str = "SELECT COALESCE(MAX(last_used_at), 0) FROM sessions WHERE user_id = $1";
const UPDATE: &str = "UPDATE users SET role = $2, status = $3, tokens_from = $4, updated_at = $5 WHERE id = $1";
const SET_EMAIL: &str = "UPDATE users SET email = $2, email_key = $3, updated_at = $4 WHERE id = $1 \
    AND NOT EXISTS (SELECT 1 FROM users other WHERE other.email_key = $3 AND other.id <> $1)";
const DELETE: &str = "DELETE FROM users WHERE id = $1";
const SET_PASSWORD: &str = "UPDATE users SET password_hash = $3, updated_at = $4 \
    WHERE id = $1 AND password_hash = $2 AND status = 'active'";

/// Changes a user; what is `None` stays.
#[derive(Debug)]
pub struct UpdateUser {
    /// Who, when, from where.
    pub act: Act,
    /// How long the user's access tokens may still live.
    pub outlives: Duration,
    /// Which.
    pub id: UserId,
    /// The role.
    pub role: Option<Role>,
    /// The status.
    pub status: Option<Status>,
    /// The address.
    pub email: Option<Email>,
}

/// What became of an [`UpdateUser`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UpdateUserOutcome {
    /// The user as of now.
    Updated(User),
    /// There is no such user.
    NotFound,
    /// The address has another account.
    EmailTaken,
    /// It would leave no active admin.
    LastAdmin,
}

impl Operation for UpdateUser {
    type Output = UpdateUserOutcome;
    const NAME: &'static str = "update_user";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<UpdateUserOutcome> {
        let Some(before) = user::credential(conn, &UserKey::Id(self.id)).await? else {
            return Ok(UpdateUserOutcome::NotFound);
        };
        let before = before.user;
        let role = self.role.clone().unwrap_or_else(|| before.role.clone());
        let status = self.status.unwrap_or(before.status);
        let stays_admin = role.is_admin() && status.may_enter();
        if !stays_admin && is_last_admin(conn, &before).await? {
            return Ok(UpdateUserOutcome::LastAdmin);
        }
        // The address first: it is what can be refused, and nothing may have been written by then.
        if !self.change_email(conn, &before).await? {
            return Ok(UpdateUserOutcome::EmailTaken);
        }
        self.change_authority(conn, &before, &role, status).await?;
        let after = user::credential(conn, &UserKey::Id(self.id)).await?;
        after.map(|after| UpdateUserOutcome::Updated(after.user)).ok_or(Error::Corrupt("a user vanished"))
    }
}

impl UpdateUser {
    async fn change_email<C: Conn>(&self, conn: &mut C, before: &User) -> Result<bool> {
        let Some(email) = self.email.as_ref().filter(|email| email.as_given() != before.email) else {
            return Ok(true);
        };
        let params = [self.id.as_bytes().into(), email.as_given().into(), email.canonical().into(), self.act.at.into()];
        if conn.execute(SET_EMAIL, &params).await? == 0 {
            return Ok(false);
        }
        let entry = Entry::new(Event::EmailChanged).user(self.id);
        let entry = entry.detail("from", &before.email).detail("to", email.as_given());
        audit::append(conn, &self.act, &entry).await.map(|()| true)
    }

    async fn change_authority<C: Conn>(&self, conn: &mut C, before: &User, role: &Role, status: Status) -> Result<()> {
        let (new_role, new_status) = (*role != before.role, status != before.status);
        if !new_role && !new_status {
            return Ok(());
        }
        let suspended = new_status && !status.may_enter();
        let tokens_from = if new_role || suspended {
            void_tokens(conn, &self.act, self.outlives, before).await?
        } else {
            before.tokens_from
        };
        let params = [
            self.id.as_bytes().into(),
            role.as_str().into(),
            status.as_str().into(),
            tokens_from.into(),
            self.act.at.into(),
        ];
        conn.execute(UPDATE, &params).await?;
        if new_role {
            let entry = Entry::new(Event::RoleChanged).user(self.id);
            let entry = entry.detail("from", before.role.as_str()).detail("to", role.as_str());
            audit::append(conn, &self.act, &entry).await?;
        }
        if suspended {
            self.end_sessions(conn).await
        } else if new_status {
            audit::append(conn, &self.act, &Entry::new(Event::UserActivated).user(self.id)).await
        } else {
            Ok(())
        }
    }

    async fn end_sessions<C: Conn>(&self, conn: &mut C) -> Result<()> {
        let ending = EndAll {
            act: &self.act,
            outlives: self.outlives,
            user: self.id,
            except: None,
            event: Event::UserSuspended,
        };
        let ended = ending.run(conn).await?;
        let entry = Entry::new(Event::UserSuspended).user(self.id).detail("sessions", ended.to_string());
        audit::append(conn, &self.act, &entry).await
    }
}

async fn is_last_admin<C: Conn>(conn: &mut C, user: &User) -> Result<bool> {
    if !user.role.is_admin() || !user.status.may_enter() {
        return Ok(false);
    }
    let others: Option<i64> = conn.row(OTHER_ADMIN, &[user.id.as_bytes().into()]).await?;
    Ok(others == Some(0))
}

/// Refuses every access token that the user has now. Returns the second from which new ones are stamped: after the
/// act, after every token minted by a request whose clock was read later but that committed before, and after those
/// that an earlier change in the same second has stamped ahead.
async fn void_tokens<C: Conn>(conn: &mut C, act: &Act, outlives: Duration, user: &User) -> Result<i64> {
    let last_use: Option<i64> = conn.row(LAST_USE, &[user.id.as_bytes().into()]).await?;
    let last_use = last_use.map_or(Timestamp::EPOCH, Timestamp::from_millis);
    let issued_before = act.at.max(last_use).next_sec().max(user.tokens_from.saturating_add(1));
    let subject = Subject::User { user: user.id, issued_before };
    revocation::revoke(conn, subject, Timestamp::from_secs(issued_before) + outlives).await?;
    Ok(issued_before)
}

/// Deletes a user.
#[derive(Debug)]
pub struct DeleteUser {
    /// Who, when, from where.
    pub act: Act,
    /// How long the user's access tokens may still live.
    pub outlives: Duration,
    /// Which.
    pub id: UserId,
}

/// What became of a [`DeleteUser`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeleteUserOutcome {
    /// The user is gone, with every session.
    Deleted,
    /// There is no such user.
    NotFound,
    /// It would leave no active admin.
    LastAdmin,
}

impl Operation for DeleteUser {
    type Output = DeleteUserOutcome;
    const NAME: &'static str = "delete_user";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<DeleteUserOutcome> {
        let Some(found) = user::credential(conn, &UserKey::Id(self.id)).await? else {
            return Ok(DeleteUserOutcome::NotFound);
        };
        if is_last_admin(conn, &found.user).await? {
            return Ok(DeleteUserOutcome::LastAdmin);
        }
        void_tokens(conn, &self.act, self.outlives, &found.user).await?;
        conn.execute(DELETE, &[self.id.as_bytes().into()]).await?;
        let entry = Entry::new(Event::UserDeleted).user(self.id).detail("email", &found.user.email);
        audit::append(conn, &self.act, &entry).await?;
        Ok(DeleteUserOutcome::Deleted)
    }
}

/// Changes a password, if the stored hash is still the one that was proved, and ends the other sessions.
pub struct ChangePassword {
    /// Who, when, from where.
    pub act: Act,
    /// How long the ended sessions' access tokens may still live.
    pub outlives: Duration,
    /// Whose.
    pub user: UserId,
    /// The stored hash that the current password was checked against.
    pub old_hash: String,
    /// The new one.
    pub new_hash: String,
    /// The session that goes on.
    pub keep: Option<SessionId>,
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

impl Operation for ChangePassword {
    type Output = ChangePasswordOutcome;
    const NAME: &'static str = "change_password";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<ChangePasswordOutcome> {
        if !replace_hash(conn, &self.act, self.user, (&self.old_hash, &self.new_hash)).await? {
            return Ok(ChangePasswordOutcome::Stale);
        }
        let event = Event::PasswordChanged;
        let ending = EndAll { act: &self.act, outlives: self.outlives, user: self.user, except: self.keep, event };
        let sessions_ended = ending.run(conn).await?;
        let entry = Entry::new(event).user(self.user).detail("sessions", sessions_ended.to_string());
        audit::append(conn, &self.act, &entry).await?;
        Ok(ChangePasswordOutcome::Changed { sessions_ended })
    }
}

/// Stores a hash remade at today's cost, if the old one still stands.
pub struct Rehash {
    /// Who, when.
    pub act: Act,
    /// Whose.
    pub user: UserId,
    /// The hash it was made from.
    pub old_hash: String,
    /// The new one.
    pub new_hash: String,
}

impl Operation for Rehash {
    /// Whether it was stored.
    type Output = bool;
    const NAME: &'static str = "rehash";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<bool> {
        let stored = replace_hash(conn, &self.act, self.user, (&self.old_hash, &self.new_hash)).await?;
        if stored {
            audit::append(conn, &self.act, &Entry::new(Event::PasswordRehashed).user(self.user)).await?;
        }
        Ok(stored)
    }
}

async fn replace_hash<C: Conn>(conn: &mut C, act: &Act, user: UserId, (old, new): (&String, &String)) -> Result<bool> {
    let params = [user.as_bytes().into(), old.as_str().into(), new.as_str().into(), act.at.into()];
    Ok(conn.execute(SET_PASSWORD, &params).await? == 1)
}
