//! Two pages of one table, side by side.

use std::cmp::Ordering;
use std::iter::Peekable;
use std::vec::IntoIter;

use crate::op::transfer::{OwnedValue, Record};

/// How many rows there are, and a checksum of all of them in whatever order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Rows.
    pub rows: u64,
    /// The digests of all rows, one over the other.
    pub sum: [u8; 32],
}

impl Tally {
    fn count(&mut self, record: &Record) {
        self.add(&Self { rows: 1, sum: record.digest() });
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.rows += other.rows;
        for (sum, more) in self.sum.iter_mut().zip(other.sum) {
            *sum ^= more;
        }
    }
}

/// What a page calls for.
#[derive(Debug, Default)]
pub(super) struct Step {
    pub(super) upserts: Vec<Record>,
    pub(super) deletes: Vec<OwnedValue>,
    /// Up to here both pages speak; nothing when they have come to the end.
    pub(super) upto: Option<OwnedValue>,
    pub(super) source: Tally,
    pub(super) target: Tally,
}

/// Compares two pages, sorted by key and read after the same key. A page of `limit` rows says nothing about what comes
/// behind its last.
pub(super) fn compare(source: Vec<Record>, target: Vec<Record>, limit: usize) -> Step {
    let end = |page: &[Record]| page.last().filter(|_| page.len() >= limit).map(|record| record.key().clone());
    let upto = [end(&source), end(&target)].into_iter().flatten().min();
    let mut step = Step { upto, ..Step::default() };
    let mut source = source.into_iter().peekable();
    let mut target = target.into_iter().peekable();
    loop {
        let order = match (within(&mut source, &step), within(&mut target, &step)) {
            (None, None) => return step,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(one), Some(other)) => one.cmp(&other),
        };
        let ours = if order == Ordering::Greater { None } else { source.next() };
        let theirs = if order == Ordering::Less { None } else { target.next() };
        step.take(ours, theirs);
    }
}

/// The key of the next row, if both pages speak about it.
fn within(page: &mut Peekable<IntoIter<Record>>, step: &Step) -> Option<OwnedValue> {
    let key = page.peek()?.key();
    step.upto.as_ref().is_none_or(|upto| key <= upto).then(|| key.clone())
}

impl Step {
    /// One key: the source's row, the copy's, or both.
    fn take(&mut self, ours: Option<Record>, theirs: Option<Record>) {
        if let Some(record) = &ours {
            self.source.count(record);
        }
        if let Some(record) = &theirs {
            self.target.count(record);
        }
        match (ours, theirs) {
            (Some(ours), theirs) if theirs.as_ref() != Some(&ours) => self.upserts.push(ours),
            (None, Some(theirs)) => self.deletes.push(theirs.key().clone()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(rows: &[(i64, &str)]) -> Vec<Record> {
        rows.iter()
            .map(|(key, text)| Record::of(vec![OwnedValue::Int(*key), OwnedValue::Text((*text).to_owned())]))
            .collect()
    }

    fn keys(records: &[Record]) -> Vec<&OwnedValue> {
        records.iter().map(Record::key).collect()
    }

    #[test]
    fn what_is_missing_or_different_is_written_and_what_is_too_much_deleted() {
        let step = compare(page(&[(1, "a"), (2, "b"), (4, "d")]), page(&[(1, "a"), (2, "x"), (3, "c")]), 10);
        assert_eq!(keys(&step.upserts), [&OwnedValue::Int(2), &OwnedValue::Int(4)]);
        assert_eq!(step.deletes, [OwnedValue::Int(3)]);
        assert_eq!((step.source.rows, step.target.rows, step.upto), (3, 3, None));
    }

    #[test]
    fn behind_the_end_of_a_full_page_nothing_is_decided() {
        let step = compare(page(&[(1, "a"), (2, "b")]), page(&[(2, "b"), (9, "z")]), 2);
        assert_eq!((keys(&step.upserts), step.deletes.len()), (vec![&OwnedValue::Int(1)], 0));
        assert_eq!(step.upto, Some(OwnedValue::Int(2)));
        let step = compare(page(&[(8, "h"), (9, "i")]), page(&[(1, "a"), (2, "b")]), 2);
        assert_eq!((step.upserts.len(), step.deletes.len(), step.upto), (0, 2, Some(OwnedValue::Int(2))));
    }

    #[test]
    fn sums_are_equal_exactly_when_the_rows_are_whatever_their_pages() {
        let whole = compare(page(&[(1, "a"), (2, "b"), (3, "c")]), page(&[(1, "a"), (2, "b"), (3, "d")]), 10);
        assert_ne!(whole.source, whole.target);
        let mut parts = Tally::default();
        for part in [page(&[(3, "c")]), page(&[(1, "a"), (2, "b")])] {
            parts.add(&compare(part, Vec::new(), 10).source);
        }
        assert_eq!(parts, whole.source);
    }
}
