//! The life of a signing key: announced → active → retired → gone.
//!
//! The next key stands in the JWKS longer than the JWKS may be cached before it signs; a retired one stays until its
//! last token has expired. The state is read off the instants in the row, so no job has to run for it to be true.

use std::time::Duration;

use crate::Timestamp;

/// Where a key is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// Published, not signing yet.
    Announced,
    /// Signs.
    Active,
    /// Signs no more; what it signed still verifies.
    Retired,
    /// Its last token has expired: it verifies nothing and is not published.
    Gone,
    /// Revoked: refused at once, whatever it signed.
    Revoked,
}

impl KeyState {
    /// The name, as the API spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Announced => "announced",
            Self::Active => "active",
            Self::Retired => "retired",
            Self::Gone => "gone",
            Self::Revoked => "revoked",
        }
    }

    /// Whether tokens of a key in this state verify, and its public half is published.
    pub const fn verifies(self) -> bool {
        matches!(self, Self::Announced | Self::Active | Self::Retired)
    }
}

/// A key row. The private half is sealed; this type never holds it in the clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRecord {
    /// RFC 7638 thumbprint.
    pub kid: String,
    /// The one JOSE algorithm it is bound to.
    pub algorithm: String,
    /// The private half, encrypted under the master key.
    pub sealed: Vec<u8>,
    /// When it was published.
    pub announced_at: Timestamp,
    /// When it began to sign; none while no rotation has called it.
    pub active_from: Option<Timestamp>,
    /// When it stopped signing.
    pub retired_at: Option<Timestamp>,
    /// When its last token has expired.
    pub gone_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl KeyRecord {
    /// The state at an instant.
    pub fn state(&self, now: Timestamp) -> KeyState {
        let passed = |instant: Option<Timestamp>| instant.is_some_and(|at| now >= at);
        if self.revoked_at.is_some() {
            KeyState::Revoked
        } else if passed(self.gone_at) {
            KeyState::Gone
        } else if passed(self.retired_at) {
            KeyState::Retired
        } else if self.active_from.is_some() {
            // A call is written when it is made, never ahead. One that seems to lie ahead was made before the clock was
            // set back, and a server without a signer could issue no token until the clock has caught up.
            KeyState::Active
        } else {
            KeyState::Announced
        }
    }
}

/// How keys are rotated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPolicy {
    /// The algorithm that signs.
    pub algorithm: String,
    /// How long a key signs.
    pub rotate_every: Duration,
    /// How long a key is published before it may sign: at least as long as the JWKS may be cached.
    /// Zero for a symmetric algorithm, which is never published.
    pub announce_for: Duration,
    /// How long after its retirement a key's last token may live: access life and leeway.
    pub revocation_ttl: Duration,
}

/// One step of the ring, in the order in which they are to be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Make a key of the policy's algorithm and announce it.
    Announce {
        /// When it signs: at once for the very first key, else unset until it is called.
        active_from: Option<Timestamp>,
    },
    /// Call an announced key to sign from an instant on.
    Activate { kid: String, from: Timestamp },
    /// Let a key stop signing at an instant.
    Retire {
        kid: String,
        at: Timestamp,
        /// When its last token has expired.
        gone_at: Timestamp,
    },
}

/// Why a rotation by hand was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RotateError {
    /// The next key has not been published long enough; verifiers may not have seen it yet.
    NotRipe {
        /// When it will be.
        ripe_at: Timestamp,
    },
}

/// The ring at an instant, seen through the policy.
#[derive(Debug)]
pub struct KeySchedule<'a> {
    keys: &'a [KeyRecord],
    policy: &'a KeyPolicy,
    now: Timestamp,
}

impl<'a> KeySchedule<'a> {
    /// Looks at the keys.
    pub const fn new(keys: &'a [KeyRecord], policy: &'a KeyPolicy, now: Timestamp) -> Self {
        Self { keys, policy, now }
    }

