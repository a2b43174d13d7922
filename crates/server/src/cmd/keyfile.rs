//! Keys in files: PEM, JWK, JWKS, or a plain secret.

use std::fs;
use std::path::Path;

use hallpass_jose::{Alg, Jwk, JwkSet, KeySet, SigningKey, VerifyingKey};
use zeroize::Zeroizing;

use super::failure::{Failure, Result};

fn read(file: &Path) -> Result<Zeroizing<String>> {
    let read = fs::read_to_string(file);
    read.map(Zeroizing::new).map_err(|error| Failure::new("io", format!("cannot read {}: {error}", file.display())))
}

fn parse_alg(name: Option<&str>) -> Result<Alg> {
    let known = || Alg::ALL.iter().map(|alg| alg.as_str()).collect::<Vec<_>>().join(", ");
    let name = name.ok_or_else(|| Failure::usage(format!("name the algorithm that the key is for: {}", known())))?;
    name.parse().map_err(|_| Failure::usage(format!("`{name}` is not one of {}", known())))
}

/// A key that signs.
pub(super) fn signing(file: &Path, algorithm: Option<&str>) -> Result<SigningKey> {
    let text = read(file)?;
    if text.trim_start().starts_with('{') {
        let key = SigningKey::from_jwk(&text)?;
        return match algorithm {
            Some(name) if parse_alg(Some(name))? != key.alg() => {
                Err(Failure::new("wrong_algorithm", format!("the key says that it is for {}", key.alg())))
            }
            _ => Ok(key),
        };
    }
    let alg = parse_alg(algorithm)?;
    let key =
        if alg.is_symmetric() { SigningKey::from_secret(secret(&text))? } else { SigningKey::from_pem(alg, &text)? };
    Ok(key)
}

/// Keys that verify: a JWKS, one public JWK, a public key in PEM, or the secret of HS256.
pub(super) fn verifying(file: &Path, algorithm: Option<&str>) -> Result<KeySet> {
    let text = read(file)?;
    // A set has `keys`, a single key has none.
    if let Ok(set) = JwkSet::parse(&text) {
        return Ok(KeySet::from_jwks(&set));
    }
    Ok(std::iter::once(single(&text, algorithm)?).collect())
}

/// The public key of another party.
pub(super) fn public(file: &Path, algorithm: Option<&str>) -> Result<Jwk> {
    let key = single(&read(file)?, algorithm)?;
    key.public_jwk().ok_or_else(|| Failure::usage("a public key is needed, not a secret"))
}

fn single(text: &str, algorithm: Option<&str>) -> Result<VerifyingKey> {
    if text.trim_start().starts_with('{') {
        return Ok(VerifyingKey::from_jwk(&Jwk::parse(text)?)?);
    }
    let alg = parse_alg(algorithm)?;
    let key =
        if alg.is_symmetric() { VerifyingKey::from_secret(secret(text)) } else { VerifyingKey::from_pem(alg, text) };
    Ok(key?)
}

/// The newline that editors put at the end is not part of a secret.
fn secret(text: &str) -> &[u8] {
    let line = text.strip_suffix('\n').unwrap_or(text);
    line.strip_suffix('\r').unwrap_or(line).as_bytes()
}
