//! Sessions, as admins look into them.

use std::time::Duration;

use hallpass_model::audit::{AuditRecord, Event};
use hallpass_model::page::{Page, PageRequest};
use hallpass_model::trail::{Reuse, Suspect};
use hallpass_model::{SessionId, Timestamp, UserId};
use hallpass_store::op::{self, Life, LiveSession};

use super::{Admin, Authority, particulars};
use crate::ctx::Ctx;
use crate::logout::SessionEnd;
use crate::principal::Principal;
use crate::sessions::SessionView;
use crate::{Error, Result};

/// The life of a session.
#[derive(Debug)]
pub struct Timeline {
    /// Where it has been.
    pub life: Life,
    /// The reuse that ended it, and which side looks like the thief's.
    pub reuse: Option<(Reuse, Suspect)>,
    /// What the audit log tells of it, the oldest first.
    pub events: Vec<AuditRecord>,
    /// Until when its last access token would have been good, had it not been revoked.
    pub refused_until: Option<Timestamp>,
}

impl Admin {
    /// The live sessions of a user, newest first; the caller's own before them when it is one of them.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Unavailable`].
    pub async fn sessions(
        &self,
        ctx: &Ctx,
        caller: &Principal,
        user: UserId,
        page: PageRequest<SessionId>,
    ) -> Result<Page<SessionView, SessionId>> {
        self.user(user).await?;
        self.auth.sessions_of(ctx, caller, user, page).await
    }

    /// Ends one session of a user.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the user has no such live session; [`Error::Unavailable`].
    pub async fn end_session(&self, ctx: &Ctx, user: UserId, session: SessionId) -> Result<()> {
        let Authority { actor, by } = self.authority.clone();
        let end = SessionEnd { actor, by, session, owner: Some(user), event: Event::SessionRevoked, token: None };
        let ended = self.auth.revoke_session(ctx, end).await?;
        if ended { Ok(()) } else { Err(Error::NotFound) }
    }

    /// The live sessions of everybody, or of one user, newest first.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn all_sessions(&self, ctx: &Ctx, user: Option<UserId>, limit: u32) -> Result<Vec<LiveSession>> {
        self.read(op::ListAllSessions { now: ctx.now, limit, user }).await
    }

    /// Ends every session of everybody; how many there were. What a restored backup needs, since it may hold sessions
    /// that were ended after it was taken.
    ///
    /// # Errors
    /// [`Error::Unavailable`]; then some may have ended, and a repetition ends the rest.
    pub async fn end_all_sessions(&self, ctx: &Ctx) -> Result<u64> {
        let (mut ended, mut after) = (0, None);
        loop {
            let revocation_ttl = self.auth.settings().revocation_ttl();
            let some = self.revoke(ctx, op::RevokeSomeSessions { act: self.act(ctx), revocation_ttl, after }).await?;
            if some.last.is_none() {
                return Ok(ended);
            }
            (ended, after) = (ended + some.sessions, some.last);
        }
    }

    /// Where a session has been, and how it ended.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it never was, or is forgotten; [`Error::Unavailable`].
    pub async fn timeline(&self, session: SessionId) -> Result<Timeline> {
        let found = self.read(op::FindLife { session }).await?;
        let (life, events) = found.ok_or(Error::NotFound)?;
        let reuse = events.iter().find_map(reuse).map(|reuse| {
            let suspect = reuse.suspect(&life.runs);
            (reuse, suspect)
        });
        let access: Duration = self.auth.settings().token.access_ttl;
        let refused_until = life.revoked_at.map(|_| life.last_used_at + access);
        Ok(Timeline { life, reuse, events, refused_until })
    }
}

/// The reuse that an entry of the log tells of.
fn reuse(entry: &AuditRecord) -> Option<Reuse> {
    if entry.event != Event::RefreshReused.as_str() {
        return None;
    }
    let detail = particulars(entry);
    let number = |name: &str| detail.get(name)?.parse().ok();
    Some(Reuse {
        at: entry.at,
        presented: number("presented")?,
        current: number("current")?,
        ip: entry.ip.clone(),
        user_agent: entry.user_agent.clone(),
    })
}
