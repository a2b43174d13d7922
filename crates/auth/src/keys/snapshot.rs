//! The opened ring: parsed keys, the set that verifies, the JWKS as it is served.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use hallpass_jose::{JwkSet, KeySet, SigningKey};
use hallpass_model::Timestamp;
use hallpass_model::key::{KeyRecord, KeyState};
use hallpass_store::op;

use super::RingError;
use crate::master::MasterKey;

/// The JWKS as it is served: public keys only, since a symmetric key has no public form.
#[derive(Debug, Default)]
pub struct Jwks {
    /// RFC 7517 §5, as JSON.
    pub body: String,
    /// A strong entity tag, quotes included.
    pub etag: String,
    /// How long it may be cached.
    pub max_age: Duration,
    /// The same keys as PEM (`PUBLIC KEY`), for verifiers that read files.
    pub pems: Vec<String>,
}

/// The ring at an instant.
#[derive(Debug)]
pub(super) struct Snapshot {
    version: i64,
    records: Vec<KeyRecord>,
    open: HashMap<String, Arc<SigningKey>>,
    verifiers: Arc<KeySet>,
    jwks: Arc<Jwks>,
    stale_at: Timestamp,
}

impl Default for Snapshot {
    fn default() -> Self {
        Self {
            version: -1,
            records: Vec::new(),
            open: HashMap::new(),
            verifiers: Arc::default(),
            jwks: Arc::default(),
            stale_at: Timestamp::EPOCH,
        }
    }
}

impl Snapshot {
    /// Opens what `before` had not opened yet: parsing a private key is expensive, and done once a key.
    pub(super) fn open(ring: op::KeyRingSnapshot, before: &Self, master: &MasterKey) -> Result<Self, RingError> {
        let mut open = HashMap::new();
        for record in &ring.keys {
            let key = match before.open.get(&record.kid) {
                Some(key) => key.clone(),
                None => Arc::new(unseal(record, master)?),
            };
            open.insert(record.kid.clone(), key);
        }
        Ok(Self { version: ring.version, records: ring.keys, open, ..Self::default() })
    }

    /// The same ring seen at `now`.
    pub(super) fn as_of(&self, now: Timestamp, max_age: Duration) -> Self {
        let verifying = self.records.iter().filter(|record| record.state(now).verifies());
        let keys: Vec<&Arc<SigningKey>> = verifying.filter_map(|record| self.open.get(&record.kid)).collect();
        let jwks = JwkSet::new(keys.iter().filter_map(|key| key.public_jwk()).collect());
        let pems = keys.iter().filter_map(|key| key.public_pem()).collect();
        let body = serde_json::to_string(&jwks).unwrap_or_default();
        Self {
            version: self.version,
            records: self.records.clone(),
            open: self.open.clone(),
            verifiers: Arc::new(keys.iter().map(|key| key.verifying_key()).collect()),
            jwks: Arc::new(Jwks { etag: etag(&body), body, max_age, pems }),
            stale_at: self.next_change(now),
        }
    }

    /// The next instant at which some key changes its state by itself.
    fn next_change(&self, now: Timestamp) -> Timestamp {
        let instants = self.records.iter().flat_map(|r| [r.active_from, r.retired_at, r.gone_at]);
        instants.flatten().filter(|at| *at > now).min().unwrap_or(Timestamp::from_millis(i64::MAX))
    }

    pub(super) fn signer(&self, now: Timestamp) -> Option<Arc<SigningKey>> {
        let active = self.records.iter().filter(|record| record.state(now) == KeyState::Active);
        let record = active.max_by_key(|record| (record.active_from, record.kid.as_str()))?;
        self.open.get(&record.kid).cloned()
    }

    pub(super) fn verifiers(&self) -> Arc<KeySet> {
        self.verifiers.clone()
    }

    pub(super) fn jwks(&self) -> Arc<Jwks> {
        self.jwks.clone()
    }

    pub(super) const fn version(&self) -> i64 {
        self.version
    }

    pub(super) const fn stale_at(&self) -> Timestamp {
        self.stale_at
    }
}

/// Opens every key of a ring; how many there are.
pub(crate) fn unseal_all(ring: &op::KeyRingSnapshot, master: &MasterKey) -> Result<usize, RingError> {
    ring.keys.iter().try_for_each(|record| unseal(record, master).map(|_| ()))?;
    Ok(ring.keys.len())
}

fn unseal(record: &KeyRecord, master: &MasterKey) -> Result<SigningKey, RingError> {
    let bytes = master.open(&record.kid, &record.sealed)?;
    let algorithm = record.algorithm.parse()?;
    Ok(SigningKey::from_bytes(algorithm, &bytes)?)
}

fn etag(body: &str) -> String {
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, body.as_bytes());
    format!("\"{}\"", base64_simd::URL_SAFE_NO_PAD.encode_to_string(&hash.as_ref()[..16]))
}
