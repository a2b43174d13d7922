//! Everything that a small installation holds. Only the visitor of a sandbox may see it.

use hallpass_model::UserId;
use hallpass_model::page::PageRequest;
use hallpass_model::rate_limit::AccountGuard;
use hallpass_model::revocation::FeedEntry;
use hallpass_model::session::Session;
use hallpass_model::user::User;
use hallpass_store::op;

use crate::Result;
use crate::core::Auth;
use crate::ctx::Ctx;

/// How many users are shown.
const USERS: u32 = 50;

/// The inside of a sandbox.
#[derive(Debug, Clone)]
pub struct LabDump {
    /// Users, each with what is held against the address.
    pub users: Vec<(User, AccountGuard)>,
    /// Sessions, the newest first, ended ones too.
    pub sessions: Vec<Session>,
    /// What the denylist refuses.
    pub denylist: Vec<FeedEntry>,
}

impl Auth {
    /// Looks at everything. The caller may see every account: the lab calls it on sandboxes only.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::Error::Unavailable).
    pub async fn lab_dump(&self, ctx: &Ctx) -> Result<LabDump> {
        let store = &self.core().store;
        let page: PageRequest<UserId> = PageRequest { after: None, limit: USERS };
        let users = store.read(op::ListUsers { page }).await?.items;
        let accounts = users.iter().map(|user| self.account_key(&user.email)).collect();
        let rule = self.settings().rules.login;
        let found = store.read(op::LabDump { now: ctx.now, accounts, rule }).await?;
        let feed = store.read(op::RevocationsSince { seq: 0 }).await?;
        let users = users.into_iter().zip(found.guards).collect();
        let denylist = feed.entries.into_iter().filter(|entry| entry.revocation.until > ctx.now).collect();
        Ok(LabDump { users, sessions: found.sessions, denylist })
    }
}
