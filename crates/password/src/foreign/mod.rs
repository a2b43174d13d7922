//! Hashes that other systems made: read, bounded, verified.
//!
//! A row of an import is input of an attacker: it may ask for hours of work or for all memory. Whatever [`Foreign`] holds
//! has passed the bounds of its family, and there is no other way to make one than [`Foreign::parse`].

mod encoding;
mod firebase;
mod keycloak;
mod md5_crypt;
mod pbkdf2;
mod phpass;
mod prehash;
mod rate;
mod scrypt;
mod sha_crypt;
mod weak;
mod wrap;

pub(crate) use self::keycloak::argon2_text;
pub(crate) use self::weak::Weak;
pub(crate) use self::wrap::wrap;

use self::firebase::Firebase;
use self::pbkdf2::Pbkdf2;
use self::phpass::Drupal;
use self::prehash::Prehash;
use self::scrypt::Scrypt;
use self::sha_crypt::ShaCrypt;
use self::wrap::Wrapped;
use crate::engine::Engine;
use crate::scheme::HashError;
use crate::work::Work;

/// The longest password that is tried where the work of a hash grows with the password's length. Without a bound a long
/// guess would take longer for accounts with such a hash than for others, and tell which they are.
pub(crate) const MOST_BYTES: usize = 256;

/// A hash of another system that may be stored as it is.
pub(crate) enum Foreign {
    Pbkdf2(Pbkdf2),
    Scrypt(Scrypt),
    Firebase(Firebase),
    ShaCrypt(ShaCrypt),
    Drupal(Drupal),
    /// bcrypt over a digest of the password.
    Prehash(Prehash),
    /// bcrypt over a hash that is too weak to be stored.
    Wrapped(Wrapped),
}

impl Foreign {
    /// Reads every form but those of [`Weak`]. None for what can never verify, or asks for more than is allowed.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Some(match text {
            _ if text.starts_with("$wrap$") => Self::Wrapped(Wrapped::parse(text)?),
            _ if text.starts_with("$5$") || text.starts_with("$6$") => Self::ShaCrypt(ShaCrypt::parse(text)?),
            _ if text.starts_with("$S$") => Self::Drupal(Drupal::parse(text)?),
            _ if text.starts_with("$wp$") || text.starts_with("bcrypt_sha256$") => Self::Prehash(Prehash::parse(text)?),
            _ if text.starts_with("$fbscrypt$") => Self::Firebase(Firebase::parse(text)?),
            _ => Pbkdf2::parse(text).map(Self::Pbkdf2).or_else(|| Scrypt::parse(text).map(Self::Scrypt))?,
        })
    }

    /// What the scheme is called in reports.
    pub(crate) const fn scheme(&self) -> &'static str {
        match self {
            Self::Pbkdf2(hash) => hash.scheme(),
            Self::Scrypt(_) => "scrypt",
            Self::Firebase(_) => "firebase-scrypt",
            Self::ShaCrypt(hash) => hash.scheme(),
            Self::Drupal(_) => "drupal-sha512",
            Self::Prehash(hash) => hash.scheme(),
            Self::Wrapped(hash) => hash.scheme(),
        }
    }

    pub(crate) fn matches(&self, engine: &Engine, text: &str) -> Result<bool, HashError> {
        let bytes = text.as_bytes();
        match self {
            Self::Pbkdf2(hash) => engine.alone(|| Ok(hash.matches(bytes))),
            Self::Scrypt(hash) => engine.alone(|| hash.matches(bytes)),
            Self::Firebase(hash) => engine.alone(|| hash.matches(bytes)),
            Self::ShaCrypt(_) | Self::Drupal(_) | Self::Wrapped(_) if bytes.len() > MOST_BYTES => Ok(false),
            Self::ShaCrypt(hash) => engine.alone(|| Ok(hash.matches(bytes))),
            Self::Drupal(hash) => engine.alone(|| Ok(hash.matches(bytes))),
            Self::Prehash(hash) => hash.matches(engine, bytes),
            Self::Wrapped(hash) => hash.matches(engine, text),
        }
    }

    /// The work of trying a password of so many bytes.
    pub(crate) fn work(&self, bytes: usize) -> Work {
        match self {
            Self::Pbkdf2(hash) => hash.work(),
            Self::Scrypt(hash) => hash.work(),
            Self::Firebase(hash) => hash.work(),
            Self::ShaCrypt(_) | Self::Drupal(_) | Self::Wrapped(_) if bytes > MOST_BYTES => Work::default(),
            Self::ShaCrypt(hash) => hash.work(bytes),
            Self::Drupal(hash) => hash.work(bytes),
            Self::Prehash(hash) => hash.work(),
            Self::Wrapped(hash) => hash.work(bytes),
        }
    }
}
