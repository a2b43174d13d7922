//! Building a verifier: issuer, audience and keys are in the type, so that none can be forgotten.

use std::marker::PhantomData;
use std::sync::{Arc, Weak};
use std::time::Duration;

use hallpass_jose::{Error, JwkSet, KeySet, VerifyingKey};
use hallpass_token::{ACCESS_TOKEN_TYP, Policy, TokenCache};
use serde::de::DeserializeOwned;

use crate::NoExtra;
use crate::clock::{self, Clock};
#[cfg(feature = "http-client")]
use crate::feed::Feed;
use crate::keys::{KeyCache, KeySource, KeyTimes};
use crate::revocations::{Replica, Staleness};
use crate::verifier::{Inner, Verifier};

/// Not given yet.
#[derive(Debug)]
pub struct Missing;
/// Given.
#[derive(Debug)]
pub struct Given;

/// The `typ` that tokens must have (RFC 8725 §3.11), so that no other JWT of the issuer passes for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TokenType {
    /// `at+jwt`, RFC 9068: hallpass, Auth0 on request, and others.
    #[default]
    AccessToken,
    /// `JWT`: Keycloak, Supabase, and many more.
    Jwt,
}

/// Builds a [`Verifier`].
///
/// ```compile_fail
/// # fn example(keys: hallpass_verify::JwksFile) {
/// // No audience: a token for any other service would pass.
/// let verifier = hallpass_verify::Verifier::builder().issuer("https://auth.example").keys_from(keys).build();
/// # }
/// ```
#[must_use]
pub struct Builder<T, I, A, K> {
    policy: Policy,
    keys: Keys,
    times: KeyTimes,
    staleness: Option<Staleness>,
    #[cfg(feature = "http-client")]
    feed: Option<Feed>,
    cache: usize,
    clock: Clock,
    state: State<T, I, A, K>,
}

type State<T, I, A, K> = PhantomData<fn() -> (T, I, A, K)>;

enum Keys {
    Inline(KeySet),
    Fetched(Box<dyn KeySource>),
}

impl<T, I, A, K> std::fmt::Debug for Builder<T, I, A, K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder").field("issuer", &self.policy.issuer).finish_non_exhaustive()
    }
}

impl<T> Builder<T, Missing, Missing, Missing> {
    fn new() -> Self {
        Self {
            policy: Policy {
                issuer: String::new(),
                audience: String::new(),
                typ: ACCESS_TOKEN_TYP,
                leeway_secs: 0,
                max_lifetime_secs: 24 * 3600,
            },
            keys: Keys::Inline(KeySet::default()),
            times: KeyTimes {
                refresh_every: Duration::from_secs(300),
                cooldown: Duration::from_secs(30),
                max_stale: Duration::from_secs(24 * 3600),
            },
            staleness: None,
            #[cfg(feature = "http-client")]
            feed: None,
            cache: 0,
            clock: clock::system(),
            state: PhantomData,
        }
    }
}

impl<T, I, A, K> Builder<T, I, A, K> {
    fn with_state<T2, I2, A2, K2>(self) -> Builder<T2, I2, A2, K2> {
        Builder {
            policy: self.policy,
            keys: self.keys,
            times: self.times,
            staleness: self.staleness,
            #[cfg(feature = "http-client")]
            feed: self.feed,
            cache: self.cache,
            clock: self.clock,
            state: PhantomData,
        }
    }

