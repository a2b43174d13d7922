//! An issuer in memory, for the tests of your service.
//!
//! ```
//! # use hallpass_verify::testing::TestIssuer;
//! let issuer = TestIssuer::new();
//! let verifier = issuer.verifier();
//! let claims = verifier.verify_offline(&issuer.token("ada", "admin")).expect("a good token");
//! assert_eq!((claims.subject.as_str(), claims.has_role("admin")), ("ada", true));
//! ```

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use hallpass_jose::{Alg, SigningKey};
use hallpass_token::ACCESS_TOKEN_TYP;
use serde_json::{Value, json};

use crate::builder::{Builder, Given, Missing};
use crate::{NoExtra, Verifier};

/// The issuer of test tokens.
pub const ISSUER: &str = "https://issuer.test";
/// Their audience.
pub const AUDIENCE: &str = "https://api.test";
/// Where the issuer's clock stands at first: 2027-01-15T08:00:00Z.
pub const NOW: i64 = 1_800_000_000;

/// Mints tokens, and makes verifiers that believe them, on a clock of its own.
#[derive(Debug)]
pub struct TestIssuer {
    key: SigningKey,
    now: Arc<AtomicI64>,
    minted: AtomicU64,
}

impl Default for TestIssuer {
    fn default() -> Self {
        Self::new()
    }
}

impl TestIssuer {
    /// With a fresh Ed25519 key.
    ///
    /// # Panics
    /// When the system has no randomness.
    pub fn new() -> Self {
        Self::with_algorithm(Alg::EdDsa)
    }

    /// With a fresh key of this algorithm.
    ///
    /// # Panics
    /// When the system has no randomness.
    #[allow(clippy::expect_used, reason = "a test that cannot begin should say so")]
    pub fn with_algorithm(algorithm: Alg) -> Self {
        let key = SigningKey::generate(algorithm).expect("randomness");
        Self { key, now: Arc::new(AtomicI64::new(NOW)), minted: AtomicU64::new(0) }
    }

    /// Turns the clock of this issuer and of its verifiers.
    pub fn advance(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }

    /// What the clock says, in seconds since the epoch.
    pub fn now(&self) -> i64 {
        self.now.load(Ordering::SeqCst)
    }

    /// The key set, as the issuer would publish it; empty for HS256.
    pub fn jwks(&self) -> String {
        json!({"keys": self.key.public_jwk().into_iter().collect::<Vec<_>>()}).to_string()
    }

    /// A verifier that believes this issuer's tokens.
    ///
    /// # Panics
    /// For an HS256 issuer, which publishes no key.
    #[allow(clippy::expect_used, reason = "a test that cannot begin should say so")]
    pub fn verifier(&self) -> Verifier {
        self.builder().jwks(&self.jwks()).expect("a key set").build()
    }

    /// The beginning of one, on this issuer's clock, for a test of other settings.
    pub fn builder(&self) -> Builder<NoExtra, Given, Given, Missing> {
        let now = self.now.clone();
        let clock = Arc::new(move || now.load(Ordering::SeqCst));
        Verifier::builder().issuer(ISSUER).audience(AUDIENCE).clock(clock)
    }

    /// A good token.
    pub fn token(&self, subject: &str, role: &str) -> String {
        self.token_with(json!({"sub": subject, "role": role}))
    }

    /// A token with these claims instead of, or beside, the usual ones; `null` leaves one out.
    ///
    /// # Panics
    /// When signing fails.
    #[allow(clippy::needless_pass_by_value, reason = "it reads as a literal at the call")]
    pub fn token_with(&self, claims: Value) -> String {
        let (now, number) = (self.now(), self.minted.fetch_add(1, Ordering::Relaxed));
        let mut all = json!({
            "iss": ISSUER, "aud": AUDIENCE, "sub": "user-1", "role": "user", "iat": now, "exp": now + 900,
            "jti": format!("token-{number}"), "sid": "session-1",
        });
        for (name, value) in claims.as_object().into_iter().flatten() {
            all[name] = value.clone();
        }
        if let Some(members) = all.as_object_mut() {
            members.retain(|_, value| !value.is_null());
        }
        self.sign(ACCESS_TOKEN_TYP, &all)
    }

    /// Signs anything.
    ///
    /// # Panics
    /// When signing fails.
    #[allow(clippy::expect_used, reason = "a test that cannot begin should say so")]
    pub fn sign(&self, typ: &str, claims: &Value) -> String {
        self.key.sign(typ, claims).expect("it signs")
    }
}
