//! Stored hashes: made, verified, judged against today's cost.

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use aws_lc_rs::hmac;
use base64_simd::STANDARD;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::Password;
use crate::stored::{self, Stored, decode_salt};

/// The lowest bcrypt cost that configuration may ask for.
pub const MIN_COST: u32 = 10;
/// The highest bcrypt cost that is computed, ours or imported: beyond, one login would hold a core for seconds, and
/// a hostile imported hash could ask for hours.
pub const MAX_COST: u32 = 16;
/// bcrypt reads 72 bytes, the terminator among them.
const BCRYPT_BYTES: usize = 71;

/// How new hashes are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// bcrypt, and `bcrypt-sha256` for what is longer than bcrypt reads.
    Bcrypt {
        /// The work doubles with each step.
        cost: u32,
    },
    /// Argon2id, RFC 9106.
    Argon2id {
        /// Memory in KiB.
        memory_kib: u32,
        /// Passes.
        iterations: u32,
        /// Lanes.
        parallelism: u32,
    },
}

/// The scheme is too weak or too expensive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SchemeError {
    /// bcrypt cost out of range.
    #[error("bcrypt cost {0} is out of range: 10 to 16, 12 is the default")]
    Cost(u32),
    /// Argon2id parameters out of range.
    #[error("Argon2id needs 7168 KiB to 262144 KiB of memory, 1 to 16 passes and 1 to 16 lanes")]
    Argon2,
}

impl Scheme {
    /// bcrypt at a cost.
    ///
    /// # Errors
    /// [`SchemeError::Cost`] below [`MIN_COST`] or above [`MAX_COST`].
    pub const fn bcrypt(cost: u32) -> Result<Self, SchemeError> {
        if cost < MIN_COST || cost > MAX_COST { Err(SchemeError::Cost(cost)) } else { Ok(Self::Bcrypt { cost }) }
    }

    /// Argon2id; OWASP's floor is 7 MiB.
    ///
    /// # Errors
    /// [`SchemeError::Argon2`] when a parameter is out of range.
    pub fn argon2id(memory_kib: u32, iterations: u32, parallelism: u32) -> Result<Self, SchemeError> {
        let fits = (7 * 1024..=stored::MAX_ARGON2_KIB).contains(&memory_kib)
            && (1..=stored::MAX_ARGON2_PASSES).contains(&iterations)
            && (1..=16).contains(&parallelism);
        if fits { Ok(Self::Argon2id { memory_kib, iterations, parallelism }) } else { Err(SchemeError::Argon2) }
    }

    /// bcrypt at the lowest cost there is. No configuration leads here.
    #[doc(hidden)]
    pub const fn insecure_for_tests() -> Self {
        Self::Bcrypt { cost: 4 }
    }

    /// The name, for metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bcrypt { .. } => "bcrypt",
            Self::Argon2id { .. } => "argon2id",
        }
    }
}

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

/// A hash could not be made or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// The stored text is not a hash that can be verified here, or asks for more work than is allowed.
    #[error("the stored hash is malformed, of an unknown scheme, or dearer than allowed")]
    Unreadable,
    /// The hashing crate failed, or the source of randomness did.
    #[error("hashing failed")]
    Failed,
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
