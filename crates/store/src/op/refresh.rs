//! The refresh: one conditional update, and the decision when it finds nothing to update.

use std::time::Duration;

use hallpass_model::audit::{AuditContext, AuditEntry, Event};
use hallpass_model::refresh_token::{Nonce, RefreshToken};
use hallpass_model::session::{RefreshPolicy, Session, Verdict};
use hallpass_model::user::Status;
use hallpass_model::{Role, SessionId, Timestamp, UserId};

use super::session::{self, EndOne};
use super::{Mode, Operation, Revoker, Revoking, outbox};
use crate::conn::{Columns, Conn, FromRow, Row, RowStatement};
use crate::{Error, Result};

/// The rotation, with its parameters named by this prefix, more tables, and more columns of the answer.
///
/// Where the family has been is kept in the same row, by the same statement (see [`hallpass_model::trail`]): a rotation
/// from the same client as the last writes nothing more, one from elsewhere appends a line to a bounded trail.
///
/// `last_used_at` never goes back: it says how long access tokens may live, by whichever clock ran ahead.
macro_rules! rotate {
    ($p:literal, $from:literal, $more:literal) => {
        concat!(
            "UPDATE sessions SET generation = ", $p, "4, current_hash = ", $p, "5, nonce = ", $p, "6, ",
            "rotated_at = ", $p, "7, ",
            "last_used_at = CASE WHEN last_used_at > ", $p, "7 THEN last_used_at ELSE ", $p, "7 END, ip = ", $p, "8, ",
            "expires_at = CASE WHEN ", $p, "9 >= absolute_expires_at THEN absolute_expires_at ",
            "WHEN ", $p, "9 > 0 THEN ", $p, "9 ELSE expires_at END, ",
            "agent = CASE WHEN COALESCE(user_agent, '') = ", $p, "10 THEN NULL ELSE ", $p, "10 END, ",
            "run_from = CASE WHEN ip IS NOT DISTINCT FROM ", $p, "8 ",
            "AND COALESCE(agent, user_agent, '') = ", $p, "10 THEN run_from ELSE ", $p, "4 END, ",
            "run_at = CASE WHEN ip IS NOT DISTINCT FROM ", $p, "8 ",
            "AND COALESCE(agent, user_agent, '') = ", $p, "10 THEN run_at ELSE ", $p, "7 END, ",
            "trail = CASE WHEN ip IS NOT DISTINCT FROM ", $p, "8 ",
            "AND COALESCE(agent, user_agent, '') = ", $p, "10 THEN trail ",
            "ELSE CASE WHEN length(trail) > 6000 THEN substr(trail, 3000) ELSE trail END || CAST(run_from AS TEXT) || ' ' ",
            "|| CAST(generation AS TEXT) || ' ' || CAST(COALESCE(run_at, created_at) AS TEXT) || ' ' ",
            "|| CAST(last_used_at AS TEXT) || ' ' || COALESCE(ip, '-') || ' ' || COALESCE(agent, user_agent, '') ",
            "|| '\n' END", $from, " ",
            "WHERE id = ", $p, "1 AND generation = ", $p, "2 AND current_hash = ", $p, "3 AND revoked_at IS NULL ",
            "AND expires_at > ", $p, "7 AND absolute_expires_at > ", $p, "7 ",
            "AND EXISTS (SELECT 1 FROM users WHERE users.id = sessions.user_id AND users.status = 'active') ",
            "RETURNING user_id, (SELECT role FROM users WHERE users.id = sessions.user_id), ",
            "(SELECT tokens_from FROM users WHERE users.id = sessions.user_id), expires_at, rotated_at", $more
        )
    };
}

/// Of N that present the same token, the first changes `generation` and `current_hash`, and the others match nothing. Of
/// several in one statement PostgreSQL takes one.
pub const ROTATE: RowStatement = RowStatement {
    one: rotate!("$", "", ""),
    postgres_many: rotate!(
        "p",
        " FROM unnest($1::bytea[], $2::bigint[], $3::bytea[], $4::bigint[], $5::bytea[], $6::bytea[], $7::bigint[], \
        $8::text[], $9::bigint[], $10::text[]) WITH ORDINALITY AS many (p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, place)",
        ", place"
    ),
};
const READ: &str = "SELECT s.id, s.user_id, s.generation, s.current_hash, s.nonce, s.rotated_at, s.created_at, \
    s.last_used_at, s.expires_at, s.absolute_expires_at, s.revoked_at, s.ip, s.user_agent, \
    u.role, u.tokens_from, u.status FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $1";

/// Exchanges a genuine token for its successor.
#[derive(Debug)]
pub struct RefreshSession {
    pub act: AuditContext,
    /// How long an access token of the family may still live, if it is revoked.
    pub revocation_ttl: Duration,
    /// The token, its tag found good.
    pub presented: RefreshToken,
    /// Its successor under `nonce`.
    pub successor: RefreshToken,
    /// Fresh randomness.
    pub nonce: Nonce,
    /// How long families live.
    pub policy: RefreshPolicy,
    /// The mail that tells the user of a reuse, if there is mail.
    pub notice: Option<&'static str>,
}

/// The owner of the session, read in the transaction of the rotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub user: UserId,
    pub role: Role,
    /// The user's tokens stamped before this second are void.
    pub tokens_from: i64,
    /// Until when the refresh token is good.
    pub expires_at: Timestamp,
    /// When the token was rotated, which is what its access tokens are stamped with: never later than the row's
    /// `last_used_at`, so that an operation that voids the user's tokens knows of them, those of a repeat among them.
    pub rotated_at: Timestamp,
}

