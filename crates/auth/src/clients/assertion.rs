//! Client assertions: a JWT by which a client proves that it holds its private key (RFC 7523 §3).

use aws_lc_rs::digest::{Context, SHA256};
use hallpass_jose::{KeySet, VerifyingKey, dangerous, parse_strict, verify_payload};
use hallpass_model::ClientId;
use serde::Deserialize;

use crate::{Error, Result};

/// How far ahead an assertion may expire, in seconds: it is made for one request.
const LONGEST_LIFE: i64 = 300;
/// How far a client's clock may be ahead, in seconds.
const CLOCK_SKEW: i64 = 30;
/// What an assertion is good for once.
pub(super) const PURPOSE: &str = "client_assertion";

/// What an assertion says. Unknown members are allowed, as RFC 7523 does.
#[derive(Debug, Deserialize)]
pub(super) struct Assertion {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    #[serde(default)]
    iat: Option<i64>,
    #[serde(default)]
    nbf: Option<i64>,
    jti: String,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Assertion {
    /// Whom an assertion claims to come from: not believed, only used to find the key that must verify it.
    pub(super) fn stated_client(text: &str) -> Result<ClientId> {
        let stated = dangerous::decode(text).map_err(|_| Error::InvalidClient)?;
        let issuer = stated.claims.get("iss").and_then(serde_json::Value::as_str);
        issuer.and_then(|issuer| issuer.parse().ok()).ok_or(Error::InvalidClient)
    }

    /// Checks the seal with the client's key. Clients name their keys as they like, or not at all.
    pub(super) fn verify(text: &str, key: VerifyingKey, now: i64) -> Result<Self> {
        let stated = dangerous::decode(text).map_err(|_| Error::InvalidClient)?;
        let key = match stated.header.get("kid").and_then(serde_json::Value::as_str) {
            Some(kid) => key.with_kid(kid),
            None => key,
        };
        let keys: KeySet = std::iter::once(key).collect();
        let payload = verify_payload(text, &keys).map_err(|error| {
            tracing::debug!(code = error.code(), now, "client assertion refused");
            Error::InvalidClient
        })?;
        let claims = parse_strict(&payload).map_err(|_| Error::InvalidClient)?;
        serde_json::from_value(claims).map_err(|_| Error::InvalidClient)
    }

    /// Issued by and about this client, for this server alone, and for a moment.
    pub(super) fn check(&self, client: ClientId, issuer: &str, now: i64) -> Result<()> {
        let id = client.to_string();
        let is_for_us = match &self.aud {
            Audience::One(one) => one == issuer,
            // A second audience could present the assertion here.
            Audience::Many(many) => many.len() == 1 && many.first().is_some_and(|one| one == issuer),
        };
        let is_timely = now < self.exp && self.exp <= now + LONGEST_LIFE + CLOCK_SKEW;
        let has_begun = [self.iat, self.nbf].into_iter().flatten().all(|at| at <= now + CLOCK_SKEW);
        let is_named = (1..=256).contains(&self.jti.len());
        if self.iss == id && self.sub == id && is_for_us && is_timely && has_begun && is_named {
            Ok(())
        } else {
            Err(Error::InvalidClient)
        }
    }

    /// The name under which it is remembered, on every replica. Two clients may choose the same `jti`.
    pub(super) fn key(&self, client: ClientId) -> [u8; 32] {
        let mut context = Context::new(&SHA256);
        for part in [PURPOSE.as_bytes(), &[0], client.as_bytes(), self.jti.as_bytes()] {
            context.update(part);
        }
        let mut key = [0; 32];
        key.copy_from_slice(context.finish().as_ref());
        key
    }

    /// When it expires, seconds since the epoch.
    pub(super) const fn expires_at(&self) -> i64 {
        self.exp
    }
}
