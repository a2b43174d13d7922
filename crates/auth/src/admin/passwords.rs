//! A forgotten password, replaced by an admin.

use hallpass_model::audit::Actor;
use hallpass_model::{Timestamp, UserId};
use hallpass_password::Password;
use hallpass_store::op;
use zeroize::Zeroizing;

use super::Admin;
use crate::ctx::Ctx;
use crate::one_time::{GOOD_FOR, generate_password};
use crate::{Error, Result};

/// A one-time password, to be handed to its owner.
pub struct OneTimePassword {
    /// The password. It is stored nowhere: this is the only time that it is shown.
    pub password: Zeroizing<String>,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for OneTimePassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OneTimePassword(redacted, until {})", self.expires_at)
    }
}

impl Admin {
    /// Replaces a user's password by a one-time password that the server makes, and ends every session of the user. No
    /// admin chooses what a user's password is (ASVS 6.4.6).
    ///
    /// # Errors
    /// [`Error::OwnPassword`] for the admin's own: with a stolen token it would be a way round the current password;
    /// [`Error::NotFound`], [`Error::Overloaded`], [`Error::Unavailable`].
    pub async fn reset_password(&self, ctx: &Ctx, id: UserId) -> Result<OneTimePassword> {
        if self.authority.actor == Actor::User(id) {
            return Err(Error::OwnPassword);
        }
        self.user(id).await?;
        let password = generate_password(&*ctx.random)?;
        let hash = self.auth.core().pool.hash(Password::from(password.to_string())).await?;
        let expires_at = ctx.now + GOOD_FOR;
        self.replace_password(ctx, id, hash, Some(expires_at)).await?;
        Ok(OneTimePassword { password, expires_at })
    }

    /// Replaces a user's password by one that the operator on the server's machine has chosen, and ends every session of
    /// the user.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::WeakPassword`], [`Error::Overloaded`], [`Error::Unavailable`].
    pub async fn set_password(&self, ctx: &Ctx, id: UserId, password: Password) -> Result<()> {
        let email = self.user(id).await?.email;
        let hash = self.auth.hash_new_password(password, &email).await?;
        self.replace_password(ctx, id, hash, None).await
    }

    async fn replace_password(
        &self,
        ctx: &Ctx,
        user: UserId,
        new_hash: String,
        one_time_until: Option<Timestamp>,
    ) -> Result<()> {
        let (act, revocation_ttl) = (self.act(ctx), self.auth.settings().revocation_ttl());
        let operation = op::ResetPassword { act, revocation_ttl, user, new_hash, one_time_until };
        let ended = self.revoke(ctx, operation).await?;
        // It may be another process that has ended these sessions just now.
        self.auth.poll_feed_after(ctx).await;
        ended.map(|_| ()).ok_or(Error::NotFound)
    }
}
