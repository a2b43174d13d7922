//! How much work a hash is, and spending as much without one.
//!
//! The time of a refusal must not tell how an account's hash was made, or whether there is an account (OWASP ASVS 6.3.8).
//! bcrypt's work doubles with each step of its cost, so any difference can be spent exactly: a hash of cost 10 and decoys
//! of cost 10 and 11 are as much as one hash of cost 12.

use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::Password;
use crate::engine::Engine;
use crate::scheme::MAX_COST;

/// A hash of this cost is timed to compare other schemes with bcrypt.
const MEASURED_COST: u32 = 7;

/// Work in units of which a bcrypt hash of cost `c` takes `2^c`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Work(pub u64);

impl Work {
    pub(crate) const fn of_bcrypt(cost: u32) -> Self {
        Self(1 << cost)
    }

    pub(crate) const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The same work several times.
    pub(crate) const fn times(self, count: u64) -> Self {
        Self(self.0.saturating_mul(count))
    }

    pub(crate) const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// Spends this much on decoys, and says how much it was: all of it, unless it is more than the dearest decoys.
    pub(crate) fn spend(self, engine: &Engine, password: &Password) -> Self {
        let text = password.prepared();
        let text = &text.as_bytes()[..text.len().min(71)];
        let mut left = self;
        for cost in (0..=MAX_COST).rev() {
            while left >= Self::of_bcrypt(cost) {
                let _ = black_box(engine.bcrypt(cost, [0; 16], text));
                left = left.minus(Self::of_bcrypt(cost));
            }
        }
        self.minus(left)
    }
}

/// How many steps of some work are done while bcrypt does one unit, on this machine: the best of a few.
pub(crate) fn per_unit(steps: u64, work: impl FnMut()) -> u64 {
    let bcrypt = best(|| {
        let _ = black_box(Engine::Crate.bcrypt(MEASURED_COST, [0; 16], b"measured"));
    });
    let units = u128::from(Work::of_bcrypt(MEASURED_COST).0);
    u64::try_from(u128::from(steps) * bcrypt / (best(work) * units)).unwrap_or(u64::MAX).max(1)
}

/// The time of the fastest of three, in nanoseconds.
fn best(mut work: impl FnMut()) -> u128 {
    let mut timed = || {
        let begun = Instant::now();
        work();
        begun.elapsed()
    };
    (0..3).map(|_| timed()).min().unwrap_or(Duration::MAX).as_nanos().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_amount_is_spent_to_the_last_unit() {
        let password = Password::from("x".repeat(100));
        for wanted in [0, 15, 16, 17, 48, 100, 1023, 1040] {
            let spent = Work(wanted).spend(&Engine::Crate, &password);
            assert_eq!(spent, Work(wanted), "{wanted}");
        }
    }
}
