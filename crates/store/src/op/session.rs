//! Sessions: listed and ended.

use std::time::Duration;

use hallpass_model::audit::{AuditContext, AuditEntry, Event};
use hallpass_model::page::{Page, PageRequest};
use hallpass_model::revocation::Subject;
use hallpass_model::session::Session;
use hallpass_model::{SessionId, Timestamp, UserId};

use super::{Mode, Operation, Prune, Revoker, Revoking, audit, revocation};
use crate::conn::{Columns, Conn, FromRow, Row};
use crate::{Error, Result};

const LIST: &str = select!(
    session,
    "FROM sessions WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2 AND \
    absolute_expires_at > $2 AND id < $3 AND id <> $4 ORDER BY id DESC LIMIT $5"
);
const LIVE: &str = select!(
    session,
    "FROM sessions WHERE id = $3 AND user_id = $1 AND revoked_at IS NULL AND expires_at > $2 \
    AND absolute_expires_at > $2"
);
const REVOKE: &str = "UPDATE sessions SET revoked_at = $2, revoked_by = $3 \
    WHERE id = $1 AND revoked_at IS NULL \
    RETURNING user_id, last_used_at, (SELECT tokens_from FROM users WHERE users.id = sessions.user_id)";
const OWNER: &str = "SELECT user_id FROM sessions WHERE id = $1 AND revoked_at IS NULL";
const REVOKE_ALL: &str = "UPDATE sessions SET revoked_at = $2, revoked_by = $3 \
    WHERE user_id = $1 AND revoked_at IS NULL AND id <> $4 \
    RETURNING id, last_used_at, (SELECT tokens_from FROM users WHERE users.id = sessions.user_id)";
const FORGET_DEVICES: &str = "UPDATE users SET device_epoch = device_epoch + 1 WHERE id = $1";

/// No session's id, and less than any: ids begin with their time.
pub(super) const LEAST: [u8; 16] = [0; 16];
/// No session's id, and greater than any.
pub(super) const GREATEST: [u8; 16] = [0xff; 16];

/// The live sessions of a user: one named session first, then the others, newest first.
#[derive(Debug)]
pub struct ListSessions {
    pub user: UserId,
    /// Live at this instant.
    pub now: Timestamp,
    /// The session that leads the first page, if it is one of them. It is on no other page.
    pub first: Option<SessionId>,
    pub page: PageRequest<SessionId>,
}

impl Operation for ListSessions {
    type Output = Page<Session, SessionId>;
    const NAME: &'static str = "list_sessions";
    const MODE: Mode = Mode::List;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Self::Output> {
        let PageRequest { after, limit } = &self.page;
        let (user, now) = (self.user.as_bytes().into(), self.now.into());
        let first = self.first.as_ref().map_or(&LEAST, SessionId::as_bytes);
        let mut items = match after {
            Some(_) => Vec::new(),
            None => conn.rows::<Session>(LIVE, &[user, now, first.into()]).await?,
        };
        let before = after.as_ref().map_or(&GREATEST, SessionId::as_bytes);
        let params = [user, now, before.into(), first.into(), limit.saturating_add(1).into()];
        items.extend(conn.rows::<Session>(LIST, &params).await?);
        // Every other session comes after the first one, whatever their ids.
        let place = |session: &Session| {
            if Some(session.id) == self.first { SessionId::from_bytes(GREATEST) } else { session.id }
        };
        Ok(Page::cut(items, *limit, place))
    }
}

/// Ends one session.
#[derive(Debug)]
pub struct RevokeSession {
    pub act: AuditContext,
    /// How long its access tokens may still live.
    pub revocation_ttl: Duration,
    pub session: SessionId,
    /// Only if it is this user's.
    pub owner: Option<UserId>,
    /// What the audit log calls it.
    pub event: Event,
}

impl Revoking for RevokeSession {
    /// Whose it was. `None` if there is no such live session, or it is another user's.
    type Output = Option<UserId>;
    const NAME: &'static str = "revoke_session";
    const CONTAINS: bool = true;

    async fn run<C: Conn>(&self, conn: &mut C, revoker: &Revoker) -> Result<Option<UserId>> {
        if let Some(owner) = self.owner {
            let actual: Option<Id<UserId>> = conn.row(OWNER, &[self.session.as_bytes().into()]).await?;
            if actual.map(|id| id.0) != Some(owner) {
                return Ok(None);
            }
        }
        let ending = EndOne { act: &self.act, revocation_ttl: self.revocation_ttl, session: self.session };
        ending.run(conn, revoker, AuditEntry::new(self.event)).await
    }
}

/// Ends a session if it is live: the row, the entry that refuses its access tokens, the audit row.
pub(super) struct EndOne<'a> {
    pub(super) act: &'a AuditContext,
    pub(super) revocation_ttl: Duration,
    pub(super) session: SessionId,
}

impl EndOne<'_> {
    /// Whose it was. `None` if there is no such live session.
    pub(super) async fn run<C: Conn>(
        &self,
        conn: &mut C,
        revoker: &Revoker,
        entry: AuditEntry,
    ) -> Result<Option<UserId>> {
        let Self { act, revocation_ttl, session } = self;
        let params = [session.as_bytes().into(), act.at.into(), entry.event.as_str().into()];
        let ended: Option<Ended<UserId>> = conn.row(REVOKE, &params).await?;
        let Some(ended) = ended else { return Ok(None) };
        let until = act.at.max(ended.newest_token()) + *revocation_ttl;
        revocation::revoke(conn, revoker, Subject::Session(*session), until).await?;
        audit::append(conn, act, &entry.user(ended.id).session(*session)).await?;
        Ok(Some(ended.id))
    }
}

