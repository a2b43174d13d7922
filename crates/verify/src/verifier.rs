//! Checking a token.

use std::fmt;
use std::sync::Arc;

use hallpass_jose::Error as JwsError;
use hallpass_token::{Error, Policy, TokenCache, verify_as};
use serde::de::DeserializeOwned;

use crate::claims::Stated;
use crate::clock::Clock;
use crate::keys::{KeyCache, Keys};
use crate::revocations::{FeedPage, PageOutcome, Replica};
use crate::{Claims, NoExtra, Refusal};

/// Checks access tokens of one issuer for one audience. Cheap to clone; every clone shares keys, replica and cache.
///
/// `T` holds claims of your own; see [`Claims`].
pub struct Verifier<T = NoExtra>(Arc<Inner<T>>);

pub(crate) struct Inner<T> {
    pub(crate) policy: Policy,
    pub(crate) issuer: Arc<str>,
    pub(crate) keys: Arc<KeyCache>,
    pub(crate) replica: Option<Arc<Replica>>,
    pub(crate) cache: Option<TokenCache<u64, Claims<T>>>,
    pub(crate) clock: Clock,
}

/// What a verifier holds, for metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Stats {
    /// Revocations in force.
    pub revocations: usize,
    /// Tokens accepted although the replica was too old to say ([`Beyond::Accept`](crate::Beyond::Accept)).
    pub unchecked: u64,
    /// Tokens in the cache.
    pub cached: usize,
    /// Changes of the key set.
    pub key_generation: u64,
    /// Whether keys are at hand that may be trusted.
    pub has_keys: bool,
}

impl<T> Clone for Verifier<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> fmt::Debug for Verifier<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("issuer", &self.0.policy.issuer)
            .field("audience", &self.0.policy.audience)
            .finish_non_exhaustive()
    }
}

impl<T> Verifier<T> {
    pub(crate) fn new(inner: Inner<T>) -> Self {
        Self(Arc::new(inner))
    }

    /// Who must have issued the tokens.
    pub fn issuer(&self) -> &str {
        &self.0.policy.issuer
    }

    /// Applies a page of the revocation feed that you have read yourself.
    pub async fn apply(&self, page: FeedPage) {
        if let Some(replica) = &self.0.replica
            && replica.apply(page, (self.0.clock)()) == PageOutcome::Keys
        {
            self.0.keys.refresh_after_change().await;
        }
    }

    /// Where the replica is in the feed: send it as `since` when you read the feed yourself. None when the whole set must
    /// be read: at first, and when the clock was set back behind the end of what was forgotten.
    pub fn cursor(&self) -> Option<String> {
        self.0.replica.as_ref()?.cursor()
    }

    /// What is held, for metrics.
    pub fn stats(&self) -> Stats {
        let keys = self.0.keys.current();
        Stats {
            revocations: self.0.replica.as_ref().map_or(0, |replica| replica.len()),
            unchecked: self.0.replica.as_ref().map_or(0, |replica| replica.unchecked()),
            cached: self.0.cache.as_ref().map_or(0, TokenCache::len),
            key_generation: keys.as_ref().map_or(0, Keys::generation),
            has_keys: keys.is_some_and(|keys| !keys.set().is_empty()),
        }
    }
}

impl<T: DeserializeOwned> Verifier<T> {
    /// Verifies a token. A key that is not known is looked for once per cooldown; everything else is offline.
    ///
    /// # Errors
    /// A [`Refusal`]: 401 for the token's fault, 503 when the verifier cannot decide.
    pub async fn verify(&self, token: &str) -> Result<Arc<Claims<T>>, Refusal> {
        match self.verify_offline(token) {
            Err(Refusal::Invalid(Error::Jws(JwsError::UnknownKey)) | Refusal::KeysUnavailable)
                if !self.0.keys.is_inline() =>
            {
                self.0.keys.look_again().await;
                self.verify_offline(token)
            }
            verdict => verdict,
        }
    }

    /// Verifies with the keys at hand, without ever waiting.
    ///
    /// # Errors
    /// As [`Verifier::verify`].
    pub fn verify_offline(&self, token: &str) -> Result<Arc<Claims<T>>, Refusal> {
        let keys = self.0.keys.current().ok_or(Refusal::KeysUnavailable)?;
        let now = (self.0.clock)();
        let claims = match self.0.cache.as_ref().and_then(|cache| cache.get(token, &keys.generation(), now)) {
            Some(claims) => claims,
            None => self.verify_signature(token, &keys, now)?,
        };
        match self.0.replica.as_ref().map(|replica| replica.refuses(&claims, now)) {
            None | Some(Ok(false)) => Ok(claims),
            Some(Ok(true)) => Err(Refusal::Revoked),
            Some(Err(_)) => Err(Refusal::RevocationsUnknown),
        }
    }

    fn verify_signature(&self, token: &str, keys: &Keys<'_>, now: i64) -> Result<Arc<Claims<T>>, Refusal> {
        let verified = verify_as::<Stated<T>>(token, keys.set(), &self.0.policy, now).map_err(Refusal::Invalid)?;
        let stated = verified.into_inner();
        let not_before = stated.not_before;
        let claims = Arc::new(stated.by(self.0.issuer.clone()));
        if let Some(cache) = &self.0.cache {
            let good = self.0.policy.good_at(claims.issued_at, claims.expires_at, not_before);
            cache.put(token, &keys.generation(), good, claims.clone());
        }
        Ok(claims)
    }

    /// Verifies the token of a request's headers.
    ///
    /// # Errors
    /// As [`Verifier::verify`]; [`Refusal::Missing`], [`Refusal::Ambiguous`].
    pub async fn verify_headers(&self, headers: &http::HeaderMap) -> Result<Arc<Claims<T>>, Refusal> {
        let verdict = match bearer(headers) {
            Ok(token) => self.verify(token).await,
            Err(refusal) => Err(refusal),
        };
        if let Err(refusal) = &verdict {
            tracing::debug!(reason = refusal.reason(), "access token refused");
        }
        verdict
    }
}

/// The one bearer token of a request.
fn bearer(headers: &http::HeaderMap) -> Result<&str, Refusal> {
    let mut values = headers.get_all(http::header::AUTHORIZATION).iter();
    let value = values.next().ok_or(Refusal::Missing)?;
    if values.next().is_some() {
        return Err(Refusal::Ambiguous);
    }
    let value = value.as_bytes();
    let (scheme, rest) = value.split_at(value.iter().position(|c| *c == b' ').unwrap_or(value.len()));
    if !scheme.eq_ignore_ascii_case(b"bearer") {
        return Err(Refusal::Missing);
    }
    // RFC 9110 §11.4: one blank or more.
    let token = std::str::from_utf8(rest).map_err(|_| Refusal::Ambiguous)?.trim_start_matches(' ');
    let is_one = !token.is_empty() && token.bytes().all(|c| c.is_ascii_graphic() && c != b',');
    if is_one { Ok(token) } else { Err(Refusal::Ambiguous) }
}
