//! What this process has done since it started: for the metrics, and for admins.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use hallpass_model::Timestamp;

use super::history::{Happening, History};

#[derive(Debug)]
pub(crate) struct Counters {
    pub(crate) logins: ByResult,
    pub(crate) refreshes: ByResult,
    lockouts: AtomicU64,
    pub(crate) history: History,
}

impl Default for Counters {
    fn default() -> Self {
        Self {
            logins: ByResult::new("hallpass_logins_total"),
            refreshes: ByResult::new("hallpass_refreshes_total"),
            lockouts: AtomicU64::new(0),
            history: History::default(),
        }
    }
}

impl Counters {
    /// Counts a login by its result.
    pub(crate) fn count_login(&self, result: &'static str, at: Timestamp) {
        self.logins.count(result);
        self.history.count(if result == "success" { Happening::Login } else { Happening::RefusedLogin }, at);
    }

    /// Counts a refresh by its result.
    pub(crate) fn count_refresh(&self, result: &'static str, at: Timestamp) {
        self.refreshes.count(result);
        match result {
            "rotated" | "repeated" => self.history.count(Happening::Refresh, at),
            "reuse" => self.history.count(Happening::Reuse, at),
            _ => {}
        }
    }

    /// Counts a lock, if one has closed.
    pub(crate) fn count_lockout(&self, has_closed: bool, at: Timestamp) {
        if has_closed {
            self.history.count(Happening::Lock, at);
            self.lockouts.fetch_add(1, Ordering::Relaxed);
            metrics::counter!("hallpass_lockouts_total").increment(1);
        }
    }

    pub(crate) fn lockouts(&self) -> u64 {
        self.lockouts.load(Ordering::Relaxed)
    }
}

/// Counts by a result, which is one of a few words.
#[derive(Debug)]
pub(crate) struct ByResult {
    metric: &'static str,
    counts: Mutex<BTreeMap<&'static str, Count>>,
}

#[derive(Debug)]
struct Count {
    total: u64,
    /// Registered once: to look a series up by its labels costs as much as all the rest.
    exported: metrics::Counter,
}

impl ByResult {
    const fn new(metric: &'static str) -> Self {
        Self { metric, counts: Mutex::new(BTreeMap::new()) }
    }

    fn count(&self, result: &'static str) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts
            .entry(result)
            .or_insert_with(|| Count { total: 0, exported: metrics::counter!(self.metric, "result" => result) });
        count.total += 1;
        count.exported.increment(1);
    }

    pub(crate) fn totals(&self) -> BTreeMap<&'static str, u64> {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.iter().map(|(result, count)| (*result, count.total)).collect()
    }
}