/// What became of a [`RefreshSession`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refreshed {
    /// The token was consumed and its successor is current.
    Rotated(Grant),
    /// The token was the one spent last; its unused successor is given again.
    Repeated {
        /// Whom it speaks for.
        grant: Grant,
        /// The successor of back then.
        successor: RefreshToken,
    },
    /// The token was spent: the family is revoked now, if it was not before.
    Reuse {
        /// Whose family.
        user: UserId,
    },
    /// Unknown, expired, revoked, or its user may not enter.
    Refused,
}

impl Revoking for RefreshSession {
    type Output = Refreshed;
    const NAME: &'static str = "refresh_session";
    const FIRST_MAY_BE_ALL: bool = true;

    async fn run<C: Conn>(&self, conn: &mut C, revoker: &Revoker) -> Result<Refreshed> {
        match self.rotate(conn).await? {
            Some(grant) => Ok(Refreshed::Rotated(grant)),
            None => self.decide(conn, revoker).await,
        }
    }
}

impl RefreshSession {
    async fn rotate<C: Conn>(&self, conn: &mut C) -> Result<Option<Grant>> {
        let now = self.act.at;
        let ip = self.act.ip.map(|ip| ip.to_string());
        let (old, new) = (self.presented.hash(), self.successor.hash());
        // Without sliding the end of life stays where it is, which the statement reads from an end that never was.
        let idle_end = if self.policy.sliding { now + self.policy.idle } else { Timestamp::EPOCH };
        let id = self.presented.session();
        let params = [
            id.as_bytes().into(),
            self.presented.generation().into(),
            (&old).into(),
            self.successor.generation().into(),
            (&new).into(),
            (&self.nonce).into(),
            now.into(),
            ip.as_deref().into(),
            idle_end.into(),
            self.act.user_agent.as_deref().unwrap_or_default().into(),
        ];
        conn.row_among_many(&ROTATE, &params).await
    }

    /// Nothing matched: the token is not current, or the family has ended. The row says which.
    async fn decide<C: Conn>(&self, conn: &mut C, revoker: &Revoker) -> Result<Refreshed> {
        let id = self.presented.session();
        let Some(family) = conn.row::<Family>(READ, &[id.as_bytes().into()]).await? else {
            return Ok(Refreshed::Refused);
        };
        match family.session.decide(&self.presented, self.act.at, self.policy.grace) {
            Verdict::Reuse => {
                if family.session.revoked_at.is_none() {
                    // Before the session: whatever ends all sessions of a user locks the two in this order.
                    session::forget_devices(conn, family.session.user).await?;
                }
                if self.end(conn, revoker, Event::RefreshReused, &family).await? {
                    self.tell(conn, family.session.user).await?;
                }
                Ok(Refreshed::Reuse { user: family.session.user })
            }
            Verdict::Repeat(successor) if family.status.may_enter() => {
                Ok(Refreshed::Repeated { grant: family.grant(self.act.at), successor })
            }
            Verdict::Ahead => {
                self.end(conn, revoker, Event::RefreshAhead, &family).await?;
                Ok(Refreshed::Refused)
            }
            // The update would have matched, had the user been allowed in.
            Verdict::Rotate | Verdict::Repeat(_) | Verdict::Revoked | Verdict::Expired => Ok(Refreshed::Refused),
        }
    }
}

impl RefreshSession {
    async fn tell<C: Conn>(&self, conn: &mut C, user: UserId) -> Result<()> {
        let Some(template) = self.notice else { return Ok(()) };
        outbox::notice(conn, template, user, self.presented.session(), self.act.at).await
    }

    /// Ends the family, unless it has ended already; whether it did.
    async fn end<C: Conn>(&self, conn: &mut C, revoker: &Revoker, event: Event, family: &Family) -> Result<bool> {
        let entry = AuditEntry::new(event)
            .detail("presented", self.presented.generation().to_string())
            .detail("current", family.session.generation.to_string());
        let ending = EndOne { act: &self.act, revocation_ttl: self.revocation_ttl, session: self.presented.session() };
        ending.run(conn, revoker, entry).await.map(|ended| ended.is_some())
    }
}

/// Reads the family of a token, and changes nothing.
#[derive(Debug)]
pub struct FindFamily {
    pub session: SessionId,
}

impl Operation for FindFamily {
    type Output = Option<Family>;
    const NAME: &'static str = "find_family";
    const MODE: Mode = Mode::PointRead;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Option<Family>> {
        conn.row(READ, &[self.session.as_bytes().into()]).await
    }
}

impl FromRow for Grant {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        Ok(Self {
            user: columns.user_id()?,
            role: columns.role()?,
            tokens_from: columns.int()?,
            expires_at: columns.time()?,
            rotated_at: columns.time()?,
        })
    }
}

/// A session with what its user may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Family {
    pub session: Session,
    pub role: Role,
    /// The user's tokens stamped before this second are void.
    pub tokens_from: i64,
    /// The user's status.
    pub status: Status,
}

impl Family {
    /// What a repeat is given: nothing that is later than the rotation, which may have happened by a clock that runs
    /// ahead.
    fn grant(self, now: Timestamp) -> Grant {
        let Self { session, role, tokens_from, .. } = self;
        let rotated_at = session.rotated_at.unwrap_or(session.created_at).min(now);
        Grant { user: session.user, role, tokens_from, expires_at: session.expires_at, rotated_at }
    }
}

impl FromRow for Family {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        Ok(Self {
            session: session::read(&mut columns)?,
            role: columns.role()?,
            tokens_from: columns.int()?,
            status: columns.text()?.parse().map_err(|_| Error::Corrupt("status"))?,
        })
    }
}
