//! What verifiers must refuse: by token, by session, by user.

use std::time::Duration;

use crate::{SessionId, Timestamp, UserId};

pub use hallpass_revocation::Kind;

/// What is refused, by the ids of this server.
pub type Subject = hallpass_revocation::Subject<SessionId, UserId>;

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
pub struct FeedEntry {
    /// The cursor: strictly growing, never reused.
    pub seq: i64,
    /// The entry.
    pub revocation: Revocation,
}
