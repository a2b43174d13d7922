//! Keys and tokens for the tests.

use std::sync::OnceLock;

use hallpass_jose::{Alg, KeySet, SigningKey};
use hallpass_token::{AccessClaims, Policy};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// One key of each algorithm, made when it is asked for, and once. RSA keys take their time, and are read instead.
pub fn key(alg: Alg) -> &'static SigningKey {
    static KEYS: [OnceLock<SigningKey>; Alg::ALL.len()] = [const { OnceLock::new() }; Alg::ALL.len()];
    let place = Alg::ALL.iter().position(|each| *each == alg).expect("one of all");
    let rsa = || SigningKey::from_pem(alg, &pem_file("rsa2048-pkcs8"));
    KEYS[place].get_or_init(|| if alg.is_rsa() { rsa() } else { SigningKey::generate(alg) }.expect("a key"))
}

pub fn es256() -> &'static SigningKey {
    key(Alg::Es256)
}

pub fn set(keys: &[&SigningKey]) -> KeySet {
    keys.iter().map(|key| key.verifying_key()).collect()
}

pub fn unb64(text: &str) -> Vec<u8> {
    base64_simd::URL_SAFE_NO_PAD.decode_to_vec(text).expect("base64url")
}

pub fn b64(bytes: impl AsRef<[u8]>) -> String {
    base64_simd::URL_SAFE_NO_PAD.encode_to_string(bytes)
}

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

/// A key that OpenSSL made, see `README.md` beside them.
pub fn pem_file(name: &str) -> String {
    let path = format!("{}/../jose/tests/keys/{name}.pem", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).expect("the keys are here")
}
