//! What a service client asks about a token: is it good (RFC 7662), and make it bad (RFC 7009).

use std::sync::Arc;
use std::time::Duration;

use hallpass_model::audit::{Actor, Event};
use hallpass_model::revocation::TOLERANCE;
use hallpass_model::session::Verdict;
use hallpass_model::{Role, SessionId, Timestamp, UserId};
use hallpass_store::op;

use crate::clients::ClientPrincipal;
use crate::ctx::Ctx;
use crate::logout::SessionEnd;
use crate::principal::Principal;
use crate::rooms::Services;
use crate::{Error, Result};

/// A token that is good at this moment.
#[derive(Debug, Clone)]
pub enum Active {
    /// An access token.
    Access(Arc<Principal>),
    /// A refresh token that would be exchanged.
    Refresh {
        user: UserId,
        role: Role,
        session: SessionId,
        /// When it expires.
        expires_at: Timestamp,
    },
}

impl Services<'_> {
    /// Whether a token is good; one indexed read at most, and no write. Nothing is said about one that is not.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn introspect(self, ctx: &Ctx, _: &ClientPrincipal, token: &str) -> Result<Option<Active>> {
        let Ok(presented) = self.0.core().codec.decode(token) else {
            return match self.0.authenticate(ctx, token).await {
                Ok(principal) => Ok(Some(Active::Access(principal))),
                Err(Error::InvalidToken(_)) => Ok(None),
                Err(error) => Err(error),
            };
        };
        let session = presented.session();
        let Some(family) = self.0.core().store.read(op::FindFamily { session }).await? else { return Ok(None) };
        // Asked without the grace window: a token that was spent is not active, whatever a refresh would still forgive.
        let is_current = family.session.decide(&presented, ctx.now, Duration::ZERO) == Verdict::Rotate;
        Ok((is_current && family.status.may_enter()).then_some(Active::Refresh {
            user: family.session.user,
            role: family.role,
            session,
            expires_at: family.session.expires_at,
        }))
    }

    /// Makes a token bad: an access token is refused at once; a refresh token ends its whole session. A token that is
    /// none, or ended already, is fine (RFC 7009 §2.2).
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn revoke_token(self, ctx: &Ctx, client: &ClientPrincipal, token: &str) -> Result<()> {
        if let Ok(presented) = self.0.core().codec.decode(token) {
            let (actor, session) = (Actor::Client(client.id), presented.session());
            let end = SessionEnd { actor, by: None, session, owner: None, event: Event::SessionRevoked, token: None };
            return self.0.revoke_session(ctx, end).await.map(|_| ());
        }
        // By this process's own set: a token that only Redis knows to be revoked may be revoked again.
        let Ok(principal) = self.0.authenticate_here(ctx, token) else { return Ok(()) };
        let until = Timestamp::from_secs(principal.expires_at) + self.0.settings().token.leeway + TOLERANCE;
        let act = ctx.act(Actor::Client(client.id));
        Ok(self.0.core().revoke(ctx, op::RevokeToken { act, jti: principal.jti.clone(), until }).await?)
    }
}
