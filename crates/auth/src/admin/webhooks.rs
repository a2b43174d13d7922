//! Webhooks, as admins look after them.

use std::time::Duration;

use hallpass_model::secret::SecretText;
use hallpass_model::webhook::{Delivered, ROTATION_OVERLAP, Types, Webhook};
use hallpass_model::{Timestamp, WebhookId};
use hallpass_store::op;

use super::Admin;
use crate::ctx::Ctx;
use crate::{Error, Result};

/// A replay begins this much earlier: rows carry the time of the process that wrote them, and clocks differ.
const CLOCKS_DIFFER: Duration = Duration::from_secs(2 * 60);

/// In bytes.
const LONGEST_URL: usize = 2000;

/// What is to be changed about a webhook.
#[derive(Debug, Default)]
pub struct WebhookPatch {
    pub url: Option<String>,
    pub types: Option<Types>,
    pub is_enabled: Option<bool>,
}

impl Admin {
    /// Every webhook, the oldest first.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn webhooks(&self) -> Result<Vec<Webhook>> {
        self.read(op::ListWebhooks).await
    }

    /// One webhook.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Unavailable`].
    pub async fn webhook(&self, id: WebhookId) -> Result<Webhook> {
        self.read(op::FindWebhook { id }).await?.ok_or(Error::NotFound)
    }

    /// Makes a webhook. Its secret is in the answer and nowhere else.
    ///
    /// # Errors
    /// [`Error::NoWebhooks`], [`Error::BadWebhookUrl`], [`Error::Unavailable`].
    pub async fn create_webhook(&self, ctx: &Ctx, url: &str, types: Types) -> Result<(Webhook, SecretText)> {
        self.check_url(url)?;
        let id = WebhookId::new(ctx.now, ctx.bytes()?);
        let made = self.auth.make_webhook_secret(ctx, id)?;
        let webhook = op::NewWebhook { id, url: url.to_owned(), types, sealed: made.sealed };
        let webhook = self.write(op::CreateWebhook { act: self.act(ctx), webhook }).await?;
        self.auth.core().has_webhooks.notify_one();
        Ok((webhook, made.secret))
    }

    /// Changes a webhook. One that is enabled again, or has another address, has to take a `ping` first.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NoWebhooks`], [`Error::BadWebhookUrl`], [`Error::Unavailable`].
    pub async fn update_webhook(&self, ctx: &Ctx, id: WebhookId, patch: WebhookPatch) -> Result<Webhook> {
        let WebhookPatch { url, types, is_enabled } = patch;
        if let Some(url) = &url {
            self.check_url(url)?;
        }
        let changed = self.write(op::UpdateWebhook { act: self.act(ctx), id, url, types, is_enabled }).await?;
        self.auth.core().has_webhooks.notify_one();
        changed.ok_or(Error::NotFound)
    }

    /// Deletes a webhook.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Unavailable`].
    pub async fn delete_webhook(&self, ctx: &Ctx, id: WebhookId) -> Result<()> {
        let deleted = self.write(op::DeleteWebhook { act: self.act(ctx), id }).await?;
        if deleted { Ok(()) } else { Err(Error::NotFound) }
    }

    /// Gives a webhook another secret, which is in the answer and nowhere else. The one before signs as well for a day: until
    /// when, in the answer.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Unavailable`].
    pub async fn rotate_webhook(&self, ctx: &Ctx, id: WebhookId) -> Result<(SecretText, Timestamp)> {
        let made = self.auth.make_webhook_secret(ctx, id)?;
        let previous_until = ctx.now + ROTATION_OVERLAP;
        let rotation = op::RotateWebhook { act: self.act(ctx), id, sealed: made.sealed, previous_until };
        if self.write(rotation).await? { Ok((made.secret, previous_until)) } else { Err(Error::NotFound) }
    }

    /// Tells a webhook what happened since an instant once more, under the same ids.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Unavailable`].
    pub async fn replay_webhook(&self, ctx: &Ctx, id: WebhookId, since: Timestamp) -> Result<Webhook> {
        let replay = op::ReplayWebhook { act: self.act(ctx), id, since: since - CLOCKS_DIFFER };
        let webhook = self.write(replay).await?.ok_or(Error::NotFound)?;
        self.auth.core().has_webhooks.notify_one();
        Ok(webhook)
    }

    /// Sends a `ping` now, whatever the state of the webhook. One that waits for its `ping` is active if it takes it.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NoWebhooks`], [`Error::Unavailable`].
    pub async fn test_webhook(&self, ctx: &Ctx, id: WebhookId) -> Result<(Webhook, Delivered)> {
        let target = self.read(op::FindTarget { id }).await?.ok_or(Error::NotFound)?;
        let delivered = self.auth.send_ping(ctx, &target).await?;
        let note = op::NoteTest { id, url: target.url, now: ctx.now, delivered: delivered.clone() };
        let webhook = self.write(note).await?.ok_or(Error::NotFound)?;
        self.auth.core().has_webhooks.notify_one();
        Ok((webhook, delivered))
    }

    fn check_url(&self, url: &str) -> Result<()> {
        let client = self.auth.webhook_client()?;
        if url.len() > LONGEST_URL {
            return Err(Error::BadWebhookUrl(hallpass_egress::Error::BadRequest));
        }
        client.check(url).map_err(Error::BadWebhookUrl)
    }
}
