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
