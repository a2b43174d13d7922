//! bcrypt's text: read, written, and computed.

use subtle::ConstantTimeEq;

use crate::engine::Engine;
use crate::scheme::{HashError, MAX_COST};

const SALT_CHARS: usize = 22;
const DIGEST_CHARS: usize = 31;
/// bcrypt's own base64.
const ALPHABET: &[u8; 64] = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// A hash of bcrypt.
pub(crate) struct Bcrypt {
    pub(crate) cost: u32,
    pub(crate) salt: String,
    pub(crate) digest: String,
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

    /// passlib's `bcrypt-sha256` after its name: cost, salt, digest.
    pub(crate) fn parse_sha256(rest: &str) -> Result<Self, HashError> {
        let mut parts = rest.split('$');
        let (Some(cost), Some(salt), Some(digest), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(HashError::Unreadable);
        };
        if salt.len() != SALT_CHARS || digest.len() != DIGEST_CHARS {
            return Err(HashError::Unreadable);
        }
        let (salt, digest) = canonical(&format!("{salt}{digest}"))?;
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
