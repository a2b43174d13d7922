//! Logout: this session, or all of them.

use hallpass_model::audit::{Actor, Event};
use hallpass_model::{SessionId, UserId};
use hallpass_store::op;

use crate::core::Auth;
use crate::ctx::Ctx;
use crate::verify::Principal;
use crate::{Error, Result};

/// What a client proves its session with.
#[derive(Debug)]
pub enum Ending<'a> {
    /// An access token of it.
    Session(&'a Principal),
    /// A refresh token of it, spent or not: only a client that held it can have it.
    Refresh(&'a str),
}

impl Auth {
    /// Ends one session: its refresh family is revoked and its access tokens are refused at once. Ending an ended
    /// session is fine.
    ///
    /// # Errors
    /// [`Error::InvalidRefreshToken`] when the token is forged; [`Error::Unavailable`].
    pub async fn logout(&self, ctx: &Ctx, ending: Ending<'_>) -> Result<()> {
        let (session, owner) = match ending {
            Ending::Session(principal) => (principal.session, Some(principal.user)),
            Ending::Refresh(text) => {
                let token = self.core().codec.decode(text).map_err(|_| Error::InvalidRefreshToken)?;
                (token.session(), None)
            }
        };
        self.revoke_session(ctx, session, owner, Event::LoggedOut).await.map(|_| ())
    }

    /// Ends every session of the caller.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn logout_all(&self, ctx: &Ctx, principal: &Principal) -> Result<()> {
        self.revoke_sessions(ctx, Actor::User(principal.user), principal.user).await
    }

    /// Revokes one live session, of `owner` if one is named; whether there was such a session.
    pub(crate) async fn revoke_session(
        &self,
        ctx: &Ctx,
        session: SessionId,
        owner: Option<UserId>,
        event: Event,
    ) -> Result<bool> {
        let act = ctx.act(owner.map_or(Actor::Anonymous, Actor::User));
        let outlives = self.settings().outlives();
        let ended = self.core().revoke(ctx, op::RevokeSession { act, outlives, session, owner, event }).await?;
        if ended.is_none() {
            // Another process was first, and this one answers for it: so it must refuse the tokens, too.
            self.catch_up(ctx).await;
        }
        Ok(ended.is_some())
    }

    pub(crate) async fn revoke_sessions(&self, ctx: &Ctx, actor: Actor, user: UserId) -> Result<()> {
        let operation = op::RevokeSessions {
            act: ctx.act(actor),
            outlives: self.settings().outlives(),
            user,
            except: None,
            event: Event::LoggedOutAll,
        };
        self.core().revoke(ctx, operation).await?;
        // Some of them another process may have ended just now.
        self.catch_up(ctx).await;
        Ok(())
    }
}
