//! A user's own account: who am I, where am I logged in.

use hallpass_model::audit::{Actor, Event};
use hallpass_model::page::{Page, PageRequest};
use hallpass_model::session::Session;
use hallpass_model::user::User;
use hallpass_model::{SessionId, Timestamp, UserId};
use hallpass_store::op::{self, UserKey};

use crate::core::Auth;
use crate::ctx::Ctx;
use crate::logout::SessionEnd;
use crate::principal::Principal;
use crate::rooms::Sessions;
use crate::{Error, Result};

/// A session as its owner and admins see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionView {
    /// The `sid`.
    pub id: SessionId,
    pub created_at: Timestamp,
    /// The last login or refresh.
    pub last_used_at: Timestamp,
    /// When it ends if it is not used.
    pub expires_at: Timestamp,
    /// The client address of the last login or refresh.
    pub ip: Option<String>,
    /// The `User-Agent` at login.
    pub user_agent: Option<String>,
    /// Whether the caller's own token belongs to it.
    pub current: bool,
}

impl SessionView {
    /// What is shown of a session to a caller whose own is `current`.
    fn new(session: Session, current: SessionId) -> Self {
        Self {
            id: session.id,
            created_at: session.created_at,
            last_used_at: session.last_used_at,
            expires_at: session.expires_at,
            current: session.id == current,
            ip: session.ip,
            user_agent: session.user_agent,
        }
    }
}

impl Sessions<'_> {
    /// The caller's account.
    ///
    /// # Errors
    /// [`Error::InvalidToken`] when the account is gone; [`Error::Unavailable`].
    pub async fn me(self, principal: &Principal) -> Result<User> {
        let found = self.0.core().store.read(op::FindUser { key: UserKey::Id(principal.user) }).await?;
        found.ok_or(Error::InvalidToken("user is gone"))
    }

    /// The caller's live sessions, the current one first, then the newest.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn list(
        self,
        ctx: &Ctx,
        caller: &Principal,
        page: PageRequest<SessionId>,
    ) -> Result<Page<SessionView, SessionId>> {
        self.0.sessions_of(ctx, caller, caller.user, page).await
    }

    /// Ends one of the caller's sessions.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such live session, or it is another user's; [`Error::Unavailable`].
    pub async fn end(self, ctx: &Ctx, principal: &Principal, session: SessionId) -> Result<()> {
        let (actor, owner) = (Actor::User(principal.user), Some(principal.user));
        // Another session's tokens are not known by name.
        let token = if session == principal.session { self.0.naming(ctx, principal) } else { None };
        let end = SessionEnd { actor, by: None, session, owner, event: Event::SessionRevoked, token };
        let ended = self.0.revoke_session(ctx, end).await?;
        if ended { Ok(()) } else { Err(Error::NotFound) }
    }
}

impl Auth {
    /// The live sessions of a user, as the caller sees them: the caller's own first, then the newest.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub(crate) async fn sessions_of(
        &self,
        ctx: &Ctx,
        caller: &Principal,
        user: UserId,
        page: PageRequest<SessionId>,
    ) -> Result<Page<SessionView, SessionId>> {
        let current = caller.session;
        let operation = op::ListSessions { user, now: ctx.now, first: Some(current), page };
        let Page { items, next } = self.core().store.read(operation).await?;
        Ok(Page { items: items.into_iter().map(|session| SessionView::new(session, current)).collect(), next })
    }
}
