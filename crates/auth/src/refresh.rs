//! Refresh: one genuine token in, its one successor out.
//!
//! The decision itself is [`hallpass_model::session::Session::decide`]; the store takes it in one atomic operation
//! ([`op::RefreshSession`]); here the token is read, the successor derived, and the answer minted.

use hallpass_mail::Template;
use hallpass_model::audit::Actor;
use hallpass_model::refresh_token::RefreshToken;
use hallpass_store::op::{self, Grant};

use crate::core::Auth;
use crate::ctx::Ctx;
use crate::rooms::Sessions;
use crate::tokens::{AccessToken, Bearer, RefreshIssued};
use crate::{Error, Result};

/// What a refresh answers with.
#[derive(Debug)]
pub struct Refreshed {
    /// A fresh access token.
    pub access: AccessToken,
    /// The successor of the token that was presented.
    pub refresh: RefreshIssued,
}

impl Sessions<'_> {
    /// Exchanges a refresh token for its successor and a fresh access token.
    ///
    /// # Errors
    /// [`Error::InvalidRefreshToken`] for a token that is forged, unknown, expired or revoked; a forged one costs no
    /// read. [`Error::TokenReuse`] for a spent one, whose family is then revoked. [`Error::Unavailable`], after
    /// which the token is as good as before.
    pub async fn refresh(self, ctx: &Ctx, presented: &str) -> Result<Refreshed> {
        let result = self.0.exchange(ctx, presented).await;
        let label = match &result {
            Ok((_, label)) => label,
            Err(Error::TokenReuse) => "reuse",
            Err(Error::InvalidRefreshToken) => "invalid",
            Err(_) => "unavailable",
        };
        self.0.core().counters.count_refresh(label, ctx.now);
        result.map(|(refreshed, _)| refreshed)
    }
}

impl Auth {
    async fn exchange(&self, ctx: &Ctx, presented: &str) -> Result<(Refreshed, &'static str)> {
        let Ok(presented) = self.core().codec.decode(presented) else {
            self.note_forged(ctx).await;
            return Err(Error::InvalidRefreshToken);
        };
        let nonce = ctx.bytes()?;
        let successor = presented.successor(&nonce).map_err(|_| Error::InvalidRefreshToken)?;
        let operation = op::RefreshSession {
            act: ctx.act(Actor::Anonymous),
            revocation_ttl: self.settings().revocation_ttl(),
            presented,
            successor: successor.clone(),
            nonce,
            policy: self.settings().refresh,
            notice: self.mail().is_on().then_some(Template::SessionStolen.as_str()),
        };
        match self.core().revoke(ctx, operation).await? {
            op::Refreshed::Rotated(grant) => Ok((self.answer(ctx, &grant, &successor)?, "rotated")),
            op::Refreshed::Repeated { grant, successor } => Ok((self.answer(ctx, &grant, &successor)?, "repeated")),
            op::Refreshed::Reuse { user } => {
                ctx.caller.note(user, successor.session());
                tracing::warn!(%user, session = %successor.session(), "refresh token reuse: the family is revoked");
                // It may have been another process that revoked it.
                self.poll_feed_after(ctx).await;
                Err(Error::TokenReuse)
            }
            op::Refreshed::Refused => Err(Error::InvalidRefreshToken),
        }
    }

    fn answer(&self, ctx: &Ctx, grant: &Grant, token: &RefreshToken) -> Result<Refreshed> {
        ctx.caller.note(grant.user, token.session());
        let bearer = Bearer {
            user: grant.user,
            role: &grant.role,
            session: token.session(),
            tokens_from: grant.tokens_from,
            issued_at: grant.rotated_at,
        };
        Ok(Refreshed { access: self.mint(ctx, &bearer)?, refresh: self.issue(ctx, token, grant.expires_at) })
    }
}
