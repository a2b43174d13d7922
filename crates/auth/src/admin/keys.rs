//! The key ring by hand.

use hallpass_jose::SigningKey;

use super::Admin;
use crate::Result;
use crate::ctx::Ctx;
use crate::keys::KeyView;

impl Admin {
    /// Every key, the oldest first.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::Error::Unavailable).
    pub async fn keys(&self, ctx: &Ctx) -> Result<Vec<KeyView>> {
        self.auth.core().ring.list(ctx.now).await
    }

    /// Lets the stand-by sign and announces a new one. `force` does so although caches may not know it yet.
    ///
    /// # Errors
    /// [`Error::KeyNotRipe`](crate::Error::KeyNotRipe) without `force`;
    /// [`Error::Unavailable`](crate::Error::Unavailable).
    pub async fn rotate_keys(&self, ctx: &Ctx, force: bool) -> Result<Vec<KeyView>> {
        self.auth.core().ring.rotate(ctx, &self.authority, force).await?;
        self.keys(ctx).await
    }

    /// Refuses everything a key signed, at once.
    ///
    /// # Errors
    /// [`Error::NotFound`](crate::Error::NotFound), [`Error::Unavailable`](crate::Error::Unavailable).
    pub async fn revoke_key(&self, ctx: &Ctx, kid: &str) -> Result<()> {
        let core = self.auth.core();
        let version = core.ring.revoke(ctx, &self.authority, kid).await?;
        if let Some(mirror) = core.mirror() {
            mirror.announce_ring(version).await;
        }
        Ok(core.ring.replace_revoked(ctx).await?)
    }

    /// Adds a key made elsewhere to the ring; `false` when the ring has it already.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::Error::Unavailable).
    pub async fn import_key(&self, ctx: &Ctx, key: &SigningKey) -> Result<bool> {
        self.auth.core().ring.import(ctx, &self.authority, key).await
    }
}
