//! What is good once and is sent to a user: a link with a secret, and a code of eight digits.

use std::str::FromStr;
use std::time::Duration;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// What a value is good for. One that was sent for one purpose is worth nothing for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Proves that an address is its user's.
    VerifyEmail,
    /// Allows a forgotten password to be replaced.
    ResetPassword,
    /// Signs in without a password.
    SignIn,
    /// Proves a new address, which then takes the place of the old one.
    ChangeEmail,
    /// Puts the old address back.
    UndoEmail,
    /// Lets whom an administrator has made an account for choose a password.
    Invitation,
    /// Says that a sign-in from an unknown device was somebody else's.
    Disown,
    /// Ends the lock of an account.
    Unlock,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 8] = [
        Self::VerifyEmail,
        Self::ResetPassword,
        Self::SignIn,
        Self::ChangeEmail,
        Self::UndoEmail,
        Self::Invitation,
        Self::Disown,
        Self::Unlock,
    ];

    /// The name, as the API and the store spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::ResetPassword => "reset_password",
            Self::SignIn => "sign_in",
            Self::ChangeEmail => "change_email",
            Self::UndoEmail => "undo_email",
            Self::Invitation => "invitation",
            Self::Disown => "disown",
            Self::Unlock => "unlock",
        }
    }

    /// How long a value is good. What opens the account ends soon.
    pub const fn good_for(self) -> Duration {
        Duration::from_secs(match self {
            Self::VerifyEmail | Self::ChangeEmail => DAY,
            Self::ResetPassword | Self::Unlock => 30 * MINUTE,
            Self::SignIn => 10 * MINUTE,
            Self::UndoEmail | Self::Disown => 3 * DAY,
            Self::Invitation => 7 * DAY,
        })
    }
}

/// The name is of no purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such purpose")]
pub struct ParsePurposeError;

impl FromStr for Purpose {
    type Err = ParsePurposeError;

    fn from_str(name: &str) -> Result<Self, ParsePurposeError> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == name).ok_or(ParsePurposeError)
    }
}

/// Wrong codes until the value is void. A code has 27 bits: five tries at three codes a quarter of an hour guess one in
/// 760 years.
pub const MOST_TRIES: u32 = 5;
