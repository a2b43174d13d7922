//! What a user may know of their own account: what happened to it, and all that is kept of it.

use std::time::Duration;

use hallpass_model::audit::{Actor, AuditEntry, AuditRecord, Event};
use hallpass_model::page::{Page, PageRequest};
use hallpass_model::user::User;
use hallpass_model::{SessionId, Timestamp, UserId};
use hallpass_store::op::{self, AuditFilter, AuditSubject};

use crate::ctx::Ctx;
use crate::principal::Principal;
use crate::rooms::Accounts;
use crate::sessions::SessionView;
use crate::{Error, Result};

/// Exports of one account in a window. A thief's script shall not make the server write megabytes all day.
const EXPORTS: u32 = 5;
const EXPORT_WINDOW: Duration = Duration::from_secs(60 * 60);
/// The newest rows of the audit log that an export holds.
const MOST_EVENTS: usize = 10_000;
/// The newest sessions that an export holds.
const MOST_SESSIONS: usize = 10_000;
const PAGE: u32 = 1_000;

/// Something that happened to the caller's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnEvent {
    pub at: Timestamp,
    /// The event's stable name.
    pub event: String,
    /// `you`, `anonymous`, `administrator`, `service`, `operator` or `system`.
    pub by: &'static str,
    pub session: Option<SessionId>,
    /// The client address; `None` for an event that somebody else caused.
    pub ip: Option<String>,
    /// The client's `User-Agent`; `None` for an event that somebody else caused.
    pub user_agent: Option<String>,
    /// Particulars: a JSON object of strings.
    pub detail: String,
}

impl OwnEvent {
    /// What an export says of a row. It names no administrator and no address of one: those belong to the installation.
    fn new(row: AuditRecord, user: UserId) -> Self {
        let by = match row.actor.split(':').next() {
            Some("user") if row.actor == Actor::User(user).to_string() => "you",
            Some("user") => "administrator",
            Some("client") => "service",
            Some("anonymous") => "anonymous",
            Some("operator") => "operator",
            _ => "system",
        };
        let is_shown = matches!(by, "you" | "anonymous");
        Self {
            at: row.at,
            event: row.event,
            by,
            session: row.session,
            ip: row.ip.filter(|_| is_shown),
            user_agent: row.user_agent.filter(|_| is_shown),
            detail: row.detail,
        }
    }
}

/// All that is kept of an account but its secrets.
#[derive(Debug)]
pub struct OwnData {
    pub user: User,
    /// Live sessions, the caller's first, then the newest.
    pub sessions: Vec<SessionView>,
    /// What happened, the newest first.
    pub events: Vec<OwnEvent>,
    /// Whether there is more than an export holds.
    pub truncated: bool,
}

impl Accounts<'_> {
    /// What happened to the caller's account, the newest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a token of an OAuth client; [`Error::Unavailable`].
    pub async fn activity(
        self,
        caller: &Principal,
        event: Option<Event>,
        page: PageRequest<i64>,
    ) -> Result<Page<OwnEvent, i64>> {
        if !caller.is_first_party {
            return Err(Error::Forbidden);
        }
        let filter = AuditFilter { subject: Some(AuditSubject::User(caller.user)), event, ..AuditFilter::default() };
        let PageRequest { after: before, limit } = page;
        let Page { items, next } = self.0.core().store.read(op::ListAudit { filter, before, limit }).await?;
        Ok(Page { items: items.into_iter().map(|row| OwnEvent::new(row, caller.user)).collect(), next })
    }

    /// All that is kept of the caller's account but its secrets. It is audited before anything leaves.
    ///
    /// # Errors
    /// [`Error::TooManyAttempts`] from the sixth within an hour; [`Error::Forbidden`] for a token of an OAuth client;
    /// [`Error::InvalidToken`] when the account is gone; [`Error::Unavailable`].
    pub async fn export(self, ctx: &Ctx, caller: &Principal) -> Result<OwnData> {
        if !caller.is_first_party {
            return Err(Error::Forbidden);
        }
        let subject = caller.user.as_bytes().to_vec();
        let counted = self.0.core().notices.count(Event::AccountExported, subject, ctx.now, EXPORT_WINDOW);
        if let Some((count, retry_after)) = counted
            && count > EXPORTS
        {
            return Err(Error::TooManyAttempts { retry_after });
        }
        let user = self.0.sessions().me(caller).await?;
        let entry = AuditEntry::new(Event::AccountExported).user(caller.user).session(caller.session);
        let act = ctx.act(Actor::User(caller.user));
        self.0.core().store.write(op::AppendAudit { act, entry }).await?;
        let (sessions, has_more_sessions) = self.own_sessions(ctx, caller).await?;
        let (events, has_more_events) = self.own_events(caller).await?;
        Ok(OwnData { user, sessions, events, truncated: has_more_sessions || has_more_events })
    }

    async fn own_sessions(self, ctx: &Ctx, caller: &Principal) -> Result<(Vec<SessionView>, bool)> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = self.0.sessions().list(ctx, caller, PageRequest { after, limit: PAGE }).await?;
            all.extend(page.items);
            after = page.next;
            if after.is_none() || all.len() >= MOST_SESSIONS {
                return Ok((all, after.is_some()));
            }
        }
    }

    async fn own_events(self, caller: &Principal) -> Result<(Vec<OwnEvent>, bool)> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = self.activity(caller, None, PageRequest { after, limit: PAGE }).await?;
            all.extend(page.items);
            after = page.next;
            if after.is_none() || all.len() >= MOST_EVENTS {
                return Ok((all, after.is_some()));
            }
        }
    }
}
