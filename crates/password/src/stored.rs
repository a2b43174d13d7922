//! Stored hashes, read: one parser for what is imported and what is verified.

use std::borrow::Cow;

use argon2::Params;
use argon2::password_hash::phc::PasswordHash;

use crate::bcrypt_text::Bcrypt;
use crate::foreign::{self, Foreign};
use crate::scheme::{HashError, MAX_ARGON2_KIB, MAX_ARGON2_PASSES, Scheme};

/// RFC 9106 §3.1 asks for 8 bytes at least, and so does the implementation.
const MIN_ARGON2_SALT: usize = 8;

/// The longest text of a hash: what Keycloak exports is half as long.
pub(crate) const MOST_CHARS: usize = 1024;

/// A stored hash that can be verified.
pub(crate) enum Stored {
    Bcrypt(Bcrypt),
    /// passlib's: bcrypt over a digest of the password.
    BcryptSha256(Bcrypt),
    Argon2id {
        memory_kib: u32,
        iterations: u32,
        parallelism: u32,
        hash: Box<PasswordHash>,
    },
    Foreign(Foreign),
}

impl Stored {
    /// Reads a stored text, for verification and for import alike.
    ///
    /// bcrypt leaves bits of the last characters of salt and digest unused. Some implementations have set them; they are
    /// cleared here, since no implementation reads them.
    ///
    /// # Errors
    /// [`HashError::Unreadable`] for what can never verify, or would take more work than is allowed.
    pub(crate) fn parse(stored: &str) -> Result<Self, HashError> {
        // A non-ASCII hash has made a hashing crate panic before (RUSTSEC-2026-0199).
        if !stored.is_ascii() || stored.len() > MOST_CHARS {
            return Err(HashError::Unreadable);
        }
        if let Some(rest) = stored.strip_prefix("$bcrypt-sha256$v=2,t=2b,r=") {
            Ok(Self::BcryptSha256(Bcrypt::parse_sha256(rest)?))
        } else if stored.starts_with("$2") {
            Ok(Self::Bcrypt(Bcrypt::parse(stored)?))
        } else if stored.starts_with("$argon2id$") {
            Self::parse_argon2id(stored)
        } else {
            Foreign::parse(stored).map(Self::Foreign).ok_or(HashError::Unreadable)
        }
    }

    fn parse_argon2id(stored: &str) -> Result<Self, HashError> {
        let hash = PasswordHash::new(stored).map_err(|_| HashError::Unreadable)?;
        // Without a tag or with another version it would be refused for ever; without a version it would be read as
        // another one than it was made with.
        let is_whole = hash.hash.is_some() && hash.salt.as_ref().is_some_and(|salt| salt.len() >= MIN_ARGON2_SALT);
        if !is_whole || !matches!(hash.version, Some(0x10 | 0x13)) {
            return Err(HashError::Unreadable);
        }
        let params = Params::try_from(&hash).map_err(|_| HashError::Unreadable)?;
        let (memory_kib, iterations, parallelism) = (params.m_cost(), params.t_cost(), params.p_cost());
        if memory_kib > MAX_ARGON2_KIB || iterations > MAX_ARGON2_PASSES || parallelism > 16 {
            return Err(HashError::Unreadable);
        }
        Ok(Self::Argon2id { memory_kib, iterations, parallelism, hash: Box::new(hash) })
    }

    /// What the scheme is called in reports.
    pub(crate) const fn scheme(&self) -> &'static str {
        match self {
            Self::Bcrypt(_) => "bcrypt",
            Self::BcryptSha256(_) => "bcrypt-sha256",
            Self::Argon2id { .. } => "argon2id",
            Self::Foreign(hash) => hash.scheme(),
        }
    }

    /// Whether it takes less work than today's scheme, or is of another.
    pub(crate) fn is_weaker_than(&self, today: Scheme) -> bool {
        match (self, today) {
            (Self::Bcrypt(hash) | Self::BcryptSha256(hash), Scheme::Bcrypt { cost: wanted }) => hash.cost < wanted,
            (
                Self::Argon2id { memory_kib: m, iterations: t, parallelism: p, .. },
                Scheme::Argon2id { memory_kib, iterations, parallelism },
            ) => *m < memory_kib || *t < iterations || *p != parallelism,
            _ => true,
        }
    }
}

/// A hash of ours that another system wrote in another way, as we write it: Django puts the hasher's name before it, and
/// Keycloak has a document for each.
pub(crate) fn as_ours(text: &str) -> Cow<'_, str> {
    if text.starts_with('{') {
        return foreign::argon2_text(text).map_or(Cow::Borrowed(text), Cow::Owned);
    }
    let named = ["bcrypt$", "argon2"].into_iter().find_map(|name| text.strip_prefix(name));
    Cow::Borrowed(named.filter(|bare| bare.starts_with("$2") || bare.starts_with("$argon2id$")).unwrap_or(text))
}
