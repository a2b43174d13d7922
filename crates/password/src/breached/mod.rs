//! Passwords that are known from breaches, as a Bloom filter: some twenty bits for each, and none can be read from it.

mod build;
mod file;
mod range;

use std::fmt;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use fastbloom::BloomFilter;

pub use self::build::{BuildError, List, ListKind};
pub use self::file::FilterError;
pub use self::range::Range;
use crate::Password;

/// A list of breached passwords.
///
/// Published lists hold SHA-1 hashes, and so that is what is compared. Its first 64 bits are enough: of a thousand million
/// passwords on the list and one that is not, two agree in them with a probability of 10⁻¹⁰.
pub struct Breached {
    filter: BloomFilter,
    count: u64,
    false_positives: f64,
}

impl Breached {
    /// Whether a password is on the list, as it was typed or in the form that is hashed. A list of 10⁻⁴ false positives says
    /// so of one in ten thousand passwords that are not; it misses none.
    pub fn contains(&self, password: &Password) -> bool {
        let prepared = password.prepared();
        self.has(password.expose()) || (*prepared != password.expose() && self.has(&prepared))
    }

    fn has(&self, text: &str) -> bool {
        self.filter.contains_hash(key_of(text.as_bytes()))
    }

    /// How many entries the list had.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// How many of the passwords that are not on the list are taken for one that is.
    pub const fn false_positives(&self) -> f64 {
        self.false_positives
    }

    /// What it takes in memory, and but for a short header in its file.
    pub fn bytes(&self) -> u64 {
        (self.filter.num_bits() / 8) as u64
    }
}

impl fmt::Debug for Breached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Breached({} entries)", self.count)
    }
}

/// What stands for a password in the filter.
fn key_of(password: &[u8]) -> u64 {
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, password);
    hash.as_ref().first_chunk().map_or(0, |head| u64::from_be_bytes(*head))
}
