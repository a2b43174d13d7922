//! What only an admin may do. Holding an [`Admin`] is the permission: there is no other way to call these.

mod activity;
mod audit;
mod export;
mod keys;
mod locks;
mod mail;
mod passwords;
mod sessions;
mod users;
mod webhooks;

use std::collections::BTreeMap;
use std::fmt;

use hallpass_model::audit::{Actor, AuditContext, AuditRecord};
use hallpass_store::op::{Authorized, Caller, FindStanding, Standing, Unauthorized};
use hallpass_store::{Operation, Revoking};

use crate::core::Auth;
use crate::ctx::Ctx;
use crate::principal::Principal;
use crate::{Error, Result};

pub use self::activity::{Activity, Happening, Series};
pub use self::audit::{AuditFault, AuditQuery, Head, Progress, acting_user};
pub use self::export::{Export, ExportedUser};
pub use self::locks::Lock;
pub use self::mail::AskedMail;
pub use self::passwords::OneTimePassword;
pub use self::sessions::Timeline;
pub use self::users::{ImportUser, SearchPlace, UserPatch};
pub use self::webhooks::WebhookPatch;
pub use hallpass_mail::Written;

/// The permission to administer, and whose it is.
pub struct Admin {
    auth: Auth,
    authority: Authority,
}

/// On whose word something is done.
#[derive(Debug, Clone)]
pub(crate) struct Authority {
    /// Whom the audit log names.
    pub(crate) actor: Actor,
    /// The caller who must still be an admin when it is done; none for the operator and the server itself.
    pub(crate) by: Option<Caller>,
}

impl Authority {
    /// The server's own.
    pub(crate) const fn of_the_system() -> Self {
        Self { actor: Actor::System, by: None }
    }

    /// The operation, to be run only if the caller is still an admin.
    pub(crate) const fn over<O>(&self, operation: O) -> Authorized<O> {
        Authorized { by: self.by, operation }
    }
}

impl fmt::Debug for Admin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Admin({})", self.authority.actor)
    }
}

impl Auth {
    /// The admin permission of a verified caller: by the role of today, which the store knows, and not by the claim alone
    /// (ASVS 8.3.2). What is written with it asks once more, in its own transaction.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for every other role, and for a token of an OAuth client; [`Error::InvalidToken`] when the
    /// session has ended or the account is suspended or gone; [`Error::Unavailable`].
    pub async fn admin(&self, principal: &Principal) -> Result<Admin> {
        if !principal.is_first_party || !principal.role.is_admin() {
            return Err(Error::Forbidden);
        }
        let caller = principal.caller();
        match self.core().store.read(FindStanding(caller)).await? {
            Standing::Admin => {}
            other => return Err(Unauthorized(other).into()),
        }
        let authority = Authority { actor: Actor::User(principal.user), by: Some(caller) };
        Ok(Admin { auth: self.clone(), authority })
    }

    /// The permission of an operator who runs the command line on the server's own data, and so can read the store anyway.
    pub fn operator(&self) -> Admin {
        Admin { auth: self.clone(), authority: Authority { actor: Actor::Operator, by: None } }
    }
}

impl Admin {
    pub(crate) fn act(&self, ctx: &Ctx) -> AuditContext {
        ctx.act(self.authority.actor.clone())
    }

    /// Runs an operation that writes, if the caller is still an admin then.
    pub(crate) async fn write<O: Operation>(&self, operation: O) -> Result<O::Output> {
        Ok(self.auth.core().store.write(self.authority.over(operation)).await??)
    }

    /// The same for an operation that may revoke.
    pub(crate) async fn revoke<O: Revoking>(&self, ctx: &Ctx, operation: O) -> Result<O::Output> {
        Ok(self.auth.core().revoke(ctx, self.authority.over(operation)).await??)
    }

    /// Runs an operation that reads. This, [`Admin::write`] and [`Admin::revoke`] are the only ways to the store.
    pub(crate) async fn read<O: Operation>(&self, operation: O) -> Result<O::Output> {
        Ok(self.auth.core().store.read(operation).await?)
    }
}

/// The particulars of a row of the audit log by their names.
fn particulars(entry: &AuditRecord) -> BTreeMap<String, String> {
    serde_json::from_str(&entry.detail).unwrap_or_default()
}
