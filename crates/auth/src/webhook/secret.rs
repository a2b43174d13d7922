//! Secrets of endpoints, and what is signed with them.

use aws_lc_rs::hmac;
use base64_simd::STANDARD as BASE64;
use hallpass_model::WebhookId;
use hallpass_model::secret::SecretText;
use hallpass_store::op::LeasedWebhook;

use crate::core::Auth;
use crate::ctx::Ctx;
use crate::signer::Signer;
use crate::{Error, Result};

/// Marks a secret for secret scanners, and for the libraries of Standard Webhooks.
const PREFIX: &str = "whsec_";

/// A secret that was made, as its receiver gets it, and as the store keeps it.
pub(crate) struct Made {
    pub(crate) secret: SecretText,
    pub(crate) sealed: Vec<u8>,
}

impl Auth {
    pub(crate) fn make_webhook_secret(&self, ctx: &Ctx, id: WebhookId) -> Result<Made> {
        let secret = ctx.secret::<32>()?;
        let sealed = self.core().master.seal(ctx, &name(id), secret.expose()).map_err(|error| {
            tracing::error!(%error, "the secret of a webhook cannot be sealed");
            Error::Unavailable
        })?;
        let text = SecretText::new(format!("{PREFIX}{}", BASE64.encode_to_string(secret.expose())));
        Ok(Made { secret: text, sealed })
    }

    pub(super) fn signer(&self, ctx: &Ctx, webhook: &LeasedWebhook) -> Result<Signer> {
        let previous = webhook.previous.as_ref().filter(|(_, until)| *until > ctx.now).map(|(sealed, _)| sealed);
        let keys = std::iter::once(&webhook.sealed).chain(previous).map(|sealed| {
            let secret = self.core().master.open(&name(webhook.id), sealed).map_err(|error| {
                tracing::error!(webhook = %webhook.id, %error, "the secret of a webhook cannot be read");
                Error::Unavailable
            })?;
            Ok(hmac::Key::new(hmac::HMAC_SHA256, &secret))
        });
        keys.collect::<Result<Vec<_>>>().map(Signer::new)
    }
}

/// The name binds the secret to its row: rows cannot be swapped.
fn name(id: WebhookId) -> String {
    format!("webhook {id}")
}
