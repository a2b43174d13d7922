//! The crate `jsonwebtoken`, which parses its keys anew for every token.

use std::hint::black_box;

use hallpass_jose::{Alg, SigningKey};
use hallpass_token::{ACCESS_TOKEN_TYP, AccessClaims};
use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation};
use serde::Deserialize;

use super::batches::Work;
use crate::Outcome;

pub(crate) const LIBRARY: &str = "jsonwebtoken (Rust)";

/// The same claims, owned: this library can lend none.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "they are read, not looked at")]
struct OwnedClaims {
    iss: String,
    aud: String,
    sub: String,
    role: String,
    iat: i64,
    exp: i64,
    jti: String,
    sid: String,
}

/// The key as this library has it.
pub(crate) struct JwtCrate {
    header: Header,
    signing: EncodingKey,
    verifying: DecodingKey,
    validation: Validation,
}

impl JwtCrate {
    pub(crate) fn new(key: &SigningKey, private: &[u8]) -> Outcome<Self> {
        let algorithm = key.alg().as_str().parse()?;
        let (typ, kid) = (Some(ACCESS_TOKEN_TYP.to_owned()), Some(key.kid().to_owned()));
        let verifying = match key.public_jwk() {
            Some(jwk) => DecodingKey::from_jwk(&serde_json::from_value(serde_json::to_value(jwk)?)?)?,
            None => DecodingKey::from_secret(private),
        };
        Ok(Self {
            header: Header { typ, kid, ..Header::new(algorithm) },
            signing: signing_key(key.alg(), private)?,
            verifying,
            validation: Validation::new(algorithm),
        })
    }

    pub(crate) fn sign<'a>(&'a self, claims: &'a AccessClaims<'_>) -> Work<'a> {
        Box::new(|| {
            let token = jsonwebtoken::encode(&self.header, black_box(claims), &self.signing);
            drop(black_box(token.expect("a token")));
        })
    }

    pub(crate) fn verify<'a>(&'a self, token: &'a str, claims: &AccessClaims<'_>) -> Work<'a> {
        let mut validation = self.validation.clone();
        validation.set_issuer(&[&claims.iss]);
        validation.set_audience(&[&claims.aud]);
        Box::new(move || {
            let read = jsonwebtoken::decode::<OwnedClaims>(black_box(token), &self.verifying, &validation);
            drop(black_box(read.expect("a good token")));
        })
    }
}

fn signing_key(algorithm: Alg, private: &[u8]) -> Outcome<EncodingKey> {
    Ok(match algorithm {
        Alg::Hs256 => EncodingKey::from_secret(private),
        Alg::Es256 | Alg::Es384 => EncodingKey::from_ec_der(private),
        Alg::EdDsa => EncodingKey::from_ed_der(private),
        _ => EncodingKey::from_rsa_pem(pem::encode(&pem::Pem::new("PRIVATE KEY", private)).as_bytes())?,
    })
}
