//! sha256-crypt and sha512-crypt, of Unix.

use sha_crypt::PasswordVerifier;

use super::encoding::{is_crypt, number};
use super::rate::Rate;
use crate::work::Work;

const MOST_ROUNDS: u32 = 1_000_000;
const DEFAULT_ROUNDS: u32 = 5_000;

pub(crate) struct ShaCrypt {
    text: String,
    is_512: bool,
    rounds: u32,
}

impl ShaCrypt {
    /// `$6$rounds=5000$salt$digest`; the rounds may be left out.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let is_512 = text.starts_with("$6$");
        let rest = text.get(3..)?;
        let (rounds, rest) = match rest.strip_prefix("rounds=") {
            Some(rest) => rest.split_once('$').map(|(rounds, rest)| (number(rounds, 1000..=MOST_ROUNDS), rest))?,
            None => (Some(DEFAULT_ROUNDS), rest),
        };
        let (salt, digest) = rest.split_once('$')?;
        let length = if is_512 { 86 } else { 43 };
        let fits = (1..=16).contains(&salt.len()) && is_crypt(salt) && digest.len() == length && is_crypt(digest);
        fits.then_some(Self { text: text.to_owned(), is_512, rounds: rounds? })
    }

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        sha_crypt::ShaCrypt::default().verify_password(password, self.text.as_str()).is_ok()
    }

    pub(super) const fn scheme(&self) -> &'static str {
        if self.is_512 { "sha512-crypt" } else { "sha256-crypt" }
    }

    /// A round hashes the digest, and the password nearly twice.
    pub(super) fn work(&self, bytes: usize) -> Work {
        let (block, digest, rate) = if self.is_512 { (128, 64, Rate::Sha512) } else { (64, 32, Rate::Sha256) };
        let blocks = (digest + 2 * bytes + 26).div_ceil(block);
        rate.work_of(u64::from(self.rounds) * u64::try_from(blocks).unwrap_or(u64::MAX))
    }
}
