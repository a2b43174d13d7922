//! Access tokens whose signature was verified.

use std::ops::Range;
use std::sync::Arc;

use hallpass_jose::KeySet;
use hallpass_token::TokenCache;

use crate::principal::Principal;

/// The cache. What it answers was verified under the very keys that it is asked with, and is good at that instant.
#[derive(Debug)]
pub(crate) struct Verified(TokenCache<SameKeys, Principal>);

/// One reading of the key ring. Another reading is another set, although its keys may be the same.
#[derive(Debug, Clone)]
struct SameKeys(Arc<KeySet>);

impl PartialEq for SameKeys {
    fn eq(&self, other: &Self) -> bool {
        // The cache holds the set that it compares with: its address is not given to another one.
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Verified {
    pub(crate) fn new(bytes: usize) -> Self {
        Self(TokenCache::new(usize::MAX, bytes))
    }

    pub(crate) fn get(&self, token: &str, keys: &Arc<KeySet>, now: i64) -> Option<Arc<Principal>> {
        self.0.get(token, &SameKeys(keys.clone()), now)
    }

    pub(crate) fn put(&self, token: &str, keys: Arc<KeySet>, good: Range<i64>, principal: Arc<Principal>) {
        self.0.put(token, &SameKeys(keys), good, principal);
    }
}
