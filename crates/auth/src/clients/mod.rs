//! Service clients: registered resource servers. A secret is shown once and kept as a hash; of a key only the public
//! half is ever here.

mod assertion;
mod authenticate;
mod spend;

use base64_simd::URL_SAFE_NO_PAD;
use hallpass_jose::Jwk;
use hallpass_model::ClientId;
use hallpass_model::client::{Proof, ServiceClient};
use hallpass_model::secret::SecretText;
use hallpass_store::op;

pub use self::authenticate::{ClientCredential, ClientPrincipal};

use crate::admin::Admin;
use crate::ctx::Ctx;
use crate::{Error, Result};

/// Marks a client secret for secret scanners and for people.
pub const SECRET_PREFIX: &str = "hpc_";

/// The SHA-256 of a client secret, which is all that the store keeps of it. A plain hash suffices at 256 random bits.
fn secret_hash(secret: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, secret.as_bytes()).as_ref());
    hash
}

impl Admin {
    /// Registers a service client with a secret, which is in the answer and nowhere else.
    ///
    /// # Errors
    /// [`Error::NameTaken`], [`Error::Unavailable`].
    pub async fn create_client(&self, ctx: &Ctx, name: &str) -> Result<(ServiceClient, SecretText)> {
        let secret = format!("{SECRET_PREFIX}{}", URL_SAFE_NO_PAD.encode_to_string(ctx.secret::<32>()?.expose()));
        let client = self.insert_client(ctx, name, Proof::SecretHash(secret_hash(&secret))).await?;
        Ok((client, SecretText::new(secret)))
    }

    /// Registers a service client that signs with a key of its own (`private_key_jwt`).
    ///
    /// # Errors
    /// [`Error::NameTaken`], [`Error::Unavailable`].
    pub async fn create_client_with_key(&self, ctx: &Ctx, name: &str, key: &Jwk) -> Result<ServiceClient> {
        let jwk = serde_json::to_string(key).map_err(|_| Error::Unavailable)?;
        self.insert_client(ctx, name, Proof::PublicJwk(jwk)).await
    }

    async fn insert_client(&self, ctx: &Ctx, name: &str, proof: Proof) -> Result<ServiceClient> {
        let (id, name) = (ClientId::new(ctx.now, ctx.bytes()?), name.to_owned());
        let client = ServiceClient { id, name, proof, created_at: ctx.now, revoked_at: None };
        let operation = op::CreateClient { act: self.act(ctx), client: client.clone() };
        if self.write(operation).await? { Ok(client) } else { Err(Error::NameTaken) }
    }

    /// Every service client, revoked ones too.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn clients(&self) -> Result<Vec<ServiceClient>> {
        self.read(op::ListClients).await
    }

    /// Revokes a service client.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Unavailable`].
    pub async fn revoke_client(&self, ctx: &Ctx, id: ClientId) -> Result<()> {
        let revoked = self.write(op::RevokeClient { act: self.act(ctx), id }).await?;
        if revoked { Ok(()) } else { Err(Error::NotFound) }
    }
}
