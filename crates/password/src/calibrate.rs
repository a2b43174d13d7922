//! Finding the bcrypt cost that takes about as long as wanted on this machine.

use std::time::Duration;

use crate::Password;
use crate::hash;
use crate::scheme::{HashError, MAX_COST, MIN_COST, Scheme};

/// One measured cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    /// The bcrypt cost.
    pub cost: u32,
    /// How long one hash took, the fastest of three.
    pub took: Duration,
}

/// What a calibration found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calibration {
    /// Every cost that was tried, ascending.
    pub measured: Vec<Measured>,
    /// The cost whose time lies nearest to the target; never below [`MIN_COST`].
    pub cost: u32,
}

/// Measures costs from [`MIN_COST`] up, until one takes longer than the target. `clock` reads a monotonic clock.
///
/// # Errors
/// [`HashError`] when hashing fails.
pub fn calibrate(target: Duration, clock: impl Fn() -> Duration) -> Result<Calibration, HashError> {
    let mut measured = Vec::new();
    for cost in MIN_COST..=MAX_COST {
        let took = fastest(cost, &clock)?;
        measured.push(Measured { cost, took });
        if took > target {
            break;
        }
    }
    let nearest = measured.iter().min_by_key(|m| m.took.abs_diff(target)).map_or(MIN_COST, |m| m.cost);
    Ok(Calibration { measured, cost: nearest })
}

fn fastest(cost: u32, clock: &impl Fn() -> Duration) -> Result<Duration, HashError> {
    let password = Password::from("calibration only".to_owned());
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let begun = clock();
        hash::hash(&password, Scheme::Bcrypt { cost })?;
        best = best.min(clock().saturating_sub(begun));
    }
    Ok(best)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn chooses_the_cost_nearest_to_the_target_and_never_below_the_floor() {
        // A clock on which every reading is 100 ms after the last: each hash seems to take that long.
        let steady = Cell::new(Duration::ZERO);
        let tick = || {
            steady.set(steady.get() + Duration::from_millis(100));
            steady.get()
        };
        let found = calibrate(Duration::from_millis(50), tick).expect("hashes");
        assert_eq!(found.cost, MIN_COST);
        assert_eq!(found.measured.len(), 1);
    }
}
