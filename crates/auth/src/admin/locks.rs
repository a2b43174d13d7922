//! Locked addresses, whether an account has them or not.
//!
//! The login guard keeps keyed hashes of addresses and no address, in the store as in Redis: a stolen copy names no user
//! who was never a user. Which addresses are locked is read from the audit log, which names each when its lock closes;
//! whether the lock still stands is asked of the guard. So nothing is kept for the list that was not kept before.

use std::time::Duration;

use hallpass_model::audit::{AuditEntry, AuditRecord, Event};
use hallpass_model::page::{Page, PageRequest};
use hallpass_model::{Email, Timestamp, UserId};
use hallpass_store::op::{self, AuditFilter, AuditSubject, UserKey};

use super::{Admin, particulars};
use crate::Result;
use crate::ctx::Ctx;

/// The longest lock that can be configured: what was closed before cannot stand any more.
const LONGEST: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// An address that cannot log in for now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// The canonical address.
    pub email: String,
    /// The user who has it, if anyone has.
    pub user: Option<UserId>,
    /// When the lock closed, as the audit log tells it.
    pub locked_at: Option<Timestamp>,
    /// When it ends.
    pub locked_until: Timestamp,
    /// Where the attempt that closed it came from.
    pub ip: Option<String>,
}

impl Admin {
    /// The locks that stand, the newest first. A page may hold fewer than it may, and not be the last.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::Error::Unavailable).
    pub async fn locks(&self, ctx: &Ctx, page: PageRequest<i64>) -> Result<Page<Lock, i64>> {
        let filter =
            AuditFilter { event: Some(Event::AccountLocked), since: Some(ctx.now - LONGEST), ..AuditFilter::default() };
        let PageRequest { after: before, limit } = page;
        let closed = self.read(op::ListAudit { filter, before, limit }).await?;
        let mut items = Vec::new();
        for entry in closed.items {
            let Some(email) = particulars(&entry).remove("email") else { continue };
            let Ok(email) = Email::parse(&email) else { continue };
            // An address that was locked twice is listed where it was locked last.
            let newest = self.closing_of(ctx, &email).await?;
            if newest.is_some_and(|newest| newest.seq == entry.seq) {
                items.extend(self.lock(ctx, &email, Some(entry)).await?);
            }
        }
        Ok(Page { items, next: closed.next })
    }

    /// The lock on one address, whether an account has it or not.
    ///
    /// # Errors
    /// [`Error::InvalidEmail`](crate::Error::InvalidEmail), [`Error::Unavailable`](crate::Error::Unavailable).
    pub async fn lock_of(&self, ctx: &Ctx, email: &str) -> Result<Option<Lock>> {
        let email = Email::parse(email)?;
        let closing = self.closing_of(ctx, &email).await?;
        self.lock(ctx, &email, closing).await
    }

    /// Ends the lock on an address, whether an account has it or not; whether there was anything to forget.
    ///
    /// # Errors
    /// [`Error::InvalidEmail`](crate::Error::InvalidEmail), [`Error::Unavailable`](crate::Error::Unavailable).
    pub async fn unlock(&self, ctx: &Ctx, email: &str) -> Result<bool> {
        let email = Email::parse(email)?;
        let mut entry = AuditEntry::new(Event::AccountUnlocked).detail("email", email.canonical());
        entry.user = self.holder(&email).await?;
        self.auth.unlock(self.act(ctx), self.auth.account_key(&email), entry).await
    }

    /// The row that tells of the newest lock on an address.
    async fn closing_of(&self, ctx: &Ctx, email: &Email) -> Result<Option<AuditRecord>> {
        let filter = AuditFilter {
            subject: Some(AuditSubject::Email(email.canonical().to_owned())),
            event: Some(Event::AccountLocked),
            since: Some(ctx.now - LONGEST),
            ..AuditFilter::default()
        };
        let newest = self.read(op::ListAudit { filter, before: None, limit: 1 }).await?.items.pop();
        Ok(newest.filter(|entry| particulars(entry).get("email").is_some_and(|named| named == email.canonical())))
    }

    /// The lock on an address, if the guard says that it stands.
    async fn lock(&self, ctx: &Ctx, email: &Email, closing: Option<AuditRecord>) -> Result<Option<Lock>> {
        let Some(locked_until) = self.auth.locked_until(ctx, &self.auth.account_key(email)).await? else {
            return Ok(None);
        };
        let user = self.holder(email).await?;
        let (locked_at, ip) = closing.map_or((None, None), |entry| (Some(entry.at), entry.ip));
        Ok(Some(Lock { email: email.canonical().to_owned(), user, locked_at, locked_until, ip }))
    }

    async fn holder(&self, email: &Email) -> Result<Option<UserId>> {
        let key = UserKey::Email(email.canonical().to_owned());
        Ok(self.read(op::FindUser { key }).await?.map(|user| user.id))
    }
}
