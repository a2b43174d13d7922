//! Messages, as admins look after them.

use hallpass_model::MessageId;
use hallpass_model::outbox::{Message, State};
use hallpass_model::page::{Page, PageRequest};
use hallpass_store::op;

use super::Admin;
use crate::ctx::Ctx;
use crate::{Error, Result};

impl Admin {
    /// Messages, the newest first, without what they say.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn messages(
        &self,
        state: Option<State>,
        page: PageRequest<MessageId>,
    ) -> Result<Page<Message, MessageId>> {
        self.read(op::ListMessages { state, page }).await
    }

    /// Lets a message that waits be tried at once.
    ///
    /// # Errors
    /// [`Error::NotFound`] when none of this id waits; [`Error::Unavailable`].
    pub async fn retry_message(&self, ctx: &Ctx, id: MessageId) -> Result<()> {
        let waits = self.write(op::RetryMessage { id, now: ctx.now }).await?;
        if !waits {
            return Err(Error::NotFound);
        }
        self.auth.core().has_mail.notify_one();
        Ok(())
    }
}
