//! What happened lately, counted by the minute and by the quarter of an hour: for the charts of the console. It is kept in
//! memory, by each process for itself, and begins anew with it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use hallpass_model::Timestamp;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    Login,
    RefusedLogin,
    Refresh,
    Reuse,
    Lock,
}

impl Happening {
    pub const ALL: [Self; 5] = [Self::Login, Self::RefusedLogin, Self::Refresh, Self::Reuse, Self::Lock];
}

type Counts = [u32; Happening::ALL.len()];

/// Counts of steps of one length, the oldest first. The last one is not over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// How long a step is.
    pub step_secs: u32,
    /// When the first step began.
    pub from: Timestamp,
    counts: Vec<Counts>,
}

impl Series {
    /// The numbers of one kind.
    pub fn of(&self, what: Happening) -> Vec<u32> {
        self.counts.iter().map(|counts| counts[what as usize]).collect()
    }
}

#[derive(Debug)]
struct Ring {
    step_secs: u32,
    kept: u16,
    steps: Mutex<BTreeMap<i64, Counts>>,
}

impl Ring {
    const fn new(step_secs: u32, kept: u16) -> Self {
        Self { step_secs, kept, steps: Mutex::new(BTreeMap::new()) }
    }

    fn step_of(&self, at: Timestamp) -> i64 {
        at.secs().div_euclid(i64::from(self.step_secs))
    }

    fn count(&self, what: Happening, at: Timestamp) {
        let (step, kept) = (self.step_of(at), u64::from(self.kept));
        let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        if !steps.contains_key(&step) {
            // On both sides: a clock that was set back leaves steps that lie ahead, and they must not pile up.
            steps.retain(|other, _| other.abs_diff(step) < kept);
        }
        let count = &mut steps.entry(step).or_default()[what as usize];
        *count = count.saturating_add(1);
    }

    fn series(&self, now: Timestamp) -> Series {
        let first = self.step_of(now) - i64::from(self.kept) + 1;
        let steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = (0..i64::from(self.kept)).map(|n| steps.get(&(first + n)).copied().unwrap_or_default()).collect();
        let from = Timestamp::from_secs(first * i64::from(self.step_secs));
        Series { step_secs: self.step_secs, from, counts }
    }
}

/// The last hour by minutes, and the last day by quarters of an hour.
#[derive(Debug)]
pub(crate) struct History {
    hour: Ring,
    day: Ring,
}

impl Default for History {
    fn default() -> Self {
        Self { hour: Ring::new(60, 60), day: Ring::new(15 * 60, 96) }
    }
}

impl History {
    pub(crate) fn count(&self, what: Happening, at: Timestamp) {
        self.hour.count(what, at);
        self.day.count(what, at);
    }

    /// The hour and the day that end with the step of `now`.
    pub(crate) fn read(&self, now: Timestamp) -> [Series; 2] {
        [self.hour.series(now), self.day.series(now)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(1_800_000_000 + secs)
    }

    #[test]
    fn what_happens_is_in_its_minute_and_its_quarter_until_these_are_too_old() {
        let history = History::default();
        for secs in [0, 59, 60] {
            history.count(Happening::Login, at(secs));
        }
        history.count(Happening::Reuse, at(60));
        let [hour, day] = history.read(at(61));
        assert_eq!((hour.from, hour.of(Happening::Login)[58..].to_vec()), (at(-58 * 60), vec![2, 1]));
        assert_eq!((hour.of(Happening::Reuse).len(), hour.of(Happening::Reuse)[59]), (60, 1));
        assert_eq!((day.of(Happening::Login).len(), day.of(Happening::Login)[95]), (96, 3));
        let [hour, day] = history.read(at(3600));
        assert_eq!(hour.of(Happening::Login).iter().sum::<u32>(), 1, "the first minute is over an hour old");
        assert_eq!(day.of(Happening::Login).iter().sum::<u32>(), 3);
        let [_, day] = history.read(at(86_400));
        assert_eq!(day.of(Happening::Login).iter().sum::<u32>(), 0);
    }

    #[test]
    fn memory_is_bounded_however_the_clock_runs() {
        let ring = Ring::new(60, 60);
        for minute in (0..10_000).chain((0..10_000).rev()) {
            ring.count(Happening::Refresh, at(minute * 60));
        }
        let kept = ring.steps.lock().expect("no panic").len();
        assert!(kept < 120, "{kept}");
        assert_eq!(ring.series(at(0)).of(Happening::Refresh)[59], 1);
    }
}
