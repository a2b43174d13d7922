//! What verifiers must refuse: by token, by session, by user.

use std::time::Duration;

use crate::{SessionId, Timestamp, UserId};

/// What is refused.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    /// One access token, by its `jti`.
    Token(String),
    /// Every access token of one session, by its `sid`.
    Session(SessionId),
    /// Every access token of one user whose `iat` lies before this whole second.
    User {
        /// The `sub`.
        user: UserId,
        /// Seconds since the epoch.
        issued_before: i64,
    },
}

/// Later than the `iat` of any token, and a number that Lua and JavaScript hold exactly: 9999-12-31T23:59:59Z.
const NEVER: i64 = 253_402_300_799;

impl Subject {
    /// Every access token of a user whose id is never used again, whatever its `iat`.
    pub const fn every_token_of(user: UserId) -> Self {
        Self::User { user, issued_before: NEVER }
    }
}

/// How long an entry stays beyond the end of the last token it must refuse: as far as the clocks of those who check may
/// differ.
pub const TOLERANCE: Duration = Duration::from_secs(60);

/// One entry of the denylist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// What is refused.
    pub subject: Subject,
    /// When the last token it speaks of has expired by every clock, and the entry may go.
    pub until: Timestamp,
}

/// An entry with its place in the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbered {
    /// The cursor: strictly growing, never reused.
    pub seq: i64,
    /// The entry.
    pub revocation: Revocation,
}
