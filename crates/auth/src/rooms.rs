//! The use cases by what they are about: `auth.sessions().list().refresh(…)`.

use crate::core::Auth;

/// To register, to log in, to change a password.
#[derive(Debug, Clone, Copy)]
pub struct Accounts<'a>(pub(crate) &'a Auth);

/// To refresh a session, to list and to end sessions.
#[derive(Debug, Clone, Copy)]
pub struct Sessions<'a>(pub(crate) &'a Auth);

/// What comes and goes by mail: proofs of an address, forgotten passwords.
#[derive(Debug, Clone, Copy)]
pub struct Mail<'a>(pub(crate) &'a Auth);

/// What services ask: keys, the feed of revocations, introspection.
#[derive(Debug, Clone, Copy)]
pub struct Services<'a>(pub(crate) &'a Auth);

/// What the process does by itself, and whether it is ready.
#[derive(Debug, Clone, Copy)]
pub struct Background<'a>(pub(crate) &'a Auth);

impl Auth {
    /// Accounts: for those who have no session yet, and for their passwords.
    pub const fn accounts(&self) -> Accounts<'_> {
        Accounts(self)
    }

    /// Sessions that are open.
    pub const fn sessions(&self) -> Sessions<'_> {
        Sessions(self)
    }

    /// What comes and goes by mail.
    pub const fn mail(&self) -> Mail<'_> {
        Mail(self)
    }

    /// For services that check tokens.
    pub const fn services(&self) -> Services<'_> {
        Services(self)
    }

    /// For the process that serves.
    pub const fn background(&self) -> Background<'_> {
        Background(self)
    }
}
