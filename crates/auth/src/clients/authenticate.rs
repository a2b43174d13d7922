//! Who is this service client?

use hallpass_jose::{Jwk, VerifyingKey};
use hallpass_model::ClientId;
use hallpass_model::client::{Proof, ServiceClient};
use hallpass_store::op;
use subtle::ConstantTimeEq;

use super::assertion::Assertion;
use super::secret_hash;
use crate::core::Auth;
use crate::ctx::Ctx;
use crate::{Error, Result};

/// What a service client proves itself with.
#[derive(Debug)]
pub enum ClientCredential<'a> {
    /// HTTP Basic, RFC 6749 §2.3.1.
    Secret {
        /// The `client_id`.
        id: &'a str,
        /// The secret.
        secret: &'a str,
    },
    /// `private_key_jwt`, RFC 7523.
    Assertion(&'a str),
}

/// A service client that has proved who it is.
#[derive(Debug, Clone)]
pub struct ClientPrincipal {
    /// Its `client_id`.
    pub id: ClientId,
}

impl Auth {
    /// Authenticates a service client.
    ///
    /// # Errors
    /// [`Error::InvalidClient`], whatever is wrong; [`Error::TooManyClientFailures`] after too many wrong ones of this client
    /// from one client address; [`Error::TooManyAssertions`]; [`Error::Unavailable`].
    pub async fn authenticate_client(&self, ctx: &Ctx, credential: ClientCredential<'_>) -> Result<ClientPrincipal> {
        let client = match credential {
            ClientCredential::Secret { id, secret } => self.by_secret(ctx, id, secret).await?,
            ClientCredential::Assertion(text) => self.by_assertion(ctx, text).await?,
        };
        Ok(ClientPrincipal { id: client.id })
    }

    /// Whether a client that has proved who it is has not been revoked since, for a connection that stays open.
    ///
    /// # Errors
    /// [`Error::InvalidClient`] when it was revoked; [`Error::Unavailable`].
    pub async fn recheck_client(&self, client: &ClientPrincipal) -> Result<()> {
        self.live_client(client.id).await.map(|_| ())
    }

    async fn by_secret(&self, ctx: &Ctx, id: &str, secret: &str) -> Result<ServiceClient> {
        let client = self.live_client(id.parse().map_err(|_| Error::InvalidClient)?).await?;
        let Proof::SecretHash(stored) = &client.proof else { return Err(Error::InvalidClient) };
        if bool::from(secret_hash(secret).ct_eq(stored)) {
            return Ok(client);
        }
        Err(self.refuse_client(ctx, client.id).await)
    }

    async fn by_assertion(&self, ctx: &Ctx, text: &str) -> Result<ServiceClient> {
        let client = self.live_client(Assertion::stated_client(text)?).await?;
        let Proof::PublicJwk(jwk) = &client.proof else { return Err(Error::InvalidClient) };
        let key = Jwk::parse(jwk).and_then(|jwk| VerifyingKey::from_jwk(&jwk)).map_err(|_| Error::InvalidClient)?;
        let verified = Assertion::verify(text, key, ctx.now.secs());
        let verified = verified.and_then(|assertion| {
            assertion.check(client.id, &self.settings().issuer, ctx.now.secs())?;
            Ok(assertion)
        });
        let Ok(assertion) = verified else { return Err(self.refuse_client(ctx, client.id).await) };
        self.spend(ctx, client.id, &assertion).await?;
        Ok(client)
    }

    async fn live_client(&self, id: ClientId) -> Result<ServiceClient> {
        let found = self.core().store.read(op::FindClient { id }).await?;
        found.filter(|client| client.revoked_at.is_none()).ok_or(Error::InvalidClient)
    }
}
