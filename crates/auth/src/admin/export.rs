//! Users on the way out, to another installation.

use hallpass_model::UserId;
use hallpass_model::audit::{AuditEntry, Event};
use hallpass_model::page::{Page, PageRequest};
use hallpass_model::user::User;
use hallpass_store::op;

use super::Admin;
use crate::Result;
use crate::ctx::Ctx;

/// Users read at once: so many are in memory, however many there are.
const PAGE: u32 = 1_000;

/// A user, with the stored hash if it was asked for. It has no `Debug`: a hash belongs in no log.
pub struct ExportedUser {
    pub user: User,
    /// The stored hash of the password.
    pub password_hash: Option<String>,
}

/// An export that the audit log knows of.
#[derive(Debug)]
pub struct Export<'a> {
    admin: &'a Admin,
    with_hashes: bool,
    after: Option<UserId>,
    is_done: bool,
}

impl Admin {
    /// Begins an export of all users. It is audited before the first of them leaves: a thief who ends the command
    /// early leaves a trace all the same.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::Error::Unavailable).
    pub async fn export_users(&self, ctx: &Ctx, with_hashes: bool) -> Result<Export<'_>> {
        let users = self.read(op::CountUsers).await?;
        let entry = AuditEntry::new(Event::UsersExported).detail("users", users.to_string());
        let entry = entry.detail("hashes", if with_hashes { "yes" } else { "no" });
        self.write(op::AppendAudit { act: self.act(ctx), entry }).await?;
        Ok(Export { admin: self, with_hashes, after: None, is_done: false })
    }
}

impl Export<'_> {
    /// The next users by ascending id; none when all were read.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::Error::Unavailable).
    pub async fn next_page(&mut self) -> Result<Vec<ExportedUser>> {
        if self.is_done {
            return Ok(Vec::new());
        }
        let request = PageRequest { after: self.after, limit: PAGE };
        let Page { items, next } =
            if self.with_hashes { self.credentials(request).await? } else { self.users(request).await? };
        (self.after, self.is_done) = (next, next.is_none());
        Ok(items)
    }

    async fn credentials(&self, page: PageRequest<UserId>) -> Result<Page<ExportedUser, UserId>> {
        let Page { items, next } = self.admin.read(op::ListCredentials { page }).await?;
        let with_hash = |found: op::Credential| ExportedUser { user: found.user, password_hash: found.password_hash };
        Ok(Page { items: items.into_iter().map(with_hash).collect(), next })
    }

    async fn users(&self, page: PageRequest<UserId>) -> Result<Page<ExportedUser, UserId>> {
        let Page { items, next } = self.admin.users(page).await?;
        let items = items.into_iter().map(|user| ExportedUser { user, password_hash: None }).collect();
        Ok(Page { items, next })
    }
}