/// Ends the sessions of a user.
#[derive(Debug)]
pub struct RevokeSessions {
    pub act: AuditContext,
    /// How long their access tokens may still live.
    pub revocation_ttl: Duration,
    pub user: UserId,
    /// All but this one.
    pub except: Option<SessionId>,
    /// What the audit log calls it.
    pub event: Event,
}

impl Revoking for RevokeSessions {
    type Output = u64;
    const NAME: &'static str = "revoke_sessions";
    const CONTAINS: bool = true;

    async fn run<C: Conn>(&self, conn: &mut C, revoker: &Revoker) -> Result<u64> {
        let ending = EndAll {
            act: &self.act,
            revocation_ttl: self.revocation_ttl,
            user: self.user,
            except: self.except,
            event: self.event,
        };
        let ended = ending.run(conn, revoker).await?;
        let entry = AuditEntry::new(self.event).user(self.user).detail("sessions", ended.to_string());
        audit::append(conn, &self.act, &entry).await?;
        Ok(ended)
    }
}

/// Ends every live session of a user but one, without an audit row of its own.
pub(super) struct EndAll<'a> {
    pub(super) act: &'a AuditContext,
    pub(super) revocation_ttl: Duration,
    pub(super) user: UserId,
    pub(super) except: Option<SessionId>,
    pub(super) event: Event,
}

impl EndAll<'_> {
    /// How many were ended.
    pub(super) async fn run<C: Conn>(&self, conn: &mut C, revoker: &Revoker) -> Result<u64> {
        // A role that changes casts no doubt on the devices.
        if self.event != Event::RoleChanged {
            forget_devices(conn, self.user).await?;
        }
        let except = self.except.as_ref().map_or(&LEAST, SessionId::as_bytes);
        let params = [self.user.as_bytes().into(), self.act.at.into(), self.event.as_str().into(), except.into()];
        let ended: Vec<Ended<SessionId>> = conn.rows(REVOKE_ALL, &params).await?;
        refuse(conn, revoker, (self.act.at, self.revocation_ttl), &ended).await?;
        u64::try_from(ended.len()).map_err(|_| Error::Corrupt("count of sessions"))
    }
}

/// Makes every device that the user's address knows a stranger.
pub(super) async fn forget_devices<C: Conn>(conn: &mut C, user: UserId) -> Result<()> {
    conn.execute(FORGET_DEVICES, &[user.as_bytes().into()]).await.map(drop)
}

/// Refuses the access tokens of ended sessions. Only those used so lately that one may still live get an entry, by a
/// clock that may be hours ahead.
pub(super) async fn refuse<C: Conn>(
    conn: &mut C,
    revoker: &Revoker,
    (at, revocation_ttl): (Timestamp, Duration),
    ended: &[Ended<SessionId>],
) -> Result<()> {
    for session in ended {
        let newest = session.newest_token();
        if newest + revocation_ttl + Prune::KEPT > at {
            let until = at.max(newest) + revocation_ttl;
            revocation::revoke(conn, revoker, Subject::Session(session.id), until).await?;
        }
    }
    Ok(())
}

pub(super) struct Ended<T> {
    pub(super) id: T,
    last_used_at: Timestamp,
    tokens_from: i64,
}

impl<T> Ended<T> {
    /// No access token of the session was stamped later: one is stamped with its rotation, or with the second from which
    /// the user's tokens are good, when that is later.
    fn newest_token(&self) -> Timestamp {
        self.last_used_at.max(Timestamp::from_secs(self.tokens_from))
    }
}

impl FromRow for Ended<SessionId> {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        Ok(Self { id: columns.session_id()?, last_used_at: columns.time()?, tokens_from: columns.int()? })
    }
}

impl FromRow for Ended<UserId> {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        Ok(Self { id: columns.user_id()?, last_used_at: columns.time()?, tokens_from: columns.int()? })
    }
}

/// A row that is one id.
pub(super) struct Id<T>(pub(super) T);

impl FromRow for Id<UserId> {
    fn from_row(row: &dyn Row) -> Result<Self> {
        Columns::of(row).user_id().map(Self)
    }
}

impl FromRow for Session {
    fn from_row(row: &dyn Row) -> Result<Self> {
        read(&mut Columns::of(row))
    }
}

/// Reads the columns in the order of [`LIST`].
pub(super) fn read(columns: &mut Columns<'_>) -> Result<Session> {
    Ok(Session {
        id: columns.session_id()?,
        user: columns.user_id()?,
        generation: columns.count()?,
        current_hash: columns.array()?,
        nonce: columns.opt_array()?,
        rotated_at: columns.opt_time()?,
        created_at: columns.time()?,
        last_used_at: columns.time()?,
        expires_at: columns.time()?,
        absolute_expires_at: columns.time()?,
        revoked_at: columns.opt_time()?,
        ip: columns.opt_text()?,
        user_agent: columns.opt_text()?,
    })
}
