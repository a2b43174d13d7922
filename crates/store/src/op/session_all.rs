//! The sessions of everybody: listed, and ended when a backup was restored.

use std::time::Duration;

use hallpass_model::audit::{AuditContext, AuditEntry, Event};
use hallpass_model::{SessionId, Timestamp, UserId};

use super::session::{Ended, GREATEST, LEAST, refuse};
use super::{Mode, Operation, Revoker, Revoking, audit};
use crate::conn::{Columns, Conn, FromRow, Row};
use crate::{Error, Result};

/// Rows of one transaction: enough that ending all takes minutes, few enough that a login hardly waits.
const BATCH: i64 = 500;
const LIST_ALL: &str = "SELECT s.id, s.user_id, u.email, s.created_at, s.last_used_at, s.expires_at, s.ip, \
    s.user_agent FROM sessions s JOIN users u ON u.id = s.user_id \
    WHERE s.id < $3 AND s.revoked_at IS NULL AND s.expires_at > $1 AND s.absolute_expires_at > $1 \
    ORDER BY s.id DESC LIMIT $2";
const LIST_OF: &str = "SELECT s.id, s.user_id, u.email, s.created_at, s.last_used_at, s.expires_at, s.ip, \
    s.user_agent FROM sessions s JOIN users u ON u.id = s.user_id \
    WHERE s.user_id = $3 AND s.revoked_at IS NULL AND s.expires_at > $1 AND s.absolute_expires_at > $1 \
    ORDER BY s.id DESC LIMIT $2";
const REVOKE_BATCH: &str = "UPDATE sessions SET revoked_at = $1, revoked_by = $2 \
    WHERE id IN (SELECT id FROM sessions WHERE id > $4 AND revoked_at IS NULL ORDER BY id LIMIT $3) \
    RETURNING id, last_used_at, (SELECT tokens_from FROM users WHERE users.id = sessions.user_id)";

/// A live session with the address of its user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveSession {
    pub id: SessionId,
    pub user: UserId,
    pub email: String,
    pub created_at: Timestamp,
    /// The last login or rotation.
    pub last_used_at: Timestamp,
    /// When it ends if it is not used.
    pub expires_at: Timestamp,
    /// The client address of the last login or rotation.
    pub ip: Option<String>,
    /// The client's `User-Agent` at login.
    pub user_agent: Option<String>,
}

/// The live sessions of everybody, or of one user, newest first.
#[derive(Debug)]
pub struct ListAllSessions {
    /// Live at this instant.
    pub now: Timestamp,
    pub limit: u32,
    /// Only those of this user.
    pub user: Option<UserId>,
}

impl Operation for ListAllSessions {
    type Output = Vec<LiveSession>;
    const NAME: &'static str = "list_all_sessions";
    const MODE: Mode = Mode::List;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Vec<LiveSession>> {
        let (now, limit) = (self.now.into(), self.limit.into());
        match &self.user {
            Some(user) => conn.rows(LIST_OF, &[now, limit, user.as_bytes().into()]).await,
            None => conn.rows(LIST_ALL, &[now, limit, (&GREATEST).into()]).await,
        }
    }
}

/// Ends some of all users' sessions: the unit of ending all of them.
#[derive(Debug)]
pub struct RevokeSomeSessions {
    pub act: AuditContext,
    /// How long their access tokens may still live.
    pub revocation_ttl: Duration,
    /// Only those above this one.
    pub after: Option<SessionId>,
}

/// What a [`RevokeSomeSessions`] ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndedSome {
    /// How many.
    pub sessions: u64,
    /// The last of them; none when there was none.
    pub last: Option<SessionId>,
}

impl Revoking for RevokeSomeSessions {
    type Output = EndedSome;
    const NAME: &'static str = "revoke_some_sessions";
    const CONTAINS: bool = true;

    async fn run<C: Conn>(&self, conn: &mut C, revoker: &Revoker) -> Result<EndedSome> {
        let event = Event::LoggedOutAll;
        let after = self.after.as_ref().map_or(&LEAST, SessionId::as_bytes);
        let params = [self.act.at.into(), event.as_str().into(), BATCH.into(), after.into()];
        let ended: Vec<Ended<SessionId>> = conn.rows(REVOKE_BATCH, &params).await?;
        refuse(conn, revoker, (self.act.at, self.revocation_ttl), &ended).await?;
        let sessions = u64::try_from(ended.len()).map_err(|_| Error::Corrupt("count of sessions"))?;
        let last = ended.iter().map(|session| session.id).max();
        if last.is_some() {
            let entry = AuditEntry::new(event).detail("of", "every user").detail("sessions", sessions.to_string());
            audit::append(conn, &self.act, &entry).await?;
        }
        Ok(EndedSome { sessions, last })
    }
}

impl FromRow for LiveSession {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        Ok(Self {
            id: columns.session_id()?,
            user: columns.user_id()?,
            email: columns.text()?,
            created_at: columns.time()?,
            last_used_at: columns.time()?,
            expires_at: columns.time()?,
            ip: columns.opt_text()?,
            user_agent: columns.opt_text()?,
        })
    }
}
