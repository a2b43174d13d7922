//! Sizes take turns within one run, so that a busy moment of the machine hits all alike.

use std::time::{Duration, Instant};

use crate::Outcome;
use crate::stats::Times;

/// How many turns each size gets.
const TURNS: usize = 20;

/// What the turns of one size have shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Figures {
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    pub(super) per_second: f64,
}

/// So many requests on each side, in turns; `turn` makes the given number of them.
pub(super) async fn in_turns<S>(
    sides: &mut [S],
    requests: usize,
    mut turn: impl AsyncFnMut(&mut S, usize) -> Outcome<Vec<Duration>>,
) -> Outcome<Vec<Figures>> {
    let mut seen = vec![(Vec::new(), Duration::ZERO); sides.len()];
    for _ in 0..TURNS {
        for (side, (times, spent)) in sides.iter_mut().zip(&mut seen) {
            let begun = Instant::now();
            times.append(&mut turn(side, requests.div_ceil(TURNS)).await?);
            *spent += begun.elapsed();
        }
    }
    Ok(seen.into_iter().map(|(times, spent)| figures(times, spent)).collect())
}

#[allow(clippy::cast_precision_loss)] // thousands
fn figures(times: Vec<Duration>, spent: Duration) -> Figures {
    let per_second = times.len() as f64 / spent.as_secs_f64();
    let times = Times::of(times);
    Figures { p50_ms: times.at(50), p99_ms: times.at(99), per_second }
}
