//! md5-crypt of Unix, and Apache's variant of it: a thousand rounds of MD5 in an order of their own.

use md5::{Digest, Md5};
use zeroize::Zeroizing;

use super::encoding::{crypt64, is_crypt};
use super::rate::Rate;
use crate::work::Work;

const ROUNDS: usize = 1000;
pub(super) const DIGEST_CHARS: usize = 22;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Magic {
    Unix,
    Apache,
}

impl Magic {
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Unix => "$1$",
            Self::Apache => "$apr1$",
        }
    }
}

#[derive(Clone)]
pub(super) struct Md5Crypt {
    pub(super) magic: Magic,
    pub(super) salt: String,
}

impl Md5Crypt {
    pub(super) fn new(magic: Magic, salt: &str) -> Option<Self> {
        (salt.len() <= 8 && is_crypt(salt)).then(|| Self { magic, salt: salt.to_owned() })
    }

    pub(super) fn digest(&self, password: &[u8]) -> Zeroizing<String> {
        let salt = self.salt.as_bytes();
        let mut digest = self.first(password);
        for round in 0..ROUNDS {
            let mut md5 = Md5::new();
            let is_odd = round % 2 == 1;
            md5.update(if is_odd { password } else { &digest });
            if !round.is_multiple_of(3) {
                md5.update(salt);
            }
            if !round.is_multiple_of(7) {
                md5.update(password);
            }
            md5.update(if is_odd { &digest } else { password });
            digest = md5.finalize().into();
        }
        // The order in which the bytes are written, three at a time, the last of each first.
        let order = [12, 6, 0, 13, 7, 1, 14, 8, 2, 15, 9, 3, 5, 10, 4, 11];
        Zeroizing::new(crypt64(&order.map(|place: usize| digest[place])))
    }

    /// The digest before the rounds.
    fn first(&self, password: &[u8]) -> [u8; 16] {
        let salt = self.salt.as_bytes();
        let inner = Md5::new_with_prefix(password).chain_update(salt).chain_update(password).finalize();
        let mut md5 = Md5::new_with_prefix(password).chain_update(self.magic.text()).chain_update(salt);
        for chunk in password.chunks(16) {
            md5.update(&inner[..chunk.len()]);
        }
        let mut bits = password.len();
        while bits > 0 {
            // A set bit adds a NUL, and one that is not the first letter: so it was written once, and so it stayed.
            md5.update(if bits & 1 == 1 { &[0] } else { &password[..1] });
            bits >>= 1;
        }
        md5.finalize().into()
    }

    pub(super) fn work(bytes: usize) -> Work {
        let blocks = (16 + 2 * bytes + 15).div_ceil(64);
        Rate::Md5.work_of(u64::try_from(ROUNDS * blocks).unwrap_or(u64::MAX))
    }
}