    /// Who must have issued the tokens: `iss`, letter by letter.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Builder<T, Given, A, K> {
        self.policy.issuer = issuer.into();
        self.with_state()
    }

    /// Whom they must be for: `aud`, or one of it.
    pub fn audience(mut self, audience: impl Into<String>) -> Builder<T, I, Given, K> {
        self.policy.audience = audience.into();
        self.with_state()
    }

    /// Where the keys come from: [`JwksUrl`](crate::JwksUrl), [`JwksFile`](crate::JwksFile), or your own.
    pub fn keys_from(mut self, source: impl KeySource) -> Builder<T, I, A, Given> {
        self.keys = Keys::Fetched(Box::new(source));
        self.with_state()
    }

    /// A key set that never changes (RFC 7517).
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn jwks(mut self, text: &str) -> Result<Builder<T, I, A, Given>, Error> {
        self.keys = Keys::Inline(KeySet::from_jwks(&JwkSet::parse(text)?));
        Ok(self.with_state())
    }

    /// The shared secret of an HS256 issuer, which could sign as well: only for a service of the same hand.
    ///
    /// # Errors
    /// [`Error::WeakSecret`].
    pub fn secret(mut self, secret: &[u8]) -> Result<Builder<T, I, A, Given>, Error> {
        self.keys = Keys::Inline(std::iter::once(VerifyingKey::from_secret(secret)?).collect());
        Ok(self.with_state())
    }

    /// Your own claims, beside the registered ones.
    pub fn claims<T2: DeserializeOwned>(self) -> Builder<T2, I, A, K> {
        self.with_state()
    }

    /// The `typ` that tokens must have.
    pub const fn token_type(mut self, typ: TokenType) -> Self {
        self.policy.typ = match typ {
            TokenType::AccessToken => ACCESS_TOKEN_TYP,
            TokenType::Jwt => "JWT",
        };
        self
    }

    /// How far clocks may differ; none by default.
    pub const fn leeway(mut self, leeway: Duration) -> Self {
        self.policy.leeway_secs = leeway.as_secs();
        self
    }

    /// The longest life (`exp` − `iat`) that is believed; a day by default.
    pub const fn max_lifetime(mut self, lifetime: Duration) -> Self {
        self.policy.max_lifetime_secs = lifetime.as_secs();
        self
    }

    /// How often fetched keys are fetched again; five minutes by default. A fetch that fails is tried again after a
    /// second, then ever less often, at least every half minute.
    pub const fn refresh_keys_every(mut self, every: Duration) -> Self {
        self.times.refresh_every = every;
        self
    }

    /// How soon after an attempt an unknown `kid` may cause another; half a minute by default.
    pub const fn key_cooldown(mut self, cooldown: Duration) -> Self {
        self.times.cooldown = cooldown;
        self
    }

    /// How long the last good keys are used while the issuer cannot be reached; a day by default.
    pub const fn max_stale_keys(mut self, max_stale: Duration) -> Self {
        self.times.max_stale = max_stale;
        self
    }

    /// Keeps up to so many verified tokens; none by default. A hit costs a comparison instead of a signature, and still
    /// minds `exp`, the keys and every revocation. What is asked for stays; of fewer than two nothing is kept.
    pub const fn cache_tokens(mut self, capacity: usize) -> Self {
        self.cache = capacity;
        self
    }

    /// Keeps a replica of what was revoked, fed by [`Verifier::apply`].
    pub const fn revocations(mut self, staleness: Staleness) -> Self {
        self.staleness = Some(staleness);
        self
    }

    /// Keeps a replica of what was revoked, fed by the issuer's stream.
    #[cfg(feature = "http-client")]
    pub fn revocation_feed(mut self, feed: Feed, staleness: Staleness) -> Self {
        self.feed = Some(feed);
        self.revocations(staleness)
    }

    /// Another clock, for tests: seconds since the epoch.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }
}

impl<T: Send + Sync + 'static> Builder<T, Given, Given, Given> {
    /// The verifier. With fetched keys or a feed it starts their background work on the current `tokio` runtime; the
    /// work ends with the last clone. The first fetch is under way when this returns: a token that comes earlier waits.
    ///
    /// # Panics
    /// Outside a `tokio` runtime, when there is background work to start.
    pub fn build(self) -> Verifier<T> {
        let keys = Arc::new(match self.keys {
            Keys::Inline(keys) => KeyCache::inline(keys, self.times),
            Keys::Fetched(source) => KeyCache::fetched(source, self.times),
        });
        let replica = self.staleness.map(|staleness| Arc::new(Replica::new(staleness)));
        if !keys.is_inline() {
            tokio::spawn(keep_fresh(Arc::downgrade(&keys)));
        }
        #[cfg(feature = "http-client")]
        if let (Some(feed), Some(replica)) = (self.feed, &replica) {
            tokio::spawn(feed.run(Arc::downgrade(replica), Arc::downgrade(&keys), self.clock.clone()));
        }
        let cache = (self.cache > 0).then(|| TokenCache::new(self.cache, usize::MAX));
        let issuer = self.policy.issuer.as_str().into();
        Verifier::new(Inner { policy: self.policy, issuer, keys, replica, cache, clock: self.clock })
    }
}

/// How soon a failed fetch is tried again, and how soon keys are fetched once more after a change at the issuer.
const FIRST_RETRY: Duration = Duration::from_secs(1);
const LONGEST_RETRY: Duration = Duration::from_secs(30);

async fn keep_fresh(keys: Weak<KeyCache>) {
    let mut retry = FIRST_RETRY;
    loop {
        let Some(held) = keys.upgrade() else { return };
        let pause = if held.refresh().await {
            retry = FIRST_RETRY;
            held.refresh_every()
        } else {
            let pause = retry.min(held.refresh_every());
            retry = (retry * 2).min(LONGEST_RETRY);
            pause
        };
        let changed = held.changed();
        drop(held);
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = changed.notified() => tokio::time::sleep(FIRST_RETRY).await,
        }
    }
}

impl Verifier {
    /// Begins a verifier. It cannot be built without an issuer, an audience and keys.
    pub fn builder() -> Builder<NoExtra, Missing, Missing, Missing> {
        Builder::new()
    }
}
