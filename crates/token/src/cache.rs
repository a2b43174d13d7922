//! Tokens that were verified already: a hit costs a comparison instead of a signature.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

/// Locks that a full cache is spread over.
const SHARDS: usize = 16;
/// A shard of fewer tokens is not worth a lock of its own.
const LEAST_OF_SHARD: usize = 64;
/// What an entry takes beside its token and its value: the look-up table, the shared pointer, the allocator's part.
const OVERHEAD: usize = 160;

/// The end of a signature: as good as a hash, since only verified tokens get in.
type Tail = [u8; 16];

/// Verified tokens. `K` is the key set under which a token was verified, `T` what it says.
///
/// The whole token is compared. Of each part of the cache there are two
/// generations: what is asked for stays, what is not asked for goes when a generation is full.
///
/// Whether a token was revoked is the caller's to check, on each hit.
#[derive(Debug)]
pub struct TokenCache<K, T> {
    shards: Box<[RwLock<Shard<K, T>>]>,
    /// Of one generation of one shard.
    most: Size,
}

#[derive(Debug, Clone, Copy, Default)]
struct Size {
    tokens: usize,
    bytes: usize,
}

#[derive(Debug)]
struct Shard<K, T> {
    /// Everything here was verified under these.
    keys: Option<K>,
    young: HashMap<Tail, Entry<T>>,
    old: HashMap<Tail, Entry<T>>,
    /// Of the young ones.
    bytes: usize,
}

#[derive(Debug)]
struct Entry<T> {
    token: Box<str>,
    /// The instants at which it is good.
    good: Range<i64>,
    value: Arc<T>,
}

impl<T> Entry<T> {
    fn bytes(&self) -> usize {
        self.token.len() + size_of::<Self>() + size_of::<T>() + OVERHEAD
    }

    /// Compared in as much time as it takes: who gets here has the end of the signature, and with it 96 bits that are not
    /// to be guessed.
    fn answer(&self, token: &str, now: i64) -> Option<Arc<T>> {
        (*self.token == *token && self.good.contains(&now)).then(|| self.value.clone())
    }
}

impl<K: Clone + PartialEq, T> TokenCache<K, T> {
    /// A cache of at most so many tokens, which take about so many bytes at most.
    pub fn new(tokens: usize, bytes: usize) -> Self {
        let shards = (tokens / LEAST_OF_SHARD).clamp(1, SHARDS);
        let most = Size { tokens: tokens / shards / 2, bytes: bytes / shards / 2 };
        Self { shards: (0..shards).map(|_| RwLock::default()).collect(), most }
    }

    /// What a token says that was verified under these keys and is good at `now`, in seconds since the epoch.
    pub fn get(&self, token: &str, keys: &K, now: i64) -> Option<Arc<T>> {
        let tail = tail(token)?;
        let shard = self.shard(tail);
        {
            let held = shard.read().unwrap_or_else(PoisonError::into_inner);
            if held.keys.as_ref() != Some(keys) {
                return None;
            }
            if let Some(entry) = held.young.get(&tail) {
                return entry.answer(token, now);
            }
            held.old.get(&tail)?.answer(token, now)?;
        }
        let mut held = shard.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have replaced it meanwhile.
        let entry = held.old.remove(&tail).filter(|_| held.keys.as_ref() == Some(keys))?;
        let answer = entry.answer(token, now);
        held.insert(tail, entry, self.most);
        answer
    }

    /// Keeps what a verified token says; it is good at these instants. Under changed keys, nothing of the former ones
    /// stays: one of them may have been revoked.
    pub fn put(&self, token: &str, keys: &K, good: Range<i64>, value: Arc<T>) {
        let Some(tail) = tail(token) else { return };
        let entry = Entry { token: token.into(), good, value };
        if self.most.tokens == 0 || entry.bytes() > self.most.bytes {
            return;
        }
        let mut held = self.shard(tail).write().unwrap_or_else(PoisonError::into_inner);
        if held.keys.as_ref() != Some(keys) {
            *held = Shard { keys: Some(keys.clone()), ..Shard::default() };
        }
        held.old.remove(&tail);
        held.insert(tail, entry, self.most);
    }

    /// How many tokens are held, expired ones among them.
    pub fn len(&self) -> usize {
        let held = self.shards.iter().map(|shard| shard.read().unwrap_or_else(PoisonError::into_inner));
        held.map(|held| held.young.len() + held.old.len()).sum()
    }

