//! A map whose entries end, in the order of their ends.

use std::borrow::Borrow;
use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use foldhash::fast::RandomState;

/// Each key is once in the map and once among the ends: an extension moves it there, so the ends never hold more than the
/// map does, however often one key is extended.
///
/// The hash is quick, and not made to withstand keys that an attacker chooses: every name in here, and every name that is
/// looked for, is one that the issuer has made and signed.
#[derive(Debug)]
pub(crate) struct Ending<K, V, E> {
    entries: HashMap<K, (V, E), RandomState>,
    ends: BTreeSet<(E, K)>,
}

impl<K, V, E> Default for Ending<K, V, E> {
    fn default() -> Self {
        Self { entries: HashMap::default(), ends: BTreeSet::new() }
    }
}

impl<K: Clone + Eq + Hash + Ord, V: Copy + Ord, E: Copy + Ord> Ending<K, V, E> {
    pub(crate) fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<(V, E)>
    where
        K: Borrow<Q>,
    {
        self.entries.get(key).copied()
    }

    /// Adds an entry; of one that is there already the greater value and the later end hold.
    pub(crate) fn insert(&mut self, key: K, value: V, end: E) {
        let Some(known) = self.entries.get_mut(&key) else {
            self.ends.insert((end, key.clone()));
            self.entries.insert(key, (value, end));
            return;
        };
        known.0 = known.0.max(value);
        if end > known.1 {
            let mut place = (known.1, key);
            known.1 = end;
            self.ends.remove(&place);
            place.0 = end;
            self.ends.insert(place);
        }
    }

    /// Removes one entry that has ended, the earliest first; its end.
    pub(crate) fn remove_ended(&mut self, now: E) -> Option<E> {
        self.ends.first().filter(|(end, _)| *end <= now)?;
        let (end, key) = self.ends.pop_first()?;
        self.entries.remove(&key);
        Some(end)
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_extended_again_and_again_has_one_end() {
        let mut map = Ending::default();
        for end in 0..10_000 {
            map.insert("a", 0, end);
            map.insert("a", 0, end / 2);
        }
        assert_eq!((map.len(), map.ends.len()), (1, 1));
        assert_eq!(map.remove_ended(9_998), None);
        assert_eq!(map.remove_ended(9_999), Some(9_999));
        assert_eq!((map.len(), map.ends.len()), (0, 0));
    }
}
