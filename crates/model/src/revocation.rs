//! What verifiers must refuse: by token, by session, by user.

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

/// One entry of the denylist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// What is refused.
    pub subject: Subject,
    /// When the last token it speaks of has expired, and the entry may go.
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
