//! Stored hashes: made, verified, judged against today's cost.

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use aws_lc_rs::hmac;
use base64_simd::STANDARD;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::Password;
use crate::bcrypt_text::{self, Bcrypt};
use crate::engine::Engine;
use crate::scheme::{HashError, Scheme};
use crate::stored::Stored;

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
    hash_by(&Engine::Crate, password, scheme)
}

pub(crate) fn hash_by(engine: &Engine, password: &Password, scheme: Scheme) -> Result<String, HashError> {
    let text = &*password.prepared();
    match scheme {
        Scheme::Bcrypt { cost } => {
            if text.len() > BCRYPT_BYTES {
                let salt = bcrypt_text::new_salt()?;
                let digest = bcrypt_sha256(engine, text, cost, &salt)?;
                return Ok(format!("$bcrypt-sha256$v=2,t=2b,r={cost}${salt}${digest}"));
            }
            Ok(Bcrypt::make(engine, text.as_bytes(), cost)?.text())
        }
        Scheme::Argon2id { memory_kib, iterations, parallelism } => {
            let params = Params::new(memory_kib, iterations, parallelism, None).map_err(|_| HashError::Failed)?;
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            let hash = || argon2.hash_password(text.as_bytes()).map_err(|_| HashError::Failed);
            Ok(engine.alone(hash)?.to_string())
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
    verify_by(&Engine::Crate, password, stored, today)
}

pub(crate) fn verify_by(
    engine: &Engine,
    password: &Password,
    stored: &str,
    today: Scheme,
) -> Result<Verdict, HashError> {
    let stored = Stored::parse(stored)?;
    let (prepared, raw) = (password.prepared(), password.expose());
    if matches(engine, &prepared, &stored)? {
        return Ok(Verdict {
            ok: true,
            needs_rehash: stored.is_cut(&prepared) || stored.is_weaker_than(today),
            is_unreadable: false,
        });
    }
    let ok = *prepared != raw && matches(engine, raw, &stored)?;
    Ok(Verdict { ok, needs_rehash: ok, is_unreadable: false })
}

fn matches(engine: &Engine, text: &str, stored: &Stored) -> Result<bool, HashError> {
    Ok(match stored {
        // A NUL would end the password for bcrypt: `secret\0junk` must not pass for `secret`.
        Stored::Bcrypt(hash) => hash.matches(engine, text.as_bytes())? && !text.contains('\0'),
        Stored::BcryptSha256(Bcrypt { cost, salt, digest }) => {
            let made = bcrypt_sha256(engine, text, *cost, salt)?;
            made.as_bytes().ct_eq(digest.as_bytes()).into()
        }
        Stored::Argon2id { hash, .. } => {
            engine.alone(|| Ok(Argon2::default().verify_password(text.as_bytes(), hash.as_ref()).is_ok()))?
        }
        Stored::Foreign(hash) => hash.matches(engine, text)?,
    })
}

impl Stored {
    /// Whether bcrypt has read only the head of the password.
    fn is_cut(&self, text: &str) -> bool {
        matches!(self, Self::Bcrypt(_)) && text.len() > BCRYPT_BYTES
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
fn bcrypt_sha256(engine: &Engine, password: &str, cost: u32, salt: &str) -> Result<String, HashError> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, salt.as_bytes());
    let mac = hmac::sign(&key, password.as_bytes());
    let inner = Zeroizing::new(STANDARD.encode_to_string(mac.as_ref()));
    bcrypt_text::digest(engine, inner.as_bytes(), cost, salt)
}
