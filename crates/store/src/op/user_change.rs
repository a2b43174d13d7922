//! Users: changed, suspended, deleted. What a live token says must never outlive it, so each change that takes
//! something away writes the entry that refuses the user's live tokens, in the same transaction.

use std::time::Duration;

use hallpass_model::audit::{AuditContext, AuditEntry, Event};
use hallpass_model::revocation::Subject;
use hallpass_model::user::{Status, User};
use hallpass_model::{Email, Role, Timestamp, UserId};

use super::session::EndAll;
use super::user::{self, UserKey};
use super::{Revoker, Revoking, audit, one_time, revocation};
use crate::conn::Conn;
use crate::{Error, Result};

const OTHER_ADMIN: &str = "SELECT COUNT(*) FROM \
    (SELECT 1 FROM users WHERE role = 'admin' AND status = 'active' AND id <> $1 LIMIT 1) AS other";
/// -1 when there is none.
const LAST_USE: &str = "SELECT COALESCE(MAX(last_used_at), -1) FROM sessions WHERE user_id = $1";
/// Of a session that has ended the tokens are refused by its own entry.
const LAST_LIVE_USE: &str =
    "SELECT COALESCE(MAX(last_used_at), -1) FROM sessions WHERE user_id = $1 AND revoked_at IS NULL";
const UPDATE: &str = "UPDATE users SET role = $2, status = $3, tokens_from = $4, updated_at = $5 WHERE id = $1";
/// Another spelling of the same address stays proved.
const SET_EMAIL: &str = "UPDATE users SET email = $2, email_key = $3, updated_at = $4, \
    email_verified_at = CASE WHEN email_key = $3 THEN email_verified_at END WHERE id = $1 \
    AND NOT EXISTS (SELECT 1 FROM users other WHERE other.email_key = $3 AND other.id <> $1)";
const DELETE: &str = "DELETE FROM users WHERE id = $1";

/// How many seconds ahead of the clock a change may have tokens stamped. A verifier tolerates 60, and its clock may be
/// behind.
const STAMPED_AHEAD: i64 = 20;

/// Changes a user; what is `None` stays.
#[derive(Debug)]
pub struct UpdateUser {
    pub act: AuditContext,
    /// How long the user's access tokens may still live.
    pub revocation_ttl: Duration,
    pub id: UserId,
    pub role: Option<Role>,
    /// The status.
    pub status: Option<Status>,
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

impl Revoking for UpdateUser {
    type Output = UpdateUserOutcome;
    const NAME: &'static str = "update_user";
    const CONTAINS: bool = true;

    async fn run<C: Conn>(&self, conn: &mut C, revoker: &Revoker) -> Result<UpdateUserOutcome> {
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
        let change = AuthorityChange { of: self, before: &before, role: &role, status };
        change.run(conn, revoker).await?;
        let after = user::credential(conn, &UserKey::Id(self.id)).await?;
        after.map(|after| UpdateUserOutcome::Updated(after.user)).ok_or(Error::Corrupt("a user vanished"))
    }
}

impl UpdateUser {
    async fn change_email<C: Conn>(&self, conn: &mut C, before: &User) -> Result<bool> {
        let Some(email) = self.email.as_ref().filter(|email| **email != before.email) else {
            return Ok(true);
        };
        let params = [self.id.as_bytes().into(), email.as_given().into(), email.canonical().into(), self.act.at.into()];
        if conn.execute(SET_EMAIL, &params).await? == 0 {
            return Ok(false);
        }
        one_time::forget_all(conn, self.id).await?;
        let entry = AuditEntry::new(Event::EmailChanged).user(self.id);
        let entry = entry.detail("from", before.email.as_given()).detail("to", email.as_given());
        audit::append(conn, &self.act, &entry).await.map(|()| true)
    }
}

/// The part of an [`UpdateUser`] that decides what live tokens may still say.
struct AuthorityChange<'a> {
    of: &'a UpdateUser,
    before: &'a User,
    role: &'a Role,
    status: Status,
}

