//! phpass: a digest over digest and password, again and again. `WordPress` and phpBB took MD5 for it, Drupal 7 SHA-512.

use aws_lc_rs::digest::{self, SHA512};
use md5::{Digest, Md5};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::encoding::{crypt_digit, crypt64, is_crypt};
use super::rate::Rate;
use crate::work::Work;

/// 2^20 iterations: a million.
const LOG_ITERATIONS: std::ops::RangeInclusive<u32> = 7..=20;
const SALT_CHARS: usize = 8;
/// Drupal cuts its text to 55 characters.
const DRUPAL_CHARS: usize = 43;

/// The number of iterations and the salt, as they stand before the digest: a character and eight.
#[derive(Clone)]
pub(super) struct Setting {
    pub(super) text: String,
    iterations: u32,
}

impl Setting {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let log = crypt_digit(text.chars().next()?).filter(|log| LOG_ITERATIONS.contains(log))?;
        let fits = text.len() == 1 + SALT_CHARS && text.is_ascii();
        fits.then(|| Self { text: text.to_owned(), iterations: 1 << log })
    }

    fn salt(&self) -> &[u8] {
        &self.text.as_bytes()[1..]
    }

    /// The digest in text, made with MD5.
    pub(super) fn md5(&self, password: &[u8]) -> Zeroizing<String> {
        let once = |head: &[u8]| Md5::new_with_prefix(head).chain_update(password).finalize();
        let mut digest = once(self.salt());
        for _ in 0..self.iterations {
            digest = once(&digest);
        }
        Zeroizing::new(crypt64(&digest))
    }

    fn sha512(&self, password: &[u8]) -> Zeroizing<String> {
        let once = |head: &[u8]| {
            let mut context = digest::Context::new(&SHA512);
            context.update(head);
            context.update(password);
            context.finish()
        };
        let mut digest = once(self.salt());
        for _ in 0..self.iterations {
            digest = once(digest.as_ref());
        }
        Zeroizing::new(crypt64(digest.as_ref()))
    }

    pub(super) fn work(&self, rate: Rate, blocks: usize) -> Work {
        rate.work_of(u64::from(self.iterations) * u64::try_from(blocks).unwrap_or(u64::MAX))
    }

    /// The work with MD5.
    pub(super) fn md5_work(&self, bytes: usize) -> Work {
        self.work(Rate::Md5, (16 + bytes + 9).div_ceil(64))
    }
}

/// Drupal 7: `$S$` and a salt, with SHA-512.
pub(crate) struct Drupal {
    setting: Setting,
    digest: String,
}

impl Drupal {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (setting, digest) = text.strip_prefix("$S$")?.split_at_checked(1 + SALT_CHARS)?;
        let fits = digest.len() == DRUPAL_CHARS && is_crypt(digest);
        fits.then(|| Some(Self { setting: Setting::parse(setting)?, digest: digest.to_owned() }))?
    }

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        let made = self.setting.sha512(password);
        made.as_bytes()[..DRUPAL_CHARS].ct_eq(self.digest.as_bytes()).into()
    }

    pub(super) fn work(&self, bytes: usize) -> Work {
        self.setting.work(Rate::Sha512, (64 + bytes + 17).div_ceil(128))
    }
}
