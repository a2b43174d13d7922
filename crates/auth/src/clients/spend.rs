//! Assertions are good once: on every replica, and after a restart.

use hallpass_model::{ClientId, Timestamp};
use hallpass_store::op;

use super::assertion::{Assertion, PURPOSE};
use crate::core::Auth;
use crate::ctx::Ctx;
use crate::{Error, Result};

impl Auth {
    /// Uses an assertion up. A fault of the store uses nothing up.
    pub(super) async fn spend(&self, ctx: &Ctx, client: ClientId, assertion: &Assertion) -> Result<()> {
        let (key, spent) = (assertion.key(client), &self.core().spent);
        spent.enter(client, key, assertion.expires_at(), ctx.now.secs())?;
        let operation = op::UseOnce {
            purpose: PURPOSE,
            subject: *client.as_bytes(),
            key,
            expires_at: Timestamp::from_secs(assertion.expires_at()),
            now: ctx.now,
        };
        match self.core().store.write(operation).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Error::InvalidClient),
            Err(fault) => {
                spent.take_out(client, &key);
                Err(fault.into())
            }
        }
    }
}
