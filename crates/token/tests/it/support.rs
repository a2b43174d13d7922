//! Tokens for the tests, and the keys that the tests of the layer below sign with.

use std::borrow::Cow;

use hallpass_jose::KeySet;
use hallpass_token::{AccessClaims, Error, Policy, verify};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

#[path = "../../../jose/tests/it/support.rs"]
#[allow(dead_code, reason = "not every one is needed here")]
mod keys;
pub use keys::*;

/// When the tests take place, in seconds since the epoch.
pub const NOW: i64 = 1_800_000_100;

pub fn claims() -> AccessClaims<'static> {
    AccessClaims {
        iss: "https://auth.example".into(),
        aud: "https://api.example".into(),
        sub: "01890a5d-ac96-774b-bcce-b302099a8057".into(),
        role: "user".into(),
        iat: 1_800_000_000,
        exp: 1_800_000_900,
        jti: "Zm9vYmFyYmF6cXV4MTIzNA".into(),
        sid: "01890a5d-ac96-774b-bcce-b302099a8058".into(),
        ..AccessClaims::default()
    }
}

pub fn policy() -> Policy {
    Policy {
        issuer: "https://auth.example".into(),
        audience: "https://api.example".into(),
        typ: "at+jwt",
        leeway_secs: 0,
        max_lifetime_secs: 900,
    }
}

/// Verifies a token under [`policy`] at [`NOW`], and keeps its claims.
pub fn open(token: &str, keys: &KeySet) -> Result<AccessClaims<'static>, Error> {
    open_under(&policy(), token, keys, NOW)
}

/// The same under any policy at any instant.
pub fn open_under(policy: &Policy, token: &str, keys: &KeySet, now: i64) -> Result<AccessClaims<'static>, Error> {
    let own = |text: &str| Cow::Owned(text.to_owned());
    let verified = verify(token, keys, policy, now, |claims| AccessClaims {
        iss: own(&claims.iss),
        aud: own(&claims.aud),
        sub: own(&claims.sub),
        role: own(&claims.role),
        jti: own(&claims.jti),
        sid: own(&claims.sid),
        ..claims.clone()
    });
    verified.map(hallpass_jose::Verified::into_inner)
}

/// Properties are tried with the same cases each time.
pub fn fixed(cases: u32) -> ProptestConfig {
    let rng_seed = RngSeed::Fixed(0x6a6f_7365);
    ProptestConfig { cases, rng_seed, failure_persistence: None, ..ProptestConfig::default() }
}

/// Claims that are good at [`NOW`].
pub fn any_claims() -> impl Strategy<Value = AccessClaims<'static>> {
    let text = any::<[String; 4]>();
    (text, 0..=NOW, 1..=900_i64).prop_map(|([sub, role, jti, sid], before, lifetime)| {
        let iat = NOW - before % lifetime;
        let [sub, role, jti, sid] = [sub, role, jti, sid].map(Cow::Owned);
        AccessClaims { sub, role, jti, sid, iat, exp: iat + lifetime, ..claims() }
    })
}