    /// The key that signs: of the active ones, the one activated last.
    pub fn signer(&self) -> Option<&'a KeyRecord> {
        self.signers().max_by_key(|key| (key.active_from, key.kid.as_str()))
    }

    /// Every active key. Normally one; two while a hand-over is being written.
    pub fn signers(&self) -> impl Iterator<Item = &'a KeyRecord> {
        let now = self.now;
        self.keys.iter().filter(move |key| key.state(now) == KeyState::Active)
    }

    /// The key that signs next: announced, of the policy's algorithm, the one announced first.
    pub fn next(&self) -> Option<&'a KeyRecord> {
        self.keys
            .iter()
            .filter(|key| key.state(self.now) == KeyState::Announced && key.algorithm == self.policy.algorithm)
            .min_by_key(|key| (key.announced_at, key.kid.as_str()))
    }

    /// What is due by itself: the first keys, the key of a changed algorithm, the rotation by age, a stand-by.
    pub fn due(&self) -> Vec<Step> {
        let Some(signer) = self.signer() else {
            return self.first_signer();
        };
        let Some(next) = self.next() else {
            return vec![Step::Announce { active_from: None }];
        };
        let old = signer.active_from.is_some_and(|from| self.now >= from + self.policy.rotate_every);
        let other_algorithm = signer.algorithm != self.policy.algorithm;
        if (old || other_algorithm) && self.now >= self.ripe_at(next) { self.hand_over(next) } else { Vec::new() }
    }

    /// A rotation by hand: the stand-by signs now, and a new stand-by is announced.
    ///
    /// # Errors
    /// [`RotateError::NotRipe`] when the next key was published too recently, unless `force` says that
    /// this matters less than getting rid of the present key.
    pub fn rotate(&self, force: bool) -> Result<Vec<Step>, RotateError> {
        let Some(next) = self.next() else {
            return Ok(vec![Step::Announce { active_from: None }]);
        };
        let ripe_at = self.ripe_at(next);
        if !force && self.now < ripe_at {
            return Err(RotateError::NotRipe { ripe_at });
        }
        Ok(self.hand_over(next))
    }

    /// With no key left to sign (the first start, or a revoked signer) the stand-by takes over, ripe or not.
    fn first_signer(&self) -> Vec<Step> {
        match self.next() {
            Some(next) => self.hand_over(next),
            None => vec![Step::Announce { active_from: Some(self.now) }, Step::Announce { active_from: None }],
        }
    }

    /// A key is ripe once every JWKS that lacks it has left every cache. One that was announced together with the
    /// first signer was never missing from any.
    pub fn ripe_at(&self, next: &KeyRecord) -> Timestamp {
        let first = self.keys.iter().map(|key| key.announced_at).min();
        if first == Some(next.announced_at) { next.announced_at } else { next.announced_at + self.policy.announce_for }
    }

    fn hand_over(&self, next: &KeyRecord) -> Vec<Step> {
        let retire = self.signers().map(|key| Step::Retire {
            kid: key.kid.clone(),
            at: self.now,
            gone_at: self.now + self.policy.revocation_ttl,
        });
        let mut steps = vec![Step::Activate { kid: next.kid.clone(), from: self.now }];
        steps.extend(retire);
        steps.push(Step::Announce { active_from: None });
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn policy() -> KeyPolicy {
        KeyPolicy {
            algorithm: "RS256".to_owned(),
            rotate_every: Duration::from_secs(90 * 24 * 60 * 60),
            announce_for: 5 * MINUTE,
            revocation_ttl: 16 * MINUTE,
        }
    }

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    fn key(kid: &str, algorithm: &str, announced: i64, active_from: Option<i64>) -> KeyRecord {
        KeyRecord {
            kid: kid.to_owned(),
            algorithm: algorithm.to_owned(),
            sealed: Vec::new(),
            announced_at: at(announced),
            active_from: active_from.map(at),
            retired_at: None,
            gone_at: None,
            revoked_at: None,
        }
    }

    /// Applies steps as the store does, making up kids.
    fn apply(keys: &mut Vec<KeyRecord>, steps: Vec<Step>, policy: &KeyPolicy, now: Timestamp) {
        for step in steps {
            match step {
                Step::Announce { active_from } => {
                    let mut made = key(&format!("k{}", keys.len()), &policy.algorithm, now.secs(), None);
                    made.active_from = active_from;
                    keys.push(made);
                }
                Step::Activate { kid, from } => {
                    keys.iter_mut().filter(|k| k.kid == kid).for_each(|k| k.active_from = Some(from));
                }
                Step::Retire { kid, at, gone_at } => keys.iter_mut().filter(|k| k.kid == kid).for_each(|k| {
                    k.retired_at = Some(at);
                    k.gone_at = Some(gone_at);
                }),
            }
        }
    }

    #[test]
    fn an_empty_ring_gets_a_signer_and_a_stand_by() {
        let policy = policy();
        let mut keys = Vec::new();
        let steps = KeySchedule::new(&keys, &policy, at(0)).due();
        apply(&mut keys, steps, &policy, at(0));
        let ring = KeySchedule::new(&keys, &policy, at(0));
        assert_eq!(ring.signer().map(|k| k.kid.as_str()), Some("k0"));
        assert_eq!(ring.next().map(|k| k.kid.as_str()), Some("k1"));
        assert!(ring.due().is_empty());
    }

    #[test]
    fn the_stand_by_made_with_the_first_key_may_sign_at_once_the_next_only_when_ripe() {
        let policy = policy();
        let mut keys = vec![key("a", "RS256", 0, Some(0)), key("b", "RS256", 0, None)];
        let steps = KeySchedule::new(&keys, &policy, at(1)).rotate(false).expect("never missing from any JWKS");
        apply(&mut keys, steps, &policy, at(1));
        let ring = KeySchedule::new(&keys, &policy, at(2));
        assert_eq!(ring.signer().map(|k| k.kid.as_str()), Some("b"));
        assert_eq!(keys[0].state(at(2)), KeyState::Retired);
        assert_eq!(ring.rotate(false), Err(RotateError::NotRipe { ripe_at: at(301) }));
        assert!(ring.rotate(true).is_ok());
        assert!(KeySchedule::new(&keys, &policy, at(301)).rotate(false).is_ok());
        assert_eq!(keys[0].state(at(1 + 16 * 60)), KeyState::Gone);
    }

    #[test]
    fn a_key_is_replaced_when_it_is_ninety_days_old() {
        let policy = policy();
        let keys = vec![key("a", "RS256", 0, Some(0)), key("b", "RS256", 0, None)];
        let day = 24 * 60 * 60;
        assert!(KeySchedule::new(&keys, &policy, at(89 * day)).due().is_empty());
        let steps = KeySchedule::new(&keys, &policy, at(90 * day)).due();
        assert!(matches!(&steps[0], Step::Activate { kid, .. } if kid == "b"), "{steps:?}");
    }

    #[test]
    fn a_changed_algorithm_is_announced_first_and_signs_when_ripe() {
        let policy = KeyPolicy { algorithm: "ES256".to_owned(), ..policy() };
        let mut keys = vec![key("a", "RS256", 0, Some(0)), key("b", "RS256", 0, None)];
        let steps = KeySchedule::new(&keys, &policy, at(1000)).due();
        assert_eq!(steps, [Step::Announce { active_from: None }]);
        apply(&mut keys, steps, &policy, at(1000));
        assert!(KeySchedule::new(&keys, &policy, at(1299)).due().is_empty());
        let steps = KeySchedule::new(&keys, &policy, at(1300)).due();
        apply(&mut keys, steps, &policy, at(1300));
        let signer = KeySchedule::new(&keys, &policy, at(1300)).signer().map(|k| k.algorithm.clone());
        assert_eq!(signer.as_deref(), Some("ES256"));
        assert!(keys[0].state(at(1301)).verifies(), "no session is logged out");
    }

    #[test]
    fn at_every_instant_a_token_verifies_on_a_client_with_a_stale_jwks() {
        let policy = KeyPolicy { rotate_every: Duration::from_secs(3600), ..policy() };
        let mut keys = Vec::new();
        let mut published = Vec::new();
        for second in (0..4 * 3600).step_by(30) {
            let now = at(second);
            let steps = KeySchedule::new(&keys, &policy, now).due();
            apply(&mut keys, steps, &policy, now);
            let visible: Vec<String> = keys.iter().filter(|k| k.state(now).verifies()).map(|k| k.kid.clone()).collect();
            published.push(visible);
            let signer = KeySchedule::new(&keys, &policy, now).signer().map(|k| k.kid.clone()).expect("one signs");
            for cached in published.iter().rev().take(10) {
                assert!(cached.contains(&signer), "{signer} is missing from a JWKS under 5 minutes old at {second}");
            }
        }
        assert!(keys.len() > 4, "it did rotate");
    }

    #[test]
    fn when_the_signer_is_revoked_the_stand_by_takes_over_at_once() {
        let policy = policy();
        let mut keys = vec![key("a", "RS256", 0, Some(0)), key("b", "RS256", 500, None)];
        keys[0].revoked_at = Some(at(501));
        let steps = KeySchedule::new(&keys, &policy, at(501)).due();
        apply(&mut keys, steps, &policy, at(501));
        let ring = KeySchedule::new(&keys, &policy, at(501));
        assert_eq!(ring.signer().map(|k| k.kid.as_str()), Some("b"));
        assert!(ring.next().is_some());
    }

    #[test]
    fn a_clock_that_was_set_back_leaves_a_key_to_sign() {
        let policy = policy();
        let mut keys = vec![key("a", "RS256", 7200, Some(7200)), key("b", "RS256", 7200, None)];
        let first = KeySchedule::new(&keys, &policy, at(3600));
        assert_eq!(first.signer().map(|k| k.kid.as_str()), Some("a"));
        assert!(first.due().is_empty(), "it is not a reason to make another");
        let steps = KeySchedule::new(&keys, &policy, at(7300)).rotate(true).expect("forced");
        apply(&mut keys, steps, &policy, at(7300));
        assert_eq!(KeySchedule::new(&keys, &policy, at(3700)).signer().map(|k| k.kid.as_str()), Some("b"));
    }

    #[test]
    fn a_revoked_key_never_verifies_again() {
        let mut revoked = key("a", "RS256", 0, Some(0));
        revoked.revoked_at = Some(at(5));
        assert_eq!(revoked.state(at(4)), KeyState::Revoked);
        assert!(!revoked.state(at(9)).verifies());
    }
}
