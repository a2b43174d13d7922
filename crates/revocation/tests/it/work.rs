//! The work of a change, of a heartbeat and of an expiry, in comparisons: it does not depend on the size of the set.

use std::cell::Cell;
use std::cmp::Ordering;

use hallpass_revocation::{Set, Subject};

thread_local! {
    static COMPARISONS: Cell<u64> = const { Cell::new(0) };
}

/// An instant that counts how often one is compared with another: whatever looks at an entry's end compares it.
#[derive(Debug, Clone, Copy)]
struct Instant(i64);

impl Ord for Instant {
    fn cmp(&self, other: &Self) -> Ordering {
        COMPARISONS.with(|count| count.set(count.get() + 1));
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for Instant {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Instant {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Instant {}

fn comparisons(work: impl FnOnce()) -> u64 {
    let before = COMPARISONS.with(Cell::get);
    work();
    COMPARISONS.with(Cell::get) - before
}

fn filled(size: u32) -> Set<u32, u32, Instant, i64> {
    let mut set = Set::default();
    for n in 0..size {
        set.insert(Subject::Session(n), Instant(100 + i64::from(n)));
    }
    set
}

#[test]
fn a_heartbeat_looks_at_three_entries_whatever_the_size() {
    for size in [10, 1_000, 100_000] {
        let mut set = filled(size);
        set.insert(Subject::Token("a".to_owned()), Instant(1000));
        set.insert(Subject::every_token_of(1), Instant(1000));
        let work = comparisons(|| assert_eq!(set.expire(Instant(99)), 0));
        assert!(work <= 3, "{work} comparisons at {size} entries");
    }
}

#[test]
fn a_change_costs_a_search_and_not_a_scan() {
    let mut set = filled(100_000);
    let work = comparisons(|| {
        set.insert(Subject::Session(1_000_000), Instant(5_000));
        set.insert(Subject::Session(7), Instant(500_000));
    });
    assert!(work < 500, "{work} comparisons for an insertion and an extension");
}

#[test]
fn an_expiry_costs_what_it_drops() {
    let mut set = filled(100_000);
    let work = comparisons(|| assert_eq!(set.expire(Instant(109)), 10));
    assert!(work < 100, "{work} comparisons for ten entries that ended");
}
