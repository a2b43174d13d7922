//! Quantiles.

use std::time::Duration;

/// Times, in order.
#[derive(Debug)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }

    /// Milliseconds that this share of a hundred did not exceed.
    pub(crate) fn at(&self, per_cent: usize) -> f64 {
        let place = self.0.len().saturating_sub(1) * per_cent / 100;
        self.0.get(place).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
    }
}
