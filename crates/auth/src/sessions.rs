//! A user's own account: who am I, where am I logged in.

use hallpass_model::audit::Event;
use hallpass_model::user::User;
use hallpass_model::{SessionId, Timestamp};
use hallpass_store::op::{self, UserKey};

use crate::core::Auth;
use crate::ctx::Ctx;
use crate::verify::Principal;
use crate::{Error, Result};

/// A session as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionView {
    /// The `sid`.
    pub id: SessionId,
    /// The login.
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

impl Auth {
    /// The caller's account.
    ///
    /// # Errors
    /// [`Error::InvalidToken`] when the account is gone; [`Error::Unavailable`].
    pub async fn me(&self, principal: &Principal) -> Result<User> {
        let found = self.core().store.read(op::FindUser { key: UserKey::Id(principal.user) }).await?;
        found.ok_or(Error::InvalidToken("user is gone"))
    }

    /// The caller's live sessions, newest first.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn sessions(&self, ctx: &Ctx, principal: &Principal) -> Result<Vec<SessionView>> {
        let sessions = self.core().store.read(op::ListSessions { user: principal.user, now: ctx.now }).await?;
        let view = |session: hallpass_model::session::Session| SessionView {
            id: session.id,
            created_at: session.created_at,
            last_used_at: session.last_used_at,
            expires_at: session.expires_at,
            current: session.id == principal.session,
            ip: session.ip,
            user_agent: session.user_agent,
        };
        Ok(sessions.into_iter().map(view).collect())
    }

    /// Ends one of the caller's sessions.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such live session, or it is somebody else's; [`Error::Unavailable`].
    pub async fn end_session(&self, ctx: &Ctx, principal: &Principal, session: SessionId) -> Result<()> {
        let ended = self.revoke_session(ctx, session, Some(principal.user), Event::SessionRevoked).await?;
        if ended { Ok(()) } else { Err(Error::NotFound) }
    }
}
