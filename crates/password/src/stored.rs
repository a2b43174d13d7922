//! Stored hashes, read: one parser for what is imported and what is verified.

use std::borrow::Cow;

use argon2::Params;
use argon2::password_hash::phc::PasswordHash;

use subtle::ConstantTimeEq;

use crate::engine::Engine;
use crate::foreign::{self, Foreign};
use crate::scheme::{HashError, MAX_ARGON2_KIB, MAX_ARGON2_PASSES, MAX_COST, Scheme};

/// RFC 9106 §3.1 asks for 8 bytes at least, and so does the implementation.
const MIN_ARGON2_SALT: usize = 8;
const SALT_CHARS: usize = 22;
const DIGEST_CHARS: usize = 31;
/// bcrypt's own base64.
const ALPHABET: &[u8; 64] = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The longest text of a hash: what Keycloak exports is half as long.
pub(crate) const MOST_CHARS: usize = 1024;

/// A hash of bcrypt.
pub(crate) struct Bcrypt {
    pub(crate) cost: u32,
    pub(crate) salt: String,
    pub(crate) digest: String,
}

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

impl Bcrypt {
    /// `$2b$10$` and 53 characters.
    pub(crate) fn parse(stored: &str) -> Result<Self, HashError> {
        let mut parts = stored.split('$').skip(1);
        let (Some("2a" | "2b" | "2y"), Some(cost), Some(body), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(HashError::Unreadable);
        };
        // Two digits, as every implementation of bcrypt writes and reads them.
        if !stored.starts_with('$') || cost.len() != 2 || body.len() != SALT_CHARS + DIGEST_CHARS {
            return Err(HashError::Unreadable);
        }
        let (salt, digest) = canonical(body)?;
        Ok(Self { cost: parse_cost(cost)?, salt, digest })
    }

    /// A hash with a fresh salt.
    pub(crate) fn make(engine: &Engine, password: &[u8], cost: u32) -> Result<Self, HashError> {
        let salt = new_salt()?;
        let digest = digest(engine, password, cost, &salt)?;
        Ok(Self { cost, salt, digest })
    }

    pub(crate) fn text(&self) -> String {
        let Self { cost, salt, digest } = self;
        format!("$2b${cost:02}${salt}{digest}")
    }

    pub(crate) fn matches(&self, engine: &Engine, password: &[u8]) -> Result<bool, HashError> {
        let made = digest(engine, password, self.cost, &self.salt)?;
        Ok(made.as_bytes().ct_eq(self.digest.as_bytes()).into())
    }
}

/// Random, in bcrypt's text form.
pub(crate) fn new_salt() -> Result<String, HashError> {
    let mut salt = [0; 16];
    aws_lc_rs::rand::fill(&mut salt).map_err(|_| HashError::Failed)?;
    Ok(encode(&salt))
}

/// The digest in bcrypt's text form.
pub(crate) fn digest(engine: &Engine, password: &[u8], cost: u32, salt: &str) -> Result<String, HashError> {
    let salt = decode_salt(salt).ok_or(HashError::Unreadable)?;
    Ok(encode(&engine.bcrypt(cost, salt, password)?))
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
            Self::parse_bcrypt_sha256(rest)
        } else if stored.starts_with("$2") {
            Ok(Self::Bcrypt(Bcrypt::parse(stored)?))
        } else if let Some(bare) = stored.strip_prefix("bcrypt$") {
            // Django writes the name of the hasher before.
            Ok(Self::Bcrypt(Bcrypt::parse(bare)?))
        } else if let Some(argon2) = argon2_of(stored) {
            Self::parse_argon2id(&argon2)
        } else {
            Foreign::parse(stored).map(Self::Foreign).ok_or(HashError::Unreadable)
        }
    }

    fn parse_bcrypt_sha256(rest: &str) -> Result<Self, HashError> {
        let mut parts = rest.split('$');
        let (Some(cost), Some(salt), Some(digest), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(HashError::Unreadable);
        };
        if salt.len() != SALT_CHARS || digest.len() != DIGEST_CHARS {
            return Err(HashError::Unreadable);
        }
        let (salt, digest) = canonical(&format!("{salt}{digest}"))?;
        Ok(Self::BcryptSha256(Bcrypt { cost: parse_cost(cost)?, salt, digest }))
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

/// The PHC string of Argon2id, as it is or as Django or Keycloak have it.
fn argon2_of(stored: &str) -> Option<Cow<'_, str>> {
    if stored.starts_with('{') {
        return foreign::argon2_text(stored).map(Cow::Owned);
    }
    let bare = stored.strip_prefix("argon2").unwrap_or(stored);
    bare.starts_with("$argon2id$").then_some(Cow::Borrowed(bare))
}

/// Salt and digest of bcrypt's text, their unused bits cleared.
fn canonical(body: &str) -> Result<(String, String), HashError> {
    let last = |text: &str, used: usize| {
        let (head, last) = text.split_at(text.len() - 1);
        let value = ALPHABET.iter().position(|known| last.as_bytes() == [*known])? & used;
        Some(format!("{head}{}", char::from(ALPHABET[value])))
    };
    if !body.bytes().all(|c| ALPHABET.contains(&c)) {
        return Err(HashError::Unreadable);
    }
    let (salt, digest) = body.split_at(SALT_CHARS);
    // 16 bytes are 128 bits in 22 characters of six: two of the last are used. 23 bytes are 184 bits in 31: four are.
    let (salt, digest) = (last(salt, 0b11_0000), last(digest, 0b11_1100));
    salt.zip(digest).ok_or(HashError::Unreadable)
}

/// A decimal number of one or two digits.
fn parse_cost(text: &str) -> Result<u32, HashError> {
    let digits = text.trim_start_matches('0');
    let plain = !text.is_empty() && text.len() <= 2 && text.bytes().all(|c| c.is_ascii_digit());
    let cost = digits.parse().map_err(|_| HashError::Unreadable)?;
    if plain && (4..=MAX_COST).contains(&cost) { Ok(cost) } else { Err(HashError::Unreadable) }
}

/// bcrypt's own base64: another alphabet, no padding, 31 characters for 23 bytes.
fn encode(bytes: &[u8]) -> String {
    let (mut bits, mut held, mut text) = (0_u32, 0, String::with_capacity(DIGEST_CHARS));
    let digit = |bits: u32| char::from(ALPHABET[usize::from(bits.to_le_bytes()[0] & 0b11_1111)]);
    for byte in bytes {
        bits = (bits << 8) | u32::from(*byte);
        held += 8;
        while held >= 6 {
            held -= 6;
            text.push(digit(bits >> held));
        }
    }
    if held > 0 {
        text.push(digit(bits << (6 - held)));
    }
    text
}

/// The same back: 22 characters for 16 bytes.
fn decode_salt(salt: &str) -> Option<[u8; 16]> {
    let mut bits: u32 = 0;
    let mut held = 0;
    let mut bytes = Vec::with_capacity(16);
    for c in salt.bytes() {
        let value = ALPHABET.iter().position(|known| *known == c)?;
        bits = (bits << 6) | u32::try_from(value).ok()?;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(bits.wrapping_shr(held).to_le_bytes()[0]);
        }
    }
    bytes.try_into().ok()
}
