//! Mail, as admins look after it.

use hallpass_mail::{Template, Written};
use hallpass_model::audit::{AuditEntry, Event};
use hallpass_model::one_time::Purpose;
use hallpass_model::outbox::{Message, State};
use hallpass_model::page::{Page, PageRequest};
use hallpass_model::user::User;
use hallpass_model::{Email, MessageId, Role, UserId};
use hallpass_store::op::{self, CreateUserOutcome, NewUser, QueueMessage, Welcome};

use super::Admin;
use crate::ctx::Ctx;
use crate::{Error, Result};

/// A mail that an admin may have sent to a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedMail {
    /// Asks for a proof of the address.
    VerifyEmail,
    /// Allows a new password.
    ResetPassword,
    /// The same for a new account, for a week.
    Invitation,
}

impl AskedMail {
    const fn what(self) -> (Template, Purpose) {
        match self {
            Self::VerifyEmail => (Template::VerifyEmail, Purpose::VerifyEmail),
            Self::ResetPassword => (Template::ResetPassword, Purpose::ResetPassword),
            Self::Invitation => (Template::Invitation, Purpose::Invitation),
        }
    }
}

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

    /// One message; with what it says, if it was written into a folder, where nobody but admins reads it. The audit log says
    /// who has: it may hold what opens an account.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Unavailable`].
    pub async fn message(&self, ctx: &Ctx, id: MessageId) -> Result<(Message, Option<Written>)> {
        let message = self.read(op::FindMessage { id }).await?.ok_or(Error::NotFound)?;
        let Some(mailer) = &self.auth.core().mailer else { return Ok((message, None)) };
        let written = mailer.read(&id.to_string()).await.map_err(|error| {
            tracing::error!(%error, "a mail in the folder cannot be read");
            Error::Unavailable
        })?;
        if written.is_some() {
            let mut entry = AuditEntry::new(Event::MailRead).detail("message", id.to_string());
            entry.user = message.user;
            self.write(op::AppendAudit { act: self.act(ctx), entry }).await?;
        }
        Ok((message, written))
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

    /// Sends a mail to a user. No allowance of the mailbox holds it back, and one that was said not to exist is tried again.
    ///
    /// # Errors
    /// [`Error::NoMail`], [`Error::NotFound`], [`Error::Unavailable`].
    pub async fn send_mail(&self, ctx: &Ctx, id: UserId, asked: AskedMail) -> Result<()> {
        self.needs_mail()?;
        let user = self.user(id).await?;
        self.write(op::ReviveMailbox { recipient_key: self.auth.recipient_key(&user.email) }).await?;
        let entry = AuditEntry::new(Event::MailRequested).user(id).detail("mail", asked.what().1.as_str());
        let mail = self.auth.mail_of_admin(ctx, asked.what(), (user.id, &user.email))?;
        self.write(QueueMessage { entry: Some((self.act(ctx), entry)), ..mail }).await?;
        self.auth.core().has_mail.notify_one();
        Ok(())
    }

    /// Makes an account without a password, and sends the mail by which its owner chooses one.
    ///
    /// # Errors
    /// [`Error::NoMail`], [`Error::InvalidEmail`], [`Error::UnknownRole`], [`Error::EmailTaken`], [`Error::Unavailable`].
    pub async fn invite_user(&self, ctx: &Ctx, email: &str, role: Role) -> Result<User> {
        self.needs_mail()?;
        let email = Email::parse(email)?;
        self.check_role(&role)?;
        let id = ctx.user_id()?;
        let mail = self.auth.mail_of_admin(ctx, AskedMail::Invitation.what(), (id, &email))?;
        let operation = op::CreateUser {
            act: self.act(ctx),
            user: NewUser { password_hash: None, ..NewUser::new(id, email, role, String::new()) },
            session: None,
            only_if_first: false,
            event: Event::UserCreated,
            mail: Some(Welcome { new: mail, taken: None }),
        };
        match self.write(operation).await? {
            CreateUserOutcome::Created(user) => {
                self.auth.core().has_mail.notify_one();
                Ok(user)
            }
            CreateUserOutcome::EmailTaken | CreateUserOutcome::NotFirst => Err(Error::EmailTaken),
        }
    }

    /// Sends a mail that shows that mail works, at once and past the outbox.
    ///
    /// # Errors
    /// [`Error::NoMail`], [`Error::InvalidEmail`]; what the mail server said is in the second result.
    pub async fn test_mail(&self, ctx: &Ctx, email: &str) -> Result<Result<(), String>> {
        self.auth.send_test(ctx, &Email::parse(email)?).await
    }

    fn needs_mail(&self) -> Result<()> {
        if self.auth.mail().is_on() { Ok(()) } else { Err(Error::NoMail) }
    }
}
