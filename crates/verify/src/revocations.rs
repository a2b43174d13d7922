//! A replica of what the issuer has revoked: small, because nothing outlives an access token.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

pub use hallpass_revocation::Kind;
use hallpass_revocation::{Presented, Subject};
use serde::{Deserialize, Deserializer, de};
use tokio::time::Instant;

use crate::Claims;

/// Entries beyond which the replica gives up rather than forget some: 200 bytes each, 20 MB.
const MAX_ENTRIES: usize = 100_000;

/// What happens when the last page from the issuer is too old.
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
    /// Since the last page from the issuer.
    pub at_most: Duration,
    /// What happens beyond.
    pub beyond: Beyond,
}

/// One answer of the feed. Ask for it with `?kinds=token,session,user` ([`Kind::ALL`]), so that an issuer that knows more
/// kinds widens their entries to these.
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
    /// What `id` is. A kind that this version does not know makes the page unreadable: refusing too little in silence is
    /// the worse mistake.
    #[serde(deserialize_with = "kind")]
    pub kind: Kind,
    /// The `jti`, `sid` or `sub`.
    pub id: String,
    /// Of a user: tokens whose `iat` lies before this second.
    #[serde(default)]
    pub issued_before: Option<i64>,
    /// When it may be forgotten, seconds since the epoch.
    pub expires_at: i64,
}

fn kind<'de, D: Deserializer<'de>>(source: D) -> Result<Kind, D::Error> {
    String::deserialize(source)?.parse().map_err(de::Error::custom)
}

/// Keyed by text as it stands in tokens, shared between the maps and the order of the ends.
type Set = hallpass_revocation::Set<Arc<str>, Arc<str>, i64, String>;

/// The replica.
#[derive(Debug)]
pub(crate) struct Replica {
    staleness: Staleness,
    state: RwLock<State>,
    unchecked: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    set: Set,
    keys: Option<String>,
    /// When the last page came that the set was built on; none when the set has a gap.
    received_at: Option<Instant>,
}

/// What a page has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PageOutcome {
    /// The revocations only.
    Revocations,
    /// The version of the key ring as well: the issuer's keys may differ from those at hand.
    Keys,
    /// Nothing that can be relied on: the whole set must be read again.
    Gap,
}

/// The replica is too old to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooStale;

impl Replica {
    pub(crate) fn new(staleness: Staleness) -> Self {
        Self { staleness, state: RwLock::default(), unchecked: AtomicU64::new(0) }
    }

    /// Whether a token is revoked.
    pub(crate) fn refuses<T>(&self, claims: &Claims<T>, now: i64) -> Result<bool, TooStale> {
        let state = self.read();
        if state.set.refuses(&presented(claims)) {
            return Ok(true);
        }
        let is_fresh = state.received_at.is_some_and(|at| at.elapsed() <= self.staleness.at_most);
        if is_fresh && state.set.is_whole_at(now) {
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

    /// Applies a page.
    pub(crate) fn apply(&self, page: FeedPage, now: i64) -> PageOutcome {
        self.state.write().unwrap_or_else(PoisonError::into_inner).apply(page, now)
    }

    /// Where to go on reading.
    pub(crate) fn cursor(&self) -> Option<String> {
        self.read().set.cursor().cloned()
    }

    pub(crate) fn len(&self) -> usize {
        self.read().set.len()
    }

    pub(crate) fn unchecked(&self) -> u64 {
        self.unchecked.load(Ordering::Relaxed)
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }
}

fn presented<T>(claims: &Claims<T>) -> Presented<'_, str, str> {
    Presented {
        token: claims.id.as_deref(),
        session: claims.session.as_deref(),
        user: &claims.subject,
        issued_at: claims.issued_at,
    }
}

impl State {
    fn apply(&mut self, page: FeedPage, now: i64) -> PageOutcome {
        if page.complete {
            self.clear();
        }
        let has_gap = !page.complete && (self.set.cursor().is_none() || !self.set.is_whole_at(now));
        for entry in page.entries {
            let expires_at = entry.expires_at;
            self.set.insert(subject(entry), expires_at);
        }
        self.set.expire(now);
        if has_gap {
            // The entries stay refused. The absence of others proves nothing.
            self.set.set_cursor(None);
            self.received_at = None;
            return PageOutcome::Gap;
        }
        if self.set.len() > MAX_ENTRIES {
            let entries = self.set.len();
            tracing::error!(entries, "more revocations than the replica may hold: it counts as not received");
            self.clear();
            return PageOutcome::Gap;
        }
        // Keys that were fetched before the first page may be those of before a revocation.
        let has_new_keys = self.keys.as_ref().is_none_or(|known| *known != page.keys);
        self.set.set_cursor(Some(page.cursor));
        (self.keys, self.received_at) = (Some(page.keys), Some(Instant::now()));
        if has_new_keys { PageOutcome::Keys } else { PageOutcome::Revocations }
    }

    /// Empties the set. The version of the key ring stays: keys that were fetched since are as good as before.
    fn clear(&mut self) {
        (self.set, self.received_at) = (Set::default(), None);
    }
}

fn subject(Entry { kind, id, issued_before, .. }: Entry) -> Subject<Arc<str>, Arc<str>> {
    match kind {
        Kind::Token => Subject::Token(id),
        Kind::Session => Subject::Session(id.into()),
        // Without an instant it is about every token that there is.
        Kind::User => Subject::User { user: id.into(), issued_before: issued_before.unwrap_or(i64::MAX) },
    }
}
