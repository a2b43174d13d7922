//! PBKDF2: Django, Werkzeug, passlib, LDAP, Auth0 (PHC), Keycloak, ASP.NET Identity.

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2::{self, PBKDF2_HMAC_SHA1, PBKDF2_HMAC_SHA256, PBKDF2_HMAC_SHA512};

use super::encoding::{base64, hex, number, parts, value};
use super::keycloak;
use super::rate::Rate;
use crate::work::Work;

const MOST_ITERATIONS: u32 = 10_000_000;
/// Fewer bytes would be guessed, more are made by nobody: Keycloak's 64 are the most.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 16..=64;
const MOST_SALT: usize = 128;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Prf {
    Sha1,
    Sha256,
    Sha512,
}

impl Prf {
    fn named(name: &str) -> Option<Self> {
        match name {
            "sha1" => Some(Self::Sha1),
            "sha256" => Some(Self::Sha256),
            "sha512" => Some(Self::Sha512),
            _ => None,
        }
    }

    pub(super) const fn algorithm(self) -> pbkdf2::Algorithm {
        match self {
            Self::Sha1 => PBKDF2_HMAC_SHA1,
            Self::Sha256 => PBKDF2_HMAC_SHA256,
            Self::Sha512 => PBKDF2_HMAC_SHA512,
        }
    }

    const fn bytes(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }
}

pub(crate) struct Pbkdf2 {
    prf: Prf,
    iterations: NonZeroU32,
    salt: Vec<u8>,
    key: Vec<u8>,
}

impl Pbkdf2 {
    /// The one constructor, which bounds.
    pub(super) fn new(prf: Prf, iterations: u32, salt: Vec<u8>, key: Vec<u8>) -> Option<Self> {
        let fits = iterations <= MOST_ITERATIONS && KEY_BYTES.contains(&key.len()) && salt.len() <= MOST_SALT;
        let iterations = NonZeroU32::new(iterations)?;
        fits.then_some(Self { prf, iterations, salt, key })
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        if let Some(rest) = text.strip_prefix("$pbkdf2") {
            return Self::parse_phc(rest);
        }
        if let Some(rest) = text.strip_prefix("pbkdf2_") {
            return Self::parse_django(rest);
        }
        if let Some(rest) = text.strip_prefix("pbkdf2:") {
            return Self::parse_werkzeug(rest);
        }
        if let Some(rest) = text.strip_prefix("{PBKDF2") {
            return Self::parse_ldap(rest);
        }
        if text.starts_with('{') {
            return keycloak::pbkdf2(text);
        }
        Self::parse_aspnet(text)
    }

    /// `-sha256$i=27500,l=32$salt$key`, or passlib's `-sha256$29000$salt$key`; without a name it is SHA-1.
    fn parse_phc(rest: &str) -> Option<Self> {
        let [name, rounds, salt, key] = parts(rest)?;
        let prf = if name.is_empty() { Prf::Sha1 } else { Prf::named(name.strip_prefix('-')?)? };
        let iterations = number(value(rounds, "i").unwrap_or(rounds), 1..=MOST_ITERATIONS)?;
        Self::new(prf, iterations, base64(salt)?, base64(key)?)
    }

    /// `sha256$10000$salt$key`: the salt is text.
    fn parse_django(rest: &str) -> Option<Self> {
        let [name, rounds, salt, key] = parts(rest)?;
        Self::new(Prf::named(name)?, number(rounds, 1..=MOST_ITERATIONS)?, salt.into(), base64(key)?)
    }

    /// `sha256:1000000$salt$key`: the salt is text, the key hexadecimal.
    fn parse_werkzeug(rest: &str) -> Option<Self> {
        let [method, salt, key] = parts(rest)?;
        let (name, rounds) = method.split_once(':')?;
        Self::new(Prf::named(name)?, number(rounds, 1..=MOST_ITERATIONS)?, salt.into(), hex(key)?)
    }

    /// `-SHA256}1212$salt$key`.
    fn parse_ldap(rest: &str) -> Option<Self> {
        let (name, rest) = rest.split_once('}')?;
        let prf = match name {
            "" => Prf::Sha1,
            name => Prf::named(&name.strip_prefix('-')?.to_ascii_lowercase())?,
        };
        let [rounds, salt, key] = parts(rest)?;
        Self::new(prf, number(rounds, 1..=MOST_ITERATIONS)?, base64(salt)?, base64(key)?)
    }

    /// Version 3: 1, then function, iterations and length of the salt as numbers of four bytes, salt, key. Version 2: 0, a
    /// salt of 16 bytes and a key of 32, of 1000 iterations with SHA-1.
    fn parse_aspnet(text: &str) -> Option<Self> {
        if !text.starts_with('A') {
            return None;
        }
        let bytes = base64(text)?;
        let (version, rest) = bytes.split_first()?;
        if *version == 0 && rest.len() == 48 {
            return Self::new(Prf::Sha1, 1000, rest[..16].into(), rest[16..].into());
        }
        let (prf, rest) = u32_of(rest)?;
        let (iterations, rest) = u32_of(rest)?;
        let (salt, rest) = u32_of(rest)?;
        let prf = *[Prf::Sha1, Prf::Sha256, Prf::Sha512].get(usize::try_from(prf).ok()?)?;
        let (salt, key) = rest.split_at_checked(usize::try_from(salt).ok()?)?;
        (*version == 1).then(|| Self::new(prf, iterations, salt.into(), key.into()))?
    }

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        pbkdf2::verify(self.prf.algorithm(), self.iterations, &self.salt, password, &self.key).is_ok()
    }

    pub(super) const fn scheme(&self) -> &'static str {
        match self.prf {
            Prf::Sha1 => "pbkdf2-sha1",
            Prf::Sha256 => "pbkdf2-sha256",
            Prf::Sha512 => "pbkdf2-sha512",
        }
    }

    /// Each block of the key takes all iterations.
    pub(super) fn work(&self) -> Work {
        let blocks = u64::try_from(self.key.len().div_ceil(self.prf.bytes())).unwrap_or(u64::MAX);
        let rate = match self.prf {
            Prf::Sha1 => Rate::Pbkdf2Sha1,
            Prf::Sha256 => Rate::Pbkdf2Sha256,
            Prf::Sha512 => Rate::Pbkdf2Sha512,
        };
        rate.work_of(u64::from(self.iterations.get()) * blocks)
    }
}

fn u32_of(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (head, rest) = bytes.split_first_chunk()?;
    Some((u32::from_be_bytes(*head), rest))
}
