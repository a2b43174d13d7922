//! Messages that wait to be sent.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::{MessageId, Timestamp, UserId};

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It waits for its turn, or for another try.
    Waiting,
    /// The other side has taken it.
    Sent,
    /// The other side has refused it for good.
    Refused,
    /// It was not sent in time: what it says is no longer true.
    Expired,
    /// There is nobody to send it to, or its recipient has had enough. It was written all the same, so that an address
    /// that is known takes no longer than one that is not.
    Void,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Sent, Self::Refused, Self::Expired, Self::Void];

    /// The name, as the API and the store spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::Expired => "expired",
            Self::Void => "void",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a state is `waiting`, `sent`, `refused`, `expired` or `void`")]
pub struct ParseStateError;

impl FromStr for State {
    type Err = ParseStateError;

    fn from_str(name: &str) -> Result<Self, ParseStateError> {
        Self::ALL.into_iter().find(|state| state.as_str() == name).ok_or(ParseStateError)
    }
}

/// A message, without what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub id: MessageId,
    /// The name of its template.
    pub template: String,
    /// Whom it is about, if that is a user.
    pub user: Option<UserId>,
    pub state: State,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next, while it waits.
    pub not_before: Timestamp,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// When it was sent, refused or expired.
    pub settled_at: Option<Timestamp>,
    /// What the other side said last.
    pub last_error: Option<String>,
}

/// How long to wait after a try that failed, by how many there were: 10 s, 1 min, 5 min, 30 min, then 2 h.
pub const fn pause_after(attempts: u32) -> Duration {
    Duration::from_secs(match attempts {
        0 | 1 => 10,
        2 => 60,
        3 => 5 * 60,
        4 => 30 * 60,
        _ => 2 * 60 * 60,
    })
}

/// A notice is worth reading for three days.
pub const NOTICE_LIVES: Duration = Duration::from_secs(3 * 24 * 60 * 60);

/// How many messages a recipient gets; more are written as [`State::Void`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    pub in_quarter_hour: u32,
    pub in_a_day: u32,
    /// Counted by kind: what a stranger asks for uses up no notice.
    pub of_template: bool,
}
