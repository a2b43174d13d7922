//! How much work a stored hash is.

use std::hint::black_box;
use std::sync::LazyLock;

use crate::Password;
use crate::foreign;
use crate::scheme::Scheme;
use crate::stored::Stored;
use crate::work::{Work, per_unit};

/// A pass of Argon2id over this many KiB is timed.
const MEASURED_KIB: u32 = 8 * 1024;

impl Work {
    /// Argon2id's time goes with memory and passes. How it compares with bcrypt depends on the machine.
    fn of_argon2id(memory_kib: u32, passes: u32) -> Self {
        Self(u64::from(memory_kib) * u64::from(passes) / *KIB_A_UNIT)
    }

    /// The work of a hash under a scheme.
    pub fn of_scheme(scheme: Scheme) -> Self {
        match scheme {
            Scheme::Bcrypt { cost } => Self::of_bcrypt(cost),
            Scheme::Argon2id { memory_kib, iterations, .. } => Self::of_argon2id(memory_kib, iterations),
        }
    }

    /// The most work that verifying against a stored hash can be; none for one that cannot be read.
    pub fn of_stored(stored: &str) -> Option<Self> {
        Stored::parse(stored).ok().map(|stored| Self::of(&stored, foreign::MOST_BYTES))
    }

    /// The work of trying a password: all forms of it that are tried, and the first of them alone.
    pub(crate) fn of_trial(stored: &str, password: &Password) -> Trial {
        let Ok(stored) = Stored::parse(stored) else { return Trial::default() };
        let (prepared, raw) = (password.prepared(), password.expose());
        let first = Self::of(&stored, prepared.len());
        let all = if *prepared == raw { first } else { first.plus(Self::of(&stored, raw.len())) };
        Trial { first, all }
    }

    /// The work of verifying a password of so many bytes.
    fn of(stored: &Stored, bytes: usize) -> Self {
        match stored {
            Stored::Bcrypt(hash) | Stored::BcryptSha256(hash) => Self::of_bcrypt(hash.cost),
            Stored::Argon2id { memory_kib, iterations, .. } => Self::of_argon2id(*memory_kib, *iterations),
            Stored::Foreign(hash) => hash.work(bytes),
        }
    }
}

/// The work of a trial of a password.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Trial {
    pub(crate) first: Work,
    pub(crate) all: Work,
}

/// How many KiB Argon2id passes over while bcrypt does one unit, on this machine.
static KIB_A_UNIT: LazyLock<u64> = LazyLock::new(|| {
    let scheme = Scheme::Argon2id { memory_kib: MEASURED_KIB, iterations: 1, parallelism: 1 };
    per_unit(u64::from(MEASURED_KIB), || {
        drop(black_box(crate::hash(&Password::from("measured".to_owned()), scheme)));
    })
});
