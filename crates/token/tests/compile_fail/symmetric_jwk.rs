//! A symmetric key is no `Jwk`, and a secret key is none before it was asked for its public half.

use hallpass_jose::{Jwk, JwkSet, SigningKey};

fn publish(secret: SigningKey) -> JwkSet {
    JwkSet::new(vec![secret])
}

fn publish_half(secret: &SigningKey) -> Jwk {
    secret.public_jwk()
}

fn main() {}
