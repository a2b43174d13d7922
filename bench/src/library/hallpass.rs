//! hallpass's own work, as its server and `hallpass-verify` do it.

use std::hint::black_box;
use std::sync::Arc;

use hallpass_jose::{KeySet, SigningKey};
use hallpass_token::{ACCESS_TOKEN_TYP, AccessClaims, Policy, TokenCache, verify};
use serde::Deserialize;

use super::batches::Work;
use crate::Outcome;

pub(crate) const LIBRARY: &str = "hallpass";
/// Every library signs these claims. They are good from 2023 to 2096: most rivals read the clock.
const TOKEN: &str = include_str!("../../rivals/token.json");
/// A generation of keys, as `hallpass-verify` counts them.
const KEYS: u64 = 1;

#[derive(Deserialize)]
struct TokenFile<'a> {
    #[serde(borrow)]
    claims: AccessClaims<'a>,
}

/// A key, and a token that it has signed.
pub(crate) struct Hallpass {
    key: SigningKey,
    keys: KeySet,
    policy: Policy,
    claims: AccessClaims<'static>,
    token: String,
    cache: TokenCache<u64, AccessClaims<'static>>,
}

impl Hallpass {
    pub(crate) fn new(key: SigningKey) -> Outcome<Self> {
        let TokenFile { claims } = serde_json::from_str(TOKEN)?;
        let policy = Policy {
            issuer: claims.iss.to_string(),
            audience: claims.aud.to_string(),
            typ: ACCESS_TOKEN_TYP,
            leeway_secs: 0,
            max_lifetime_secs: claims.exp.abs_diff(claims.iat),
        };
        let token = key.sign(ACCESS_TOKEN_TYP, &claims)?;
        let cache = TokenCache::new(1_000, usize::MAX);
        cache.put(&token, &KEYS, policy.good_at(claims.iat, claims.exp, None), Arc::new(claims.clone()));
        Ok(Self { keys: [key.verifying_key()].into_iter().collect(), key, policy, claims, token, cache })
    }

    pub(crate) fn claims(&self) -> &AccessClaims<'static> {
        &self.claims
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// What the signature is of.
    pub(crate) fn message(&self) -> &str {
        self.token.rsplit_once('.').map_or("", |(message, _)| message)
    }

    pub(crate) fn sign(&self) -> Work<'_> {
        Box::new(|| drop(black_box(self.key.sign(ACCESS_TOKEN_TYP, black_box(&self.claims)).expect("a token"))))
    }

    pub(crate) fn verify(&self) -> Work<'_> {
        Box::new(|| {
            let token = black_box(&self.token);
            let verified = verify(token, &self.keys, &self.policy, self.claims.iat, |claims| black_box(claims).exp);
            verified.expect("a good token");
        })
    }

    /// A token that was verified before.
    pub(crate) fn hit(&self) -> Work<'_> {
        Box::new(|| {
            drop(black_box(self.cache.get(black_box(&self.token), &KEYS, self.claims.iat).expect("a known token")));
        })
    }
}
