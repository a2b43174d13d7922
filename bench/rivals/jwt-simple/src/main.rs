//! Signs and verifies one access token with `jwt-simple`: `jwt-simple-rival ALGORITHM BATCHES`, JSON lines on stdout.

/// The very batches that hallpass is measured in.
#[path = "../../../src/library/batches.rs"]
mod batches;

use std::hint::black_box;

use jwt_simple::common::{HeaderOptions, VerificationOptions};
use jwt_simple::prelude::*;
use serde_json::{Value, json};

const TOKEN: &str = include_str!("../../token.json");
const RSA_BITS: usize = 2048;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;
type Claims = JWTClaims<Own>;
type Sign = dyn Fn(Claims, &HeaderOptions) -> Result<String, jwt_simple::Error>;
type Verify = dyn Fn(&str, Option<VerificationOptions>) -> Result<Claims, jwt_simple::Error>;

/// The claims that no RFC names.
#[derive(Clone, Serialize, Deserialize)]
struct Own {
    role: String,
    sid: String,
}

/// What every library signs, and what it demands.
struct Token {
    claims: Claims,
    kid: String,
    header: HeaderOptions,
    demands: VerificationOptions,
}

/// The key of one algorithm.
struct Key {
    sign: Box<Sign>,
    verify: Box<Verify>,
}

impl Token {
    fn read() -> Outcome<Self> {
        let token: Value = serde_json::from_str(TOKEN)?;
        let claims: Claims = serde_json::from_value(token["claims"].clone())?;
        let header = HeaderOptions { signature_type: text(&token["header"]["typ"]), ..HeaderOptions::default() };
        let demands = VerificationOptions {
            allowed_issuers: Some(claims.issuer.iter().cloned().collect()),
            allowed_audiences: Some(text(&token["claims"]["aud"]).into_iter().collect()),
            ..VerificationOptions::default()
        };
        Ok(Self { claims, kid: text(&token["header"]["kid"]).unwrap_or_default(), header, demands })
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// The traits of the keys have nothing in common.
macro_rules! key {
    ($pair:expr, $kid:expr) => {{
        let pair = $pair.with_key_id($kid);
        let public = pair.public_key();
        Key {
            sign: Box::new(move |claims, header| pair.sign_with_options(claims, header)),
            verify: Box::new(move |token, demands| public.verify_token(token, demands)),
        }
    }};
}

fn secret(kid: &str) -> Key {
    let signing = HS256Key::generate().with_key_id(kid);
    let verifying = signing.clone();
    Key {
        sign: Box::new(move |claims, header| signing.authenticate_with_options(claims, header)),
        verify: Box::new(move |token, demands| verifying.verify_token(token, demands)),
    }
}

fn key(algorithm: &str, kid: &str) -> Outcome<Key> {
    Ok(match algorithm {
        "HS256" => secret(kid),
        "RS256" => key!(RS256KeyPair::generate(RSA_BITS)?, kid),
        "RS384" => key!(RS384KeyPair::generate(RSA_BITS)?, kid),
        "RS512" => key!(RS512KeyPair::generate(RSA_BITS)?, kid),
        "PS256" => key!(PS256KeyPair::generate(RSA_BITS)?, kid),
        "ES256" => key!(ES256KeyPair::generate(), kid),
        "ES384" => key!(ES384KeyPair::generate(), kid),
        "EdDSA" => key!(Ed25519KeyPair::generate(), kid),
        other => return Err(format!("there is no {other}").into()),
    })
}

/// Refuses to measure a library that checks less than the others.
fn assert_checks(key: &Key, token: &Token) -> Outcome<()> {
    let mut expired = token.claims.clone();
    expired.expires_at = expired.issued_at;
    let issuer = token.claims.clone().with_issuer("https://other.example");
    let audience = token.claims.clone().with_audience("https://other.example");
    let sign = |claims| (key.sign)(claims, &token.header);
    let good = sign(token.claims.clone())?;
    let (message, _) = good.rsplit_once('.').ok_or("a token has three parts")?;
    let other = sign(expired.clone())?;
    let (_, signature) = other.rsplit_once('.').ok_or("a token has three parts")?;
    let forged = format!("{message}.{signature}");
    let bad = [("signature", forged), ("exp", other), ("iss", sign(issuer)?), ("aud", sign(audience)?)];
    match bad.iter().find(|(_, bad)| (key.verify)(bad, Some(token.demands.clone())).is_ok()) {
        Some((what, _)) => Err(format!("{what} is not checked").into()),
        None => Ok(()),
    }
}

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(algorithm), Some(count)) = (arguments.next(), arguments.next()) else {
        return Err("usage: jwt-simple-rival ALGORITHM BATCHES".into());
    };
    let count: u32 = count.parse()?;
    let token = Token::read()?;
    let key = key(&algorithm, &token.kid)?;
    assert_checks(&key, &token)?;
    let compact = (key.sign)(token.claims.clone(), &token.header)?;
    (key.verify)(&compact, Some(token.demands.clone()))?;
    // Claims and demands are taken by value: making them anew is part of a call.
    let mut works: [batches::Work<'_>; 2] = [
        Box::new(|| drop(black_box((key.sign)(black_box(&token.claims).clone(), &token.header)))),
        Box::new(|| drop(black_box((key.verify)(black_box(&compact), Some(token.demands.clone()))))),
    ];
    let measured = batches::best(&mut works, count);
    for (operation, us) in ["sign", "verify"].into_iter().zip(measured) {
        let row = json!({"algorithm": algorithm, "operation": operation, "library": "jwt-simple (Rust)", "us": us});
        println!("{row}");
    }
    Ok(())
}
