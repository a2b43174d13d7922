//! Tokens that were verified already: a hit costs a comparison instead of a signature.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::Claims;

/// Verified tokens, by the end of their signature. The whole token is compared, so a collision is a miss.
#[derive(Debug)]
pub(crate) struct TokenCache<T> {
    capacity: usize,
    held: RwLock<Held<T>>,
}

#[derive(Debug)]
struct Held<T> {
    /// The key set under which everything here was verified.
    generation: u64,
    tokens: HashMap<[u8; 16], (String, Arc<Claims<T>>)>,
}

impl<T> TokenCache<T> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { capacity, held: RwLock::new(Held { generation: 0, tokens: HashMap::new() }) }
    }

    /// The claims of a token that was verified under these keys. Its end and its revocation are the caller's to check.
    pub(crate) fn get(&self, token: &str, generation: u64) -> Option<Arc<Claims<T>>> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        if held.generation != generation {
            return None;
        }
        let (known, claims) = held.tokens.get(&tail(token)?)?;
        (known == token).then(|| claims.clone())
    }

    /// Keeps a token. Under changed keys, nothing of the former ones stays: one of them may have been taken back.
    pub(crate) fn put(&self, token: &str, claims: &Arc<Claims<T>>, generation: u64, now: i64) {
        let Some(tail) = tail(token) else { return };
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        if held.generation != generation {
            *held = Held { generation, tokens: HashMap::new() };
        }
        if held.tokens.len() >= self.capacity {
            held.tokens.retain(|_, (_, claims)| claims.expires_at > now);
        }
        if held.tokens.len() >= self.capacity {
            held.tokens.clear();
        }
        held.tokens.insert(tail, (token.to_owned(), claims.clone()));
    }

    pub(crate) fn len(&self) -> usize {
        self.held.read().unwrap_or_else(PoisonError::into_inner).tokens.len()
    }
}

/// The last characters of a signature are as good as a hash: only verified tokens get in.
fn tail(token: &str) -> Option<[u8; 16]> {
    token.as_bytes().last_chunk::<16>().copied()
}