impl AuthorityChange<'_> {
    async fn run<C: Conn>(&self, conn: &mut C, revoker: &Revoker) -> Result<()> {
        if !self.has_new_role() && !self.has_new_status() {
            return Ok(());
        }
        let voids = self.has_new_role() || self.suspends();
        let tokens_from = if voids { self.void_tokens(conn, revoker).await? } else { Some(self.before.tokens_from) };
        let params = [
            self.before.id.as_bytes().into(),
            self.role.as_str().into(),
            self.status.as_str().into(),
            tokens_from.unwrap_or(self.before.tokens_from).into(),
            self.of.act.at.into(),
        ];
        conn.execute(UPDATE, &params).await?;
        let ends = self.suspends() || tokens_from.is_none();
        let ended = if ends { Some(self.end_sessions(conn, revoker).await?) } else { None };
        self.record(conn, ended).await
    }

    fn has_new_role(&self) -> bool {
        *self.role != self.before.role
    }

    fn has_new_status(&self) -> bool {
        self.status != self.before.status
    }

    fn suspends(&self) -> bool {
        self.has_new_status() && !self.status.may_enter()
    }

    /// Refuses every access token that the user has now. Returns the second from which new ones are stamped: after the
    /// newest that there can be, as the store knows it, whatever any clock says. None when that would be so far ahead
    /// that a verifier would refuse the new ones, too: then the sessions must end.
    async fn void_tokens<C: Conn>(&self, conn: &mut C, revoker: &Revoker) -> Result<Option<i64>> {
        let tokens_from = self.before.tokens_from;
        let Some(last_use) = last_use(conn, LAST_LIVE_USE, self.before.id).await? else {
            return Ok(Some(tokens_from));
        };
        let issued_before = last_use.next_sec().max(tokens_from.saturating_add(1));
        if issued_before > self.of.act.at.secs().saturating_add(STAMPED_AHEAD) {
            return Ok(None);
        }
        let until = self.of.act.at.max(Timestamp::from_secs(issued_before)) + self.of.revocation_ttl;
        let subject = Subject::User { user: self.before.id, issued_before };
        revocation::revoke(conn, revoker, subject, until).await?;
        Ok(Some(issued_before))
    }

    /// Session entries refuse whatever the tokens are stamped with.
    async fn end_sessions<C: Conn>(&self, conn: &mut C, revoker: &Revoker) -> Result<u64> {
        let event = if self.suspends() { Event::UserSuspended } else { Event::RoleChanged };
        let UpdateUser { act, revocation_ttl, .. } = self.of;
        let ending = EndAll { act, revocation_ttl: *revocation_ttl, user: self.before.id, except: None, event };
        ending.run(conn, revoker).await
    }

    async fn record<C: Conn>(&self, conn: &mut C, ended: Option<u64>) -> Result<()> {
        let (act, id) = (&self.of.act, self.before.id);
        let counted = |entry: AuditEntry| match ended {
            Some(sessions) => entry.detail("sessions", sessions.to_string()),
            None => entry,
        };
        if self.has_new_role() {
            let entry = AuditEntry::new(Event::RoleChanged).user(id);
            let entry = entry.detail("from", self.before.role.as_str()).detail("to", self.role.as_str());
            audit::append(conn, act, &if self.suspends() { entry } else { counted(entry) }).await?;
        }
        if self.suspends() {
            audit::append(conn, act, &counted(AuditEntry::new(Event::UserSuspended).user(id))).await
        } else if self.has_new_status() {
            audit::append(conn, act, &AuditEntry::new(Event::UserActivated).user(id)).await
        } else {
            Ok(())
        }
    }
}

async fn last_use<C: Conn>(conn: &mut C, sql: &'static str, user: UserId) -> Result<Option<Timestamp>> {
    let last_use: Option<i64> = conn.row(sql, &[user.as_bytes().into()]).await?;
    Ok(last_use.filter(|millis| *millis >= 0).map(Timestamp::from_millis))
}

async fn is_last_admin<C: Conn>(conn: &mut C, user: &User) -> Result<bool> {
    if !user.role.is_admin() || !user.status.may_enter() {
        return Ok(false);
    }
    let others: Option<i64> = conn.row(OTHER_ADMIN, &[user.id.as_bytes().into()]).await?;
    Ok(others == Some(0))
}

/// Deletes a user.
#[derive(Debug)]
pub struct DeleteUser {
    pub act: AuditContext,
    /// How long the user's access tokens may still live.
    pub revocation_ttl: Duration,
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

impl Revoking for DeleteUser {
    type Output = DeleteUserOutcome;
    const NAME: &'static str = "delete_user";
    const CONTAINS: bool = true;

    async fn run<C: Conn>(&self, conn: &mut C, revoker: &Revoker) -> Result<DeleteUserOutcome> {
        let Some(found) = user::credential(conn, &UserKey::Id(self.id)).await? else {
            return Ok(DeleteUserOutcome::NotFound);
        };
        if is_last_admin(conn, &found.user).await? {
            return Ok(DeleteUserOutcome::LastAdmin);
        }
        let last_use = last_use(conn, LAST_USE, self.id).await?.unwrap_or(Timestamp::EPOCH);
        let newest = last_use.max(Timestamp::from_secs(found.user.tokens_from));
        let until = self.act.at.max(newest) + self.revocation_ttl;
        revocation::revoke(conn, revoker, Subject::every_token_of(self.id), until).await?;
        conn.execute(DELETE, &[self.id.as_bytes().into()]).await?;
        let entry = AuditEntry::new(Event::UserDeleted).user(self.id).detail("email", found.user.email.as_given());
        audit::append(conn, &self.act, &entry).await?;
        Ok(DeleteUserOutcome::Deleted)
    }
}
