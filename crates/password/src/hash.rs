//! Stored hashes: made, verified, judged against today's cost.

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use aws_lc_rs::hmac;
use base64_simd::STANDARD;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::Password;
use crate::scheme::{HashError, Scheme};
use crate::stored::{Stored, decode_salt};

/// bcrypt reads 72 bytes, the terminator among them.
const BCRYPT_BYTES: usize = 71;

/// What a verification found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Whether the password is the one.
    pub ok: bool,
    /// Whether the stored hash should be remade: below today's cost, another scheme, cut by bcrypt elsewhere, or made of
    /// another Unicode form of the password.
    pub needs_rehash: bool,
    /// Whether the stored text could not be read. No password matches it.
    pub is_unreadable: bool,
}

/// Hashes a password under a scheme, with a fresh salt.
///
/// # Errors
/// [`HashError::Failed`].
pub fn hash(password: &Password, scheme: Scheme) -> Result<String, HashError> {
    let text = &*password.prepared();
    match scheme {
        Scheme::Bcrypt { cost } if text.len() <= BCRYPT_BYTES => {
            bcrypt::hash(text, cost).map_err(|_| HashError::Failed)
        }
        Scheme::Bcrypt { cost } => bcrypt_sha256(text, cost),
        Scheme::Argon2id { memory_kib, iterations, parallelism } => {
            let params = Params::new(memory_kib, iterations, parallelism, None).map_err(|_| HashError::Failed)?;
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            Ok(argon2.hash_password(text.as_bytes()).map_err(|_| HashError::Failed)?.to_string())
        }
    }
}

/// Verifies a password against a stored hash, and judges the hash against today's scheme.
///
/// The prepared form of the password is tried first, then the text as it came: a hash may be older than the
/// preparation, or made elsewhere without it.
///
/// # Errors
/// [`HashError::Unreadable`] for a malformed or hostile stored text; never a panic.
pub fn verify(password: &Password, stored: &str, today: Scheme) -> Result<Verdict, HashError> {
    let stored = Stored::parse(stored)?;
    let (prepared, raw) = (password.prepared(), password.expose());
    if matches(&prepared, &stored)? {
        return Ok(Verdict {
            ok: true,
            needs_rehash: stored.is_cut(&prepared) || stored.is_weaker_than(today),
            is_unreadable: false,
        });
    }
    let ok = *prepared != raw && matches(raw, &stored)?;
    Ok(Verdict { ok, needs_rehash: ok, is_unreadable: false })
}

fn matches(text: &str, stored: &Stored) -> Result<bool, HashError> {
    Ok(match stored {
        Stored::Bcrypt { text: hash, .. } => {
            // A NUL would end the password for bcrypt: `secret\0junk` must not pass for `secret`.
            let matches = bcrypt::verify(text, hash).map_err(|_| HashError::Unreadable)?;
            matches && !text.contains('\0')
        }
        Stored::BcryptSha256 { cost, salt, digest } => {
            let made = digest_of(text, *cost, salt)?;
            made.as_bytes().ct_eq(digest.as_bytes()).into()
        }
        Stored::Argon2id { hash, .. } => Argon2::default().verify_password(text.as_bytes(), hash.as_ref()).is_ok(),
    })
}

impl Stored {
    /// Whether bcrypt has read only the head of the password.
    fn is_cut(&self, text: &str) -> bool {
        matches!(self, Self::Bcrypt { .. }) && text.len() > BCRYPT_BYTES
    }
}

/// Whether a stored text is a hash that [`verify`] can read, for imports.
///
/// # Errors
/// [`HashError::Unreadable`] when not.
pub fn check_stored(stored: &str) -> Result<(), HashError> {
    Stored::parse(stored).map(|_| ())
}

/// passlib's `bcrypt-sha256`, version 2: bcrypt over base64(HMAC-SHA-256(key: the salt's text, password)), which is 44
/// bytes, holds no NUL, and cannot be fed from a stolen table of plain SHA-256 hashes.
fn bcrypt_sha256(password: &str, cost: u32) -> Result<String, HashError> {
    let mut raw = [0; 16];
    aws_lc_rs::rand::fill(&mut raw).map_err(|_| HashError::Failed)?;
    let salt = bcrypt::hash_with_salt("", 4, raw).map_err(|_| HashError::Failed)?.get_salt();
    let digest = digest_of(password, cost, &salt)?;
    Ok(format!("$bcrypt-sha256$v=2,t=2b,r={cost}${salt}${digest}"))
}

fn digest_of(password: &str, cost: u32, salt: &str) -> Result<String, HashError> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, salt.as_bytes());
    let mac = hmac::sign(&key, password.as_bytes());
    let inner = Zeroizing::new(STANDARD.encode_to_string(mac.as_ref()));
    let raw = decode_salt(salt).ok_or(HashError::Unreadable)?;
    let parts = bcrypt::hash_with_salt(inner.as_bytes(), cost, raw).map_err(|_| HashError::Failed)?;
    let text = parts.format_for_version(bcrypt::Version::TwoB);
    text.get(29..).map(str::to_owned).ok_or(HashError::Failed)
}
