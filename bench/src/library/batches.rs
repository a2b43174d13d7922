//! Batches that take turns: a noisy moment hits all alike, and of every contender the best batch counts.

use std::time::{Duration, Instant};

/// Long against the step of the clock, short against a slice of the scheduler.
const BATCH: Duration = Duration::from_micros(200);

/// What is measured, once.
pub(crate) type Work<'a> = Box<dyn FnMut() + 'a>;

/// The best time for one run of each, in microseconds.
pub(crate) fn best(contenders: &mut [Work<'_>], batches: u32) -> Vec<f64> {
    let runs: Vec<u32> = contenders.iter_mut().map(|work| runs_in_a_batch(work)).collect();
    let mut best = vec![f64::INFINITY; contenders.len()];
    for _ in 0..batches {
        for ((work, runs), best) in contenders.iter_mut().zip(&runs).zip(&mut best) {
            *best = best.min(time(work, *runs).as_secs_f64() * 1e6 / f64::from(*runs));
        }
    }
    best
}

fn time(work: &mut Work<'_>, runs: u32) -> Duration {
    let start = Instant::now();
    for _ in 0..runs {
        work();
    }
    start.elapsed()
}

fn runs_in_a_batch(work: &mut Work<'_>) -> u32 {
    let mut runs = 1;
    while time(work, runs) < BATCH && runs < 1 << 16 {
        runs *= 2;
    }
    runs
}
