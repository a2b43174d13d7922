//! The issuer's keys: fetched in the background, once at a time, and kept for as long as they may be trusted.

mod file;
#[cfg(feature = "http-client")]
mod http;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use hallpass_jose::{JwkSet, KeySet};
use tokio::sync::{Mutex, Notify, OwnedMutexGuard};
use tokio::time::Instant;

pub use self::file::JwksFile;
#[cfg(feature = "http-client")]
pub(crate) use self::http::client;
#[cfg(feature = "http-client")]
pub use self::http::{JwksUrl, UnsafeUrl};

/// No source may take longer: a request that waits for keys waits for this at most.
const LONGEST_FETCH: Duration = Duration::from_secs(10);

/// Keys could not be fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the keys cannot be fetched: {0}")]
pub struct FetchError(pub String);

/// What [`KeySource::fetch`] returns: the text of a JWK set (RFC 7517 §5).
pub type Fetching<'a> = Pin<Box<dyn Future<Output = Result<String, FetchError>> + Send + 'a>>;

/// Where keys come from.
pub trait KeySource: Send + Sync + 'static {
    /// Fetches the set.
    fn fetch(&self) -> Fetching<'_>;
}

/// How keys are kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeyTimes {
    /// How often the set is fetched again.
    pub(crate) refresh_every: Duration,
    /// How soon after an attempt a token with an unknown `kid` may cause another.
    pub(crate) cooldown: Duration,
    /// How long the last good set may be used while fetching fails.
    pub(crate) max_stale: Duration,
}

/// The keys at hand.
pub(crate) struct KeyCache {
    /// Keys that never change: read without a lock, and with nothing to count.
    fixed: Option<KeySet>,
    source: Option<Box<dyn KeySource>>,
    times: KeyTimes,
    state: RwLock<State>,
    /// Held while fetching: the others wait for the one answer.
    flight: Arc<Mutex<()>>,
    /// Wakes the background work when the issuer has changed its keys.
    changed: Arc<Notify>,
}

#[derive(Default)]
struct State {
    keys: Arc<KeySet>,
    /// What they were read from.
    text: String,
    /// Changes with every set that differs.
    generation: u64,
    good_at: Option<Instant>,
    tried_at: Option<Instant>,
    has_failed: bool,
}

/// Keys, and which generation of them.
pub(crate) enum Keys<'a> {
    Fixed(&'a KeySet),
    Fetched { set: Arc<KeySet>, generation: u64 },
}

impl Keys<'_> {
    pub(crate) fn set(&self) -> &KeySet {
        match self {
            Self::Fixed(set) => set,
            Self::Fetched { set, .. } => set,
        }
    }

    pub(crate) const fn generation(&self) -> u64 {
        match self {
            Self::Fixed(_) => 0,
            Self::Fetched { generation, .. } => *generation,
        }
    }
}

impl fmt::Debug for KeyCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let len = self.fixed.as_ref().map_or_else(|| self.read().keys.len(), KeySet::len);
        f.debug_struct("KeyCache").field("keys", &len).finish_non_exhaustive()
    }
}

impl KeyCache {
    /// Keys that never change.
    pub(crate) fn inline(keys: KeySet, times: KeyTimes) -> Self {
        Self { fixed: Some(keys), ..Self::empty(times) }
    }

    /// Keys that are fetched.
    pub(crate) fn fetched(source: Box<dyn KeySource>, times: KeyTimes) -> Self {
        Self { source: Some(source), ..Self::empty(times) }
    }

    fn empty(times: KeyTimes) -> Self {
        let (fixed, source) = (None, None);
        Self { fixed, source, times, state: RwLock::default(), flight: Arc::default(), changed: Arc::default() }
    }

    /// The keys, unless they are too old to be trusted: then a key that was taken back would still verify.
    pub(crate) fn current(&self) -> Option<Keys<'_>> {
        if let Some(keys) = &self.fixed {
            return Some(Keys::Fixed(keys));
        }
        let state = self.read();
        let is_fresh = state.good_at.is_some_and(|at| at.elapsed() <= self.times.max_stale);
        is_fresh.then(|| Keys::Fetched { set: state.keys.clone(), generation: state.generation })
    }

    /// Fetches, unless there was an attempt within the cooldown: ten thousand unknown names cause one fetch.
    pub(crate) async fn look_again(self: &Arc<Self>) {
        self.fetch_unless(|state| state.tried_at.is_some_and(|at| at.elapsed() < self.times.cooldown)).await;
    }

    /// Fetches, because the issuer says that its keys have changed. The background work will fetch once more: this
    /// fetch may fail, or reach a machine of the issuer that does not have the change yet.
    pub(crate) async fn refresh_after_change(self: &Arc<Self>) {
        let asked = Instant::now();
        // The answer of a fetch that began earlier may be from before the change.
        self.fetch_unless(|state| state.tried_at.is_some_and(|at| at > asked)).await;
        self.changed.notify_one();
    }

    /// Fetches, because it is time; whether the keys at hand are what the issuer says now.
    pub(crate) async fn refresh(self: &Arc<Self>) -> bool {
        let asked = Instant::now();
        self.fetch_unless(|state| state.good_at.is_some_and(|at| at >= asked)).await;
        !self.read().has_failed
    }

    pub(crate) const fn refresh_every(&self) -> Duration {
        self.times.refresh_every
    }

    pub(crate) fn changed(&self) -> Arc<Notify> {
        self.changed.clone()
    }

    pub(crate) const fn is_inline(&self) -> bool {
        self.source.is_none()
    }

    async fn fetch_unless(self: &Arc<Self>, is_needless: impl Fn(&State) -> bool) {
        if self.is_inline() {
            return;
        }
        // Asked only once no fetch is under way: a caller that comes in the middle of one waits for its answer.
        let flight = self.flight.clone().lock_owned().await;
        if is_needless(&self.read()) {
            return;
        }
        // On its own, not as a part of the request that caused it: a client that sends an unknown name and hangs up
        // would end the fetch, and with the cooldown keep every other request from making one.
        let fetch = tokio::spawn(self.clone().fetch(flight));
        if let Err(error) = fetch.await {
            tracing::error!(%error, "fetching keys failed");
        }
    }

    async fn fetch(self: Arc<Self>, _flight: OwnedMutexGuard<()>) {
        let Some(source) = &self.source else { return };
        self.write(|state| (state.tried_at, state.has_failed) = (Some(Instant::now()), true));
        let fetched = tokio::time::timeout(LONGEST_FETCH, source.fetch()).await;
        let fetched = fetched.unwrap_or_else(|_| Err(FetchError("it takes too long".to_owned())));
        match fetched.and_then(|text| parse(&text).map(|keys| (text, keys))) {
            Ok((text, keys)) => self.accept(text, keys),
            Err(error) => tracing::warn!(%error, "the last good keys stay in use"),
        }
    }

    fn accept(&self, text: String, keys: KeySet) {
        self.write(|state| {
            // Compared as text: a key may have changed under the same name.
            if state.text != text {
                (state.keys, state.text) = (Arc::new(keys), text);
                state.generation += 1;
            }
            (state.good_at, state.has_failed) = (Some(Instant::now()), false);
        });
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.write().unwrap_or_else(PoisonError::into_inner));
    }
}

/// An empty set is what a broken server says; an issuer always has a key.
fn parse(text: &str) -> Result<KeySet, FetchError> {
    let set = JwkSet::parse(text).map_err(|error| FetchError(error.to_string()))?;
    let keys = KeySet::from_jwks(&set);
    if keys.is_empty() { Err(FetchError("it holds no key that can verify".to_owned())) } else { Ok(keys) }
}
