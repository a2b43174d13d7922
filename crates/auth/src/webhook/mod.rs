//! Webhooks: events are rows of the audit log, told to endpoints in the order of commits, signed as Standard Webhooks say
//! (<https://www.standardwebhooks.com>).

mod body;
mod deliver;
mod secret;
mod turn;

use std::time::Duration;

use hallpass_egress::{Client, Rules};

pub use self::turn::Told;

use crate::core::Auth;
use crate::{Error, Result};

/// How long a receiver may take.
const TIMEOUT: Duration = Duration::from_secs(15);
/// How much of an answer is read.
const MAX_ANSWER: usize = 4 << 10;
/// Endpoints that one process tells at once, each of them two events.
pub const ENDPOINTS_AT_ONCE: usize = 32;

impl Auth {
    /// What sends. It is made at its first use: most commands send nothing.
    pub(crate) fn webhook_client(&self) -> Result<&Client> {
        let rules = self.settings().webhooks.as_ref().ok_or(Error::NoWebhooks)?;
        if let Some(client) = self.core().webhook_client.get() {
            return Ok(client);
        }
        let rules = Rules { timeout: TIMEOUT, max_body: MAX_ANSWER, ..rules.clone() };
        let client = Client::new(&rules).map_err(|error| {
            tracing::error!(%error, "webhooks cannot be sent");
            Error::Unavailable
        })?;
        Ok(self.core().webhook_client.get_or_init(|| client))
    }
}
