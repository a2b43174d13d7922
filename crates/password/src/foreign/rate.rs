//! How the steps of other hash functions compare with bcrypt, on this machine.

use std::hint::black_box;
use std::num::NonZeroU32;
use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA512, digest};
use aws_lc_rs::pbkdf2;
use md5::{Digest, Md5};

use super::pbkdf2::Prf;
use super::scrypt::Cost;
use crate::work::{Work, per_unit};

/// Steps that are timed: one or two milliseconds.
const STEPS: u32 = 4096;

/// A kind of step. Each is measured once in a process, when the first hash of its kind is seen.
#[derive(Clone, Copy)]
pub(super) enum Rate {
    /// An iteration for a block.
    Pbkdf2Sha1,
    Pbkdf2Sha256,
    Pbkdf2Sha512,
    /// One of N·r·p.
    Scrypt,
    /// A block.
    Md5,
    Sha256,
    Sha512,
}

impl Rate {
    pub(super) fn work_of(self, steps: u64) -> Work {
        Work(steps / self.steps_a_unit())
    }

    fn steps_a_unit(self) -> u64 {
        match self {
            Self::Pbkdf2Sha1 => *PBKDF2_SHA1,
            Self::Pbkdf2Sha256 => *PBKDF2_SHA256,
            Self::Pbkdf2Sha512 => *PBKDF2_SHA512,
            Self::Scrypt => *SCRYPT,
            Self::Md5 => *MD5,
            Self::Sha256 => *SHA256_CRYPT,
            Self::Sha512 => *SHA512_BLOCKS,
        }
    }
}

static PBKDF2_SHA1: LazyLock<u64> = LazyLock::new(|| of_pbkdf2(Prf::Sha1));
static PBKDF2_SHA256: LazyLock<u64> = LazyLock::new(|| of_pbkdf2(Prf::Sha256));
static PBKDF2_SHA512: LazyLock<u64> = LazyLock::new(|| of_pbkdf2(Prf::Sha512));

fn of_pbkdf2(prf: Prf) -> u64 {
    let mut key = [0; 16];
    let iterations = NonZeroU32::MIN.saturating_add(STEPS - 1);
    per_unit(u64::from(STEPS), || {
        pbkdf2::derive(prf.algorithm(), iterations, b"salt", b"measured", black_box(&mut key));
    })
}

static SCRYPT: LazyLock<u64> = LazyLock::new(|| {
    // N is 1024 and r 8: a mebibyte, as far from the caches as time allows.
    per_unit(1024 * 8, || {
        if let Some(cost) = Cost::new(10, 8, 1) {
            drop(black_box(cost.derive(b"measured", b"salt", 32)));
        }
    })
});

static MD5: LazyLock<u64> = LazyLock::new(|| {
    per_unit(u64::from(STEPS), || {
        let mut digest = [0; 16];
        for _ in 0..STEPS {
            digest = black_box(Md5::new_with_prefix(digest).chain_update(b"measured").finalize().into());
        }
    })
});

static SHA256_CRYPT: LazyLock<u64> = LazyLock::new(|| {
    let params = sha_crypt::Params::new(STEPS).unwrap_or_default();
    per_unit(u64::from(STEPS), || {
        black_box(sha_crypt::sha256_crypt(b"me", b"salt", params));
    })
});

static SHA512_BLOCKS: LazyLock<u64> = LazyLock::new(|| {
    per_unit(u64::from(STEPS), || {
        let mut last = digest(&SHA512, b"measured");
        for _ in 0..STEPS {
            last = black_box(digest(&SHA512, last.as_ref()));
        }
    })
});
