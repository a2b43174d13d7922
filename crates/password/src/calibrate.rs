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

    /// A clock on which hashes of the lowest cost take `first`, and those of each next cost twice as long. Every cost is
    /// timed three times, from one reading to the next.
    fn clock(first: Duration) -> impl Fn() -> Duration {
        let (now, readings) = (Cell::new(Duration::ZERO), Cell::new(0_u32));
        move || {
            let reading = readings.replace(readings.get() + 1);
            let is_end = reading % 2 == 1;
            now.set(now.get() + if is_end { first * (1 << (reading / 6)) } else { Duration::ZERO });
            now.get()
        }
    }

    #[test]
    fn chooses_the_cost_nearest_to_the_target_and_never_below_the_floor() {
        // 30, 60 and 120 ms: the nearest lies below the target, or above it, or is all that was measured.
        for (target, cost, measured) in [(80, MIN_COST + 1, 3), (100, MIN_COST + 2, 3), (10, MIN_COST, 1)] {
            let found = calibrate(Duration::from_millis(target), clock(Duration::from_millis(30))).expect("hashes");
            assert_eq!((found.cost, found.measured.len()), (cost, measured), "{target} ms");
        }
    }
}