    /// Whether nothing is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn shard(&self, tail: Tail) -> &RwLock<Shard<K, T>> {
        // Not the last character, of which some bits are padding.
        &self.shards[usize::from(tail[14] ^ tail[13].rotate_left(3)) % self.shards.len()]
    }
}

impl<K, T> Default for Shard<K, T> {
    fn default() -> Self {
        Self { keys: None, young: HashMap::new(), old: HashMap::new(), bytes: 0 }
    }
}

impl<K, T> Shard<K, T> {
    fn insert(&mut self, tail: Tail, entry: Entry<T>, most: Size) {
        let bytes = entry.bytes();
        if self.young.len() >= most.tokens || self.bytes + bytes > most.bytes {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
        self.bytes += bytes;
        if let Some(replaced) = self.young.insert(tail, entry) {
            self.bytes -= replaced.bytes();
        }
    }
}

fn tail(token: &str) -> Option<Tail> {
    token.as_bytes().last_chunk().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Range<i64> = 100..200;

    fn token(n: usize) -> String {
        format!("header.payload.{n:016}")
    }

    fn cache(tokens: usize, bytes: usize) -> TokenCache<u8, usize> {
        TokenCache::new(tokens, bytes)
    }

    fn put(cache: &TokenCache<u8, usize>, keys: u8, n: usize) {
        cache.put(&token(n), &keys, GOOD, Arc::new(n));
    }

    #[test]
    fn a_token_is_answered_for_while_it_is_good_and_under_its_keys_only() {
        let cache = cache(100, 1 << 20);
        put(&cache, 1, 7);
        let get = |keys, now| cache.get(&token(7), &keys, now).map(|value| *value);
        assert_eq!([99, 100, 199, 200].map(|now| get(1, now)), [None, Some(7), Some(7), None]);
        assert_eq!(get(2, 150), None, "other keys");
        put(&cache, 2, 8);
        assert_eq!(get(1, 150), None, "keys that have changed flush what was verified under the former ones");
    }

    #[test]
    fn the_whole_token_is_compared() {
        let cache = cache(100, 1 << 20);
        put(&cache, 1, 7);
        for other in [token(8), token(7).replace("payload", "Payload"), format!("x{}", token(7)), "short".to_owned()] {
            assert_eq!(cache.get(&other, &1, 150), None, "{other}");
        }
    }

    #[test]
    fn neither_bound_is_passed_and_what_is_asked_for_stays() {
        let weight = Entry { token: token(0).into(), good: GOOD, value: Arc::new(0_usize) }.bytes();
        for (cache, most) in [(cache(40, usize::MAX), 40), (cache(usize::MAX, weight * 16 * 40), 16 * 40)] {
            for n in 0..2_000 {
                put(&cache, 1, n);
                assert!(cache.len() <= most, "{} of {most}", cache.len());
                assert_eq!(cache.get(&token(0), &1, 150).as_deref(), Some(&0), "asked for after {n} others");
            }
            assert_eq!(cache.get(&token(1), &1, 150), None, "not asked for, and gone");
            assert!(cache.len() > most / 4, "it is used: {} of {most}", cache.len());
        }
    }

    #[test]
    fn a_cache_of_nothing_holds_nothing_and_an_entry_that_is_too_large_is_not_kept() {
        for cache in [cache(0, 1 << 20), cache(1, 1 << 20), cache(100, 0), cache(100, 64)] {
            put(&cache, 1, 7);
            assert!(cache.is_empty() && cache.get(&token(7), &1, 150).is_none());
        }
    }

    #[test]
    fn a_token_that_is_put_again_counts_once() {
        let cache = cache(100, 1 << 20);
        (0..1_000).for_each(|_| put(&cache, 1, 7));
        assert_eq!(cache.len(), 1);
        let held = cache.shards[0].read().expect("a lock");
        assert_eq!(held.bytes, held.young.values().map(Entry::bytes).sum::<usize>());
    }

    #[test]
    fn threads_that_change_keys_and_tokens_never_get_a_token_under_other_keys() {
        let cache = TokenCache::<u8, (u8, usize)>::new(64, 1 << 20);
        std::thread::scope(|scope| {
            for keys in 0..3_u8 {
                let cache = &cache;
                scope.spawn(move || {
                    for n in 0..20_000 {
                        let n = n % 100;
                        cache.put(&token(n), &keys, GOOD, Arc::new((keys, n)));
                        if let Some(found) = cache.get(&token(n), &keys, 150) {
                            assert_eq!(*found, (keys, n));
                        }
                    }
                });
            }
        });
    }
}
