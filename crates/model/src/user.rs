//! Users.

use std::fmt;
use std::str::FromStr;

use crate::{Email, Role, Timestamp, UserId};

/// Whether a user may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// May log in and refresh.
    Active,
    /// May do neither, until an admin activates the account again.
    Suspended,
}

impl Status {
    /// The name, as the API and the store spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }

    /// Whether a user of this status may log in and refresh.
    pub const fn may_enter(self) -> bool {
        matches!(self, Self::Active)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a status is `active` or `suspended`")]
pub struct ParseStatusError;

impl FromStr for Status {
    type Err = ParseStatusError;

    fn from_str(text: &str) -> Result<Self, ParseStatusError> {
        match text {
            "active" => Ok(Self::Active),
            "suspended" => Ok(Self::Suspended),
            _ => Err(ParseStatusError),
        }
    }
}

/// A user without the password hash, which travels only where a password is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The `sub` of the user's tokens.
    pub id: UserId,
    /// The address as it was given, for display and for mail.
    pub email: Email,
    /// The one role.
    pub role: Role,
    /// Whether the user may come in.
    pub status: Status,
    /// Access tokens stamped before this whole second are void; what is minted later is stamped no earlier.
    /// Written when the role or the status changes, so that no live token outlives what it says.
    pub tokens_from: i64,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When anything of it last changed.
    pub updated_at: Timestamp,
    /// The last good login.
    pub last_login_at: Option<Timestamp>,
    /// Until when the password is good, if it is a one-time password that its owner has to replace; none otherwise.
    pub one_time_until: Option<Timestamp>,
    /// When the user proved to have the mailbox; none if never.
    pub email_verified_at: Option<Timestamp>,
    /// Whether the address must be proved before the account can be entered.
    pub must_verify: bool,
    /// What devices carry that this address knows; raised, it makes all of them strangers.
    pub device_epoch: u32,
    /// The id that another system knew the user by, if there was one.
    pub external_id: Option<String>,
}
