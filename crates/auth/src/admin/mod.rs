//! What only an admin may do. Holding an [`Admin`] is the permission: there is no other way to call these.

mod audit;
mod keys;
mod sessions;
mod users;

use std::fmt;

use hallpass_model::audit::{Act, Actor};
use hallpass_store::Store;

use crate::core::Auth;
use crate::ctx::Ctx;
use crate::verify::Principal;
use crate::{Error, Result};

pub use self::audit::AuditQuery;
pub use self::sessions::Timeline;
pub use self::users::{ImportUser, UserPatch};

/// The permission to administer, and whose it is.
pub struct Admin {
    auth: Auth,
    actor: Actor,
}

impl fmt::Debug for Admin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Admin({})", self.actor)
    }
}

impl Auth {
    /// The admin permission of a verified caller. The claim is as good as the store: a role change refuses every
    /// live token of the user at once.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for every other role.
    pub fn admin(&self, principal: &Principal) -> Result<Admin> {
        if !principal.role.is_admin() {
            return Err(Error::Forbidden);
        }
        Ok(Admin { auth: self.clone(), actor: Actor::User(principal.user) })
    }

    /// The permission of whoever runs the command line on the server's own data: they hold the store already.
    pub fn operator(&self) -> Admin {
        Admin { auth: self.clone(), actor: Actor::Operator }
    }
}

impl Admin {
    pub(crate) fn act(&self, ctx: &Ctx) -> Act {
        ctx.act(self.actor.clone())
    }

    pub(crate) fn store(&self) -> &Store {
        &self.auth.core().store
    }
}
