//! Tokens for the tests, and the keys that the tests of the layer below sign with.

use hallpass_token::{AccessClaims, Policy};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

#[path = "../../../jose/tests/it/support.rs"]
#[allow(dead_code, reason = "not every one is needed here")]
mod keys;
pub use keys::*;

/// When the tests take place, in seconds since the epoch.
pub const NOW: i64 = 1_800_000_100;

pub fn claims() -> AccessClaims {
    AccessClaims {
        iss: "https://auth.example".to_owned(),
        aud: "https://api.example".to_owned(),
        sub: "01890a5d-ac96-774b-bcce-b302099a8057".to_owned(),
        role: "user".to_owned(),
        iat: 1_800_000_000,
        exp: 1_800_000_900,
        jti: "Zm9vYmFyYmF6cXV4MTIzNA".to_owned(),
        sid: "01890a5d-ac96-774b-bcce-b302099a8058".to_owned(),
        ..AccessClaims::default()
    }
}

pub fn policy() -> Policy {
    Policy {
        issuer: "https://auth.example".to_owned(),
        audience: "https://api.example".to_owned(),
        typ: "at+jwt",
        leeway_secs: 0,
        max_lifetime_secs: 900,
    }
}

/// Properties are tried with the same cases each time.
pub fn fixed(cases: u32) -> ProptestConfig {
    let rng_seed = RngSeed::Fixed(0x6a6f_7365);
    ProptestConfig { cases, rng_seed, failure_persistence: None, ..ProptestConfig::default() }
}

/// Claims that are good at [`NOW`].
pub fn any_claims() -> impl Strategy<Value = AccessClaims> {
    let text = any::<[String; 4]>();
    (text, 0..=NOW, 1..=900_i64).prop_map(|([sub, role, jti, sid], before, lifetime)| {
        let iat = NOW - before % lifetime;
        AccessClaims { sub, role, jti, sid, iat, exp: iat + lifetime, ..claims() }
    })
}
