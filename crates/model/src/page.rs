//! Keyset pagination: a list is walked by the last id seen, never by an offset.

/// A request for one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest<K> {
    /// The last key of the page before, exclusive.
    pub after: Option<K>,
    /// How many rows at most.
    pub limit: u32,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T, K> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page starts, if there is one.
    pub next: Option<K>,
}

impl<T, K> Page<T, K> {
    /// A page of rows that were read with one more than `limit`: that one says whether there is another page.
    pub fn cut(mut items: Vec<T>, limit: u32, key: impl Fn(&T) -> K) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = items.len() > limit;
        items.truncate(limit);
        let next = if has_more { items.last().map(key) } else { None };
        Self { items, next }
    }
}
