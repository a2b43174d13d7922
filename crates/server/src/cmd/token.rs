//! `hallpass token`: signing, reading and verifying without a server.

use std::path::PathBuf;

use clap::Subcommand;
use hallpass_jose::dangerous::{self, Decoded};
use hallpass_jose::parse_strict;
use hallpass_model::Timestamp;
use hallpass_token::{ACCESS_TOKEN_TYP, Policy, verify_as};
use serde_json::{Map, Value, json};

use super::World;
use super::failure::{Failure, Result};
use super::keyfile;
use super::out::Out;
use crate::config::value;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Sign claims; `iat`, `exp` and `jti` are added when they are missing.
    Sign {
        /// The private key: PKCS#8 PEM, private JWK, or a secret for HS256.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// The algorithm; a JWK says it itself.
        #[arg(long, value_name = "ALG")]
        algorithm: Option<String>,
        /// The claims, a JSON object.
        #[arg(long, value_name = "JSON", default_value = "{}")]
        claims: String,
        /// How long it lives, such as 15m.
        #[arg(long, value_name = "DURATION", default_value = "15m")]
        ttl: String,
        /// The header's `typ`.
        #[arg(long, default_value = ACCESS_TOKEN_TYP)]
        typ: String,
    },
    /// Show what a token says. Nothing of it is verified.
    Decode {
        /// The token, or - for standard input.
        token: String,
    },
    /// Verify a token against a key file or a JWKS.
    Verify {
        /// The token, or - for standard input.
        token: String,
        /// JWKS, public JWK, public PEM, or the secret of HS256.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// The algorithm; JWK and JWKS say it themselves.
        #[arg(long, value_name = "ALG")]
        algorithm: Option<String>,
        /// Who must have issued it.
        #[arg(long)]
        issuer: String,
        /// Whom it must be for.
        #[arg(long)]
        audience: String,
        /// What its `typ` must be.
        #[arg(long, default_value = ACCESS_TOKEN_TYP, value_parser = [ACCESS_TOKEN_TYP, "JWT"])]
        typ: String,
    },
}

pub(super) fn run(command: Command, world: &World, out: &Out) -> Result<()> {
    let now = world.clock.now().secs();
    match command {
        Command::Sign { key, algorithm, claims, ttl, typ } => {
            let key = keyfile::signing(&key, algorithm.as_deref())?;
            let claims = complete(&claims, &ttl, now, world)?;
            let token = key.sign(&typ, &claims)?;
            out.print(&json!({"token": token, "kid": key.kid(), "claims": claims}), || token.clone())
        }
        Command::Decode { token } => {
            let Decoded { header, claims, signature } = dangerous::decode(&from_argument(&token)?)?;
            let document = json!({
                "header": header, "claims": claims, "signature_bytes": signature.len(), "verified": false,
            });
            out.print(&document, || {
                let part = |value: &Map<String, Value>| serde_json::to_string_pretty(value).unwrap_or_default();
                let (header, times, claims) = (part(&header), times(&claims, now), part(&claims));
                let signature = signature.len();
                format!("header {header}\nclaims {claims}\n{times}signature of {signature} bytes, not verified")
            })
        }
        Command::Verify { token, key, algorithm, issuer, audience, typ } => {
            let keys = keyfile::verifying(&key, algorithm.as_deref())?;
            let typ = if typ == "JWT" { "JWT" } else { ACCESS_TOKEN_TYP };
            // How long another issuer's tokens may live is for it to say.
            let policy = Policy { issuer, audience, typ, leeway_secs: 0, max_lifetime_secs: u64::MAX };
            let token = from_argument(&token)?;
            let claims = verify_as::<Map<String, Value>>(&token, &keys, &policy, now)?.into_inner();
            out.print(&json!({"verified": true, "claims": claims}), || {
                let shown = serde_json::to_string_pretty(&claims).unwrap_or_default();
                format!("{shown}\n{}verified", times(&claims, now))
            })
        }
    }
}

fn from_argument(token: &str) -> Result<String> {
    let text = if token == "-" { std::io::read_to_string(std::io::stdin())? } else { token.to_owned() };
    Ok(text.trim().to_owned())
}

fn complete(claims: &str, ttl: &str, now: i64, world: &World) -> Result<Map<String, Value>> {
    let ttl = value::duration(ttl).map_err(Failure::usage)?.as_secs();
    let Ok(Value::Object(mut claims)) = parse_strict(claims.as_bytes()) else {
        return Err(Failure::usage("--claims must be a JSON object without duplicate names"));
    };
    let mut bytes = [0; 16];
    world.random.fill(&mut bytes)?;
    claims.entry("iat").or_insert_with(|| now.into());
    claims.entry("exp").or_insert_with(|| now.saturating_add_unsigned(ttl).into());
    claims.entry("jti").or_insert_with(|| base64_simd::URL_SAFE_NO_PAD.encode_to_string(bytes).into());
    Ok(claims)
}

/// The times of a token in words.
fn times(claims: &Map<String, Value>, now: i64) -> String {
    let line = |(name, words): (&str, &str)| {
        let at = claims.get(name)?.as_i64()?;
        let distance = at.abs_diff(now);
        let when = if at > now { format!("in {distance} s") } else { format!("{distance} s ago") };
        Some(format!("{words} {} ({when})\n", Timestamp::from_secs(at)))
    };
    [("iat", "issued "), ("nbf", "valid from"), ("exp", "expires")].into_iter().filter_map(line).collect()
}
