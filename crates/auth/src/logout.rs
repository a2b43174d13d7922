//! Logout: this session, or all of them.

use hallpass_model::audit::{Actor, Event};
use hallpass_model::revocation::{Revocation, Subject, TOLERANCE};
use hallpass_model::{SessionId, Timestamp, UserId};
use hallpass_store::op::{self, Authorized, Caller, Named};

use crate::core::Auth;
use crate::ctx::Ctx;
use crate::principal::Principal;
use crate::rooms::Sessions;
use crate::{Error, Result};

/// What a client proves its session with.
#[derive(Debug)]
pub enum Ending<'a> {
    /// An access token of it.
    Session(&'a Principal),
    /// A refresh token of it, spent or not: only a client that held it can have it.
    Refresh(&'a str),
}

impl Sessions<'_> {
    /// Ends one session: its refresh family is revoked and its access tokens are refused at once. Ending an ended
    /// session is fine.
    ///
    /// # Errors
    /// [`Error::InvalidRefreshToken`] when the token is forged; [`Error::Unavailable`].
    pub async fn logout(self, ctx: &Ctx, ending: Ending<'_>) -> Result<()> {
        let (session, owner, token) = match ending {
            Ending::Session(principal) => (principal.session, Some(principal.user), self.0.naming(ctx, principal)),
            Ending::Refresh(text) => {
                let token = self.0.core().codec.decode(text).map_err(|_| Error::InvalidRefreshToken)?;
                (token.session(), None, None)
            }
        };
        let actor = owner.map_or(Actor::Anonymous, Actor::User);
        let end = SessionEnd { actor, by: None, session, owner, event: Event::LoggedOut, token };
        self.0.revoke_session(ctx, end).await.map(|_| ())
    }

    /// Ends every session of the caller.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn logout_all(self, ctx: &Ctx, principal: &Principal) -> Result<()> {
        let (actor, token) = (Actor::User(principal.user), self.0.naming(ctx, principal));
        self.0.revoke_sessions(ctx, (actor, None), principal.user, token).await.map(|_| ())
    }
}

impl Auth {
    /// The entry that refuses this very token by its name, for readers of Redis that ask for no other. None without
    /// Redis: the entries of its session or user refuse it everywhere else. None when it has expired or is named already:
    /// a logout that is repeated writes nothing.
    pub(crate) fn naming(&self, ctx: &Ctx, principal: &Principal) -> Option<Revocation> {
        let until = Timestamp::from_secs(principal.expires_at) + self.settings().token.leeway + TOLERANCE;
        let is_read = self.core().mirror().is_some();
        let is_needed = is_read && until > ctx.now && !self.denylist().names(&principal.jti);
        is_needed.then(|| Revocation { subject: Subject::Token(principal.jti.clone()), until })
    }

    /// Ends one live session; whether there was such a session. Every end of a session takes this way: by its user, an admin,
    /// a service client.
    pub(crate) async fn revoke_session(&self, ctx: &Ctx, end: SessionEnd) -> Result<bool> {
        let SessionEnd { actor, by, session, owner, event, token } = end;
        let (act, revocation_ttl) = (ctx.act(actor), self.settings().revocation_ttl());
        let operation = Named { operation: op::RevokeSession { act, revocation_ttl, session, owner, event }, token };
        let ended = self.core().revoke(ctx, Authorized { by, operation }).await??;
        if ended.is_none() {
            // Another process was first, and this one answers for it: so it must refuse the tokens, too.
            self.poll_feed_after(ctx).await;
        }
        Ok(ended.is_some())
    }

    /// Ends every session of a user, on behalf of an admin if a caller is named.
    pub(crate) async fn revoke_sessions(
        &self,
        ctx: &Ctx,
        (actor, by): (Actor, Option<Caller>),
        user: UserId,
        token: Option<Revocation>,
    ) -> Result<u64> {
        let operation = op::RevokeSessions {
            act: ctx.act(actor),
            revocation_ttl: self.settings().revocation_ttl(),
            user,
            except: None,
            event: Event::LoggedOutAll,
        };
        let operation = Named { operation, token };
        let ended = self.core().revoke(ctx, Authorized { by, operation }).await??;
        // Some of them another process may have ended just now.
        self.poll_feed_after(ctx).await;
        Ok(ended)
    }
}

/// A session that is to end, and on whose word.
pub(crate) struct SessionEnd {
    /// Who ends it.
    pub(crate) actor: Actor,
    /// The caller who must be an admin.
    pub(crate) by: Option<Caller>,
    pub(crate) session: SessionId,
    /// Only if it is this user's.
    pub(crate) owner: Option<UserId>,
    /// What the audit log calls it.
    pub(crate) event: Event,
    /// The entry of the token on whose word it ends.
    pub(crate) token: Option<Revocation>,
}
