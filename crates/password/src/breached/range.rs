//! What is asked of a service that knows breached passwords, by k-anonymity: it learns the first five digits of a SHA-1 hash,
//! which a thousand of its entries share, and answers with the rest of each.

use std::fmt;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::Password;

/// The digits that are told.
const TOLD: usize = 5;

/// The hash of a password, in the part that is told and the part that is not.
pub struct Range {
    hash: Zeroizing<String>,
}

impl Range {
    /// Of a password as it was typed.
    pub fn of(password: &Password) -> Self {
        let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, password.expose().as_bytes());
        let mut text = Zeroizing::new(String::with_capacity(2 * hash.as_ref().len()));
        for byte in hash.as_ref() {
            for nibble in [byte >> 4, byte & 15] {
                text.push(char::from(b"0123456789ABCDEF"[usize::from(nibble)]));
            }
        }
        Self { hash: text }
    }

    /// What is told.
    pub fn prefix(&self) -> &str {
        &self.hash[..TOLD]
    }

    /// Whether the password is in the answer: lines of the remaining digits, `:` and how often it was seen. Lines that were
    /// seen never are padding, so that nobody on the way learns the prefix by the length of the answer.
    pub fn is_in(&self, answer: &str) -> bool {
        let rest = self.hash[TOLD..].as_bytes();
        answer.lines().filter_map(|line| line.trim().split_once(':')).any(|(digits, seen)| {
            let is_padding = seen.parse() == Ok(0_u64);
            !is_padding && bool::from(digits.to_ascii_uppercase().as_bytes().ct_eq(rest))
        })
    }
}

impl fmt::Debug for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Range(redacted)")
    }
}
