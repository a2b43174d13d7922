//! What is good once and is sent to a user: a link with a secret, and a code of eight digits.

use std::time::Duration;

/// What a value is good for. One that was sent for one purpose is worth nothing for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Proves that an address is its user's.
    VerifyEmail,
    /// Allows a forgotten password to be replaced.
    ResetPassword,
}

impl Purpose {
    /// The name that the store keeps.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::ResetPassword => "reset_password",
        }
    }

    /// How long a value is good. A reset opens the account, so it ends soon.
    pub const fn good_for(self) -> Duration {
        match self {
            Self::VerifyEmail => Duration::from_secs(24 * 60 * 60),
            Self::ResetPassword => Duration::from_secs(30 * 60),
        }
    }
}

/// Wrong codes until the value is void. A code has 27 bits: five tries at three codes a quarter of an hour guess one in
/// 760 years.
pub const MOST_TRIES: u32 = 5;
