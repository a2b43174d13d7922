//! A public key is no HMAC secret.

use hallpass_jose::{Jwk, VerifyingKey};

fn confuse(public: &VerifyingKey, jwk: &Jwk) {
    let _ = VerifyingKey::from_secret(public);
    let _ = VerifyingKey::from_secret(jwk);
    let _ = VerifyingKey::from_jwk(public);
}

fn main() {}
