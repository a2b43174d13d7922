//! What is sent: an id that is the same whenever an event is sent again, and a thin body.

use hallpass_model::webhook::{Event, Type};
use hallpass_model::{Timestamp, WebhookId};
use hallpass_store::op;
use serde_json::json;
use uuid::Builder;

use crate::core::Auth;
use crate::ctx::Ctx;
use crate::{Error, Result};

/// The type of the test delivery. An endpoint must accept one before it gets events.
const PING: &str = "ping";

/// Something to be sent.
pub(super) struct Message {
    pub(super) id: String,
    /// The place of its event; none for a `ping`.
    pub(super) seq: Option<i64>,
    /// Its type; none for a `ping`.
    pub(super) kind: Option<Type>,
    pub(super) body: Vec<u8>,
}

impl Message {
    pub(super) const fn name(&self) -> &'static str {
        match self.kind {
            Some(kind) => kind.as_str(),
            None => PING,
        }
    }
}

impl Auth {
    /// The id comes from the row's keyed hash, so a row of a store that was put back has another one than the row that had
    /// its place before. It is hashed once more, so that no receiver learns the hash itself.
    pub(super) fn message(&self, told: &op::Told, event: Event) -> Message {
        let Event { kind, mut data } = event;
        data.insert("seq".to_owned(), told.seq.into());
        let hash =
            self.core().limiter_keys.key("webhook event", &[told.mac.as_slice(), kind.as_str().as_bytes()].concat());
        let id = format!("evt_{}", uuid(&hash));
        let body = json!({"type": kind.as_str(), "timestamp": told.row.at, "data": data});
        Message { id, seq: Some(told.seq), kind: Some(kind), body: body.to_string().into_bytes() }
    }

    pub(super) fn ping(ctx: &Ctx, webhook: WebhookId) -> Result<Message> {
        let id = format!("evt_{}", uuid(&ctx.bytes::<32>().map_err(Error::from)?));
        let at: Timestamp = ctx.now;
        let body = json!({"type": PING, "timestamp": at, "data": {"webhook": webhook}});
        Ok(Message { id, seq: None, kind: None, body: body.to_string().into_bytes() })
    }
}

fn uuid(hash: &[u8; 32]) -> uuid::Uuid {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}
