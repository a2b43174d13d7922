//! Service clients: registered resource servers, whose secret is shown once and kept as a hash.

use base64_simd::URL_SAFE_NO_PAD;
use hallpass_model::ClientId;
use hallpass_model::client::ServiceClient;
use hallpass_model::secret::SecretText;
use hallpass_store::op;

use crate::admin::Admin;
use crate::ctx::Ctx;
use crate::{Error, Result};

/// Marks a client secret for secret scanners and for people.
pub const SECRET_PREFIX: &str = "hpc_";

/// The SHA-256 of a client secret, which is all that the store keeps of it. A plain hash suffices at 256 random bits.
pub fn secret_hash(secret: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, secret.as_bytes()).as_ref());
    hash
}

impl Admin {
    /// Registers a service client; its secret is in the answer and nowhere else.
    ///
    /// # Errors
    /// [`Error::NameTaken`], [`Error::Unavailable`].
    pub async fn create_client(&self, ctx: &Ctx, name: &str) -> Result<(ServiceClient, SecretText)> {
        let secret = format!("{SECRET_PREFIX}{}", URL_SAFE_NO_PAD.encode_to_string(ctx.secret::<32>()?.expose()));
        let client = ServiceClient {
            id: ClientId::new(ctx.now, ctx.bytes()?),
            name: name.to_owned(),
            created_at: ctx.now,
            revoked_at: None,
        };
        let operation =
            op::CreateClient { act: self.act(ctx), client: client.clone(), secret_hash: secret_hash(&secret) };
        if self.store().write(operation).await? { Ok((client, SecretText::new(secret))) } else { Err(Error::NameTaken) }
    }

    /// Every service client, revoked ones too.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn clients(&self) -> Result<Vec<ServiceClient>> {
        Ok(self.store().read(op::ListClients).await?)
    }

    /// Revokes a service client.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Unavailable`].
    pub async fn revoke_client(&self, ctx: &Ctx, id: ClientId) -> Result<()> {
        let revoked = self.store().write(op::RevokeClient { act: self.act(ctx), id }).await?;
        if revoked { Ok(()) } else { Err(Error::NotFound) }
    }
}
