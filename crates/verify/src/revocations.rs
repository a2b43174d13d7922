//! A replica of what the issuer has revoked: small, because nothing outlives an access token.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use serde::Deserialize;
use tokio::time::Instant;

use crate::Claims;

/// Entries beyond which the replica gives up rather than forget some: 200 bytes each, 20 MB.
const MAX_ENTRIES: usize = 100_000;

/// What happens when the replica has not heard from the issuer for too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beyond {
    /// Tokens are refused with 503: a revoked one might be among them.
    Refuse,
    /// Tokens are accepted, and counted ([`Stats::unchecked`](crate::Stats::unchecked)): until `exp` a revoked one
    /// might be among them.
    Accept,
}

/// How much the replica may be behind. The issuer sends a heartbeat every five seconds, so less than about ten would
/// refuse now and then for no reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Staleness {
    /// Since it last heard from the issuer.
    pub at_most: Duration,
    /// What happens beyond.
    pub beyond: Beyond,
}

/// One answer of the feed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FeedPage {
    /// Where the reader is now.
    pub cursor: String,
    /// Whether this is the whole set, or what came after the reader's place.
    pub complete: bool,
    /// The version of the issuer's key ring.
    pub keys: String,
    /// What is refused.
    pub entries: Vec<Entry>,
}

/// One thing that is refused.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Entry {
    /// What `id` is.
    pub kind: Kind,
    /// The `jti`, `sid` or `sub`.
    pub id: String,
    /// Of a user: tokens whose `iat` lies before this second.
    #[serde(default)]
    pub issued_before: Option<i64>,
    /// When it may be forgotten, seconds since the epoch.
    pub expires_at: i64,
}

/// What an entry names. One that this version does not know makes the page unreadable: refusing too little in silence
/// is the worse mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One access token.
    Token,
    /// A session's tokens.
    Session,
    /// A user's tokens issued before an instant.
    User,
}

/// The replica.
#[derive(Debug)]
pub(crate) struct Replica {
    staleness: Staleness,
    set: RwLock<Set>,
    unchecked: AtomicU64,
}

#[derive(Debug, Default)]
struct Set {
    tokens: HashMap<String, i64>,
    sessions: HashMap<String, i64>,
    users: HashMap<String, (i64, i64)>,
    cursor: Option<String>,
    keys: Option<String>,
    heard_at: Option<Instant>,
    /// The latest end of what was forgotten. Before it, the set is not whole: the clock was set back.
    forgotten: Option<i64>,
}

/// What a page has told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    /// What is revoked, and nothing else.
    Revocations,
    /// Also that the issuer's keys may be others than those at hand.
    Keys,
    /// Nothing that can be built on: the whole set must be read again.
    Gap,
}

/// The replica cannot say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooStale;

impl Replica {
    pub(crate) fn new(staleness: Staleness) -> Self {
        Self { staleness, set: RwLock::default(), unchecked: AtomicU64::new(0) }
    }

    /// Whether a token is revoked.
    pub(crate) fn refuses<T>(&self, claims: &Claims<T>, now: i64) -> Result<bool, TooStale> {
        let set = self.set.read().unwrap_or_else(PoisonError::into_inner);
        let is_revoked = claims.id.as_ref().is_some_and(|id| set.tokens.contains_key(id))
            || claims.session.as_ref().is_some_and(|session| set.sessions.contains_key(session))
            || set.users.get(&claims.subject).is_some_and(|(before, _)| claims.issued_at < *before);
        if is_revoked {
            return Ok(true);
        }
        if set.is_whole_at(now) && set.heard_at.is_some_and(|at| at.elapsed() <= self.staleness.at_most) {
            return Ok(false);
        }
        match self.staleness.beyond {
            Beyond::Refuse => Err(TooStale),
            Beyond::Accept => {
                self.unchecked.fetch_add(1, Ordering::Relaxed);
                Ok(false)
            }
        }
    }

    /// Takes a page over.
    pub(crate) fn apply(&self, page: FeedPage, now: i64) -> Heard {
        let mut set = self.set.write().unwrap_or_else(PoisonError::into_inner);
        if page.complete {
            *set = Set { keys: set.keys.take(), ..Set::default() };
        }
        let has_gap = !page.complete && (set.cursor.is_none() || !set.is_whole_at(now));
        for entry in page.entries {
            set.insert(entry);
        }
        set.forget(now);
        if has_gap {
            // What is known stays refused; the rest is not known.
            (set.cursor, set.heard_at) = (None, None);
            return Heard::Gap;
        }
        if set.len() > MAX_ENTRIES {
            tracing::error!(entries = set.len(), "more revocations than the replica may hold: it counts as not heard");
            *set = Set { keys: set.keys.take(), ..Set::default() };
            return Heard::Gap;
        }
        // Keys that were fetched before the first page may be those of before a revocation.
        let has_new_keys = set.keys.as_ref().is_none_or(|known| *known != page.keys);
        (set.cursor, set.keys) = (Some(page.cursor), Some(page.keys));
        set.heard_at = Some(Instant::now());
        if has_new_keys { Heard::Keys } else { Heard::Revocations }
    }

    /// Where to go on reading.
    pub(crate) fn cursor(&self) -> Option<String> {
        self.set.read().unwrap_or_else(PoisonError::into_inner).cursor.clone()
    }

    pub(crate) fn len(&self) -> usize {
        self.set.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    pub(crate) fn unchecked(&self) -> u64 {
        self.unchecked.load(Ordering::Relaxed)
    }
}

impl Set {
    fn insert(&mut self, Entry { kind, id, issued_before, expires_at }: Entry) {
        match kind {
            Kind::Token => extend(&mut self.tokens, id, expires_at),
            Kind::Session => extend(&mut self.sessions, id, expires_at),
            Kind::User => {
                let entry = self.users.entry(id).or_insert((i64::MIN, i64::MIN));
                // Without an instant it is about every token that there is.
                let before = issued_before.unwrap_or(i64::MAX);
                *entry = (entry.0.max(before), entry.1.max(expires_at));
            }
        }
    }

    fn forget(&mut self, now: i64) {
        let mut forgotten = self.forgotten;
        let mut lives = |end: i64| {
            if end <= now {
                forgotten = forgotten.max(Some(end));
            }
            end > now
        };
        self.tokens.retain(|_, end| lives(*end));
        self.sessions.retain(|_, end| lives(*end));
        self.users.retain(|_, (_, end)| lives(*end));
        self.forgotten = forgotten;
    }

    fn is_whole_at(&self, now: i64) -> bool {
        self.forgotten.is_none_or(|end| end <= now)
    }

    fn len(&self) -> usize {
        self.tokens.len() + self.sessions.len() + self.users.len()
    }
}

fn extend(map: &mut HashMap<String, i64>, id: String, expires_at: i64) {
    let known = map.entry(id).or_insert(expires_at);
    *known = (*known).max(expires_at);
}
