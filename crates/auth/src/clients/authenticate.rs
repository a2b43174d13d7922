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
use crate::rooms::Services;
use crate::{Error, Result};

/// What a service client proves itself with.
#[derive(Debug)]
pub enum ClientCredential<'a> {
    /// HTTP Basic, RFC 6749 §2.3.1.
    Secret {
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
    pub id: ClientId,
}

impl Services<'_> {
    /// Authenticates a service client.
    ///
    /// # Errors
    /// [`Error::InvalidClient`], whatever is wrong; [`Error::TooManyClientFailures`] after too many wrong ones of this client
    /// from one client address; [`Error::TooManyAssertions`]; [`Error::Unavailable`].
    pub async fn authenticate(self, ctx: &Ctx, credential: ClientCredential<'_>) -> Result<ClientPrincipal> {
        let id = credential.stated_client()?;
        let registered = self.0.core().store.read(op::FindClient { id }).await?;
        let Ok(assertion) = self.0.check_client(ctx, registered.as_ref(), credential) else {
            return Err(self.0.refuse_client(ctx, registered.map(|client| client.id)).await);
        };
        // A second use is refused, and not counted: the client's own retry is one.
        if let Some(assertion) = assertion {
            self.0.spend(ctx, id, &assertion).await?;
        }
        Ok(ClientPrincipal { id })
    }

    /// Whether a client that has proved who it is has not been revoked since, for a connection that stays open.
    ///
    /// # Errors
    /// [`Error::InvalidClient`] when it was revoked; [`Error::Unavailable`].
    pub async fn recheck(self, client: &ClientPrincipal) -> Result<()> {
        let found = self.0.core().store.read(op::FindClient { id: client.id }).await?;
        live(found.as_ref()).map(|_| ())
    }
}

impl Auth {
    /// Checks a credential; an assertion that passes is still to be used up.
    fn check_client(
        &self,
        ctx: &Ctx,
        registered: Option<&ServiceClient>,
        credential: ClientCredential<'_>,
    ) -> Result<Option<Assertion>> {
        let client = live(registered)?;
        match (&client.proof, credential) {
            (Proof::SecretHash(stored), ClientCredential::Secret { secret, .. }) => {
                if bool::from(secret_hash(secret).ct_eq(stored)) { Ok(None) } else { Err(Error::InvalidClient) }
            }
            (Proof::PublicJwk(jwk), ClientCredential::Assertion(text)) => {
                let key = Jwk::parse(jwk).and_then(|jwk| VerifyingKey::from_jwk(&jwk));
                let assertion = Assertion::verify(text, key.map_err(|_| Error::InvalidClient)?, ctx.now.secs())?;
                assertion.check(client.id, &self.settings().token.issuer, ctx.now.secs())?;
                Ok(Some(assertion))
            }
            _ => Err(Error::InvalidClient),
        }
    }
}

impl ClientCredential<'_> {
    /// Whose it claims to be.
    fn stated_client(&self) -> Result<ClientId> {
        match self {
            Self::Secret { id, .. } => id.parse().map_err(|_| Error::InvalidClient),
            Self::Assertion(text) => Assertion::stated_client(text),
        }
    }
}

/// A client that is registered and not revoked.
fn live(registered: Option<&ServiceClient>) -> Result<&ServiceClient> {
    registered.filter(|client| client.revoked_at.is_none()).ok_or(Error::InvalidClient)
}
