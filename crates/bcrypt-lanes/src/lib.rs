//! bcrypt for several passwords at once on one core.
//!
//! bcrypt waits for its own memory: each step of Blowfish looks up four words that depend on the step before. One core can
//! do the steps of two to four passwords in nearly the time of one, as long as they do not depend on each other. Nothing
//! else is gained: one password alone takes as long as ever.
//!
//! Passwords may join at any time, and have different costs: all that is done together is a round, of which a cost says
//! only how many there are.
//!
//! This is the computation only (Provos and Mazières, "A Future-Adaptable Password Scheme", USENIX 1999): no text format, no
//! comparison, no randomness. It is the `$2b$` form: a password ends with a zero byte and is read in a circle.
//!
//! ```
//! use bcrypt_lanes::{Cost, Input, Lanes};
//!
//! let cost = Cost::new(4).expect("4 to 31");
//! let mut lanes = Lanes::new();
//! lanes.add("one", cost, &Input { password: b"correct horse", salt: [1; 16] });
//! assert!(lanes.advance(10).is_empty(), "10 rounds of 16");
//! lanes.add("two", cost, &Input { password: b"battery staple", salt: [2; 16] });
//! let done = lanes.advance(6);
//! assert_eq!(done[0].0, "one");
//! assert_eq!(done[0].1[..4], [0x54, 0x51, 0x22, 0x6b]);
//! assert_eq!(lanes.advance(10)[0].0, "two");
//! ```

#![warn(missing_docs)]

mod blowfish;
mod pi;

use std::fmt;

use zeroize::Zeroize;

use crate::blowfish::{Tables, Words, run};

/// The most passwords that are worth hashing at once: of more, the tables do not fit into the core's first cache.
pub const MOST_LANES: usize = 4;
/// bcrypt reads so many bytes of a password, its terminator among them.
pub const PASSWORD_BYTES: usize = 72;

/// `OrpheanBeholderScryDoubt`, the text that is encrypted 64 times.
const TEXT: [[u32; 2]; 3] = [[0x4f72_7068, 0x6561_6e42], [0x6568_6f6c, 0x6465_7253], [0x6372_7944, 0x6f75_6274]];

/// The logarithm of the number of rounds, to the base of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost(u32);

impl Cost {
    /// 0 to 31. Stored hashes have 4 or more; less is for decoys.
    pub const fn new(cost: u32) -> Option<Self> {
        if cost <= 31 { Some(Self(cost)) } else { None }
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// One password and its salt.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The password, without a terminator. Of more than 72 bytes the rest is not read.
    pub password: &'a [u8],
    /// The salt.
    pub salt: [u8; 16],
}

/// Passwords that are being hashed on one core, each known by a tag. What is left of them is wiped when it is dropped.
pub struct Lanes<T> {
    /// Side by side, in the order of `lanes`.
    tables: Vec<Tables>,
    lanes: Vec<Lane<T>>,
}

struct Lane<T> {
    tag: T,
    words: Words,
    /// Rounds.
    left: u64,
}

impl<T> fmt::Debug for Lanes<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lanes").field("len", &self.lanes.len()).finish_non_exhaustive()
    }
}

impl<T> Default for Lanes<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Lanes<T> {
    /// None yet.
    pub fn new() -> Self {
        // All the room that is ever needed, so that no tables are left behind by a move to a larger place.
        Self { tables: Vec::with_capacity(MOST_LANES), lanes: Vec::with_capacity(MOST_LANES) }
    }

    /// How many passwords are being hashed.
    pub fn len(&self) -> usize {
        self.lanes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lanes.is_empty()
    }

    /// The tags of those that are being hashed.
    pub fn tags(&self) -> impl Iterator<Item = &T> {
        self.lanes.iter().map(|lane| &lane.tag)
    }

    /// Begins to hash a password. The tag comes back if there are [`MOST_LANES`] already.
    pub fn add(&mut self, tag: T, cost: Cost, input: &Input<'_>) -> Option<T> {
        if self.lanes.len() == MOST_LANES {
            return Some(tag);
        }
        let (key, salt) = (key_words(input.password), salt_words(input.salt));
        self.tables.push(Tables::new(&key, &salt));
        let words = Words { key, salt: std::array::from_fn(|place| salt[place % 4]) };
        self.lanes.push(Lane { tag, words, left: 1 << cost.get() });
        None
    }

    /// Goes on for so many rounds at most, and until the first is done; those that are done, each with the 24 bytes of its
    /// hash. Text formats keep the first 23.
    ///
    /// The time depends on the rounds and the number of passwords, and on nothing else but the cache lines that Blowfish
    /// touches.
    pub fn advance(&mut self, rounds: u64) -> Vec<(T, [u8; 24])> {
        let rounds = self.lanes.iter().map(|lane| lane.left).min().unwrap_or(0).min(rounds);
        let words: Vec<&Words> = self.lanes.iter().map(|lane| &lane.words).collect();
        run(&mut self.tables, &words, rounds);
        let mut done = Vec::new();
        for place in (0..self.lanes.len()).rev() {
            self.lanes[place].left -= rounds;
            if self.lanes[place].left == 0 {
                // The last one moves into the gap, in both.
                let (tables, lane) = (self.tables.swap_remove(place), self.lanes.swap_remove(place));
                done.push((lane.tag, bytes(tables.encrypt(&TEXT))));
            }
        }
        done
    }
}

/// The 18 words that are mixed into Blowfish's own: the password and a zero byte, in a circle.
fn key_words(password: &[u8]) -> [u32; 18] {
    let mut key = [0; PASSWORD_BYTES];
    let length = password.len().min(PASSWORD_BYTES);
    key[..length].copy_from_slice(&password[..length]);
    let circle = (length + 1).min(PASSWORD_BYTES);
    let words =
        std::array::from_fn(|word| u32::from_be_bytes(std::array::from_fn(|byte| key[(word * 4 + byte) % circle])));
    key.zeroize();
    words
}

fn salt_words(salt: [u8; 16]) -> [u32; 4] {
    std::array::from_fn(|word| u32::from_be_bytes(std::array::from_fn(|byte| salt[word * 4 + byte])))
}

fn bytes(blocks: [[u32; 2]; 3]) -> [u8; 24] {
    let mut bytes = [0; 24];
    for (place, word) in bytes.chunks_exact_mut(4).zip(blocks.as_flattened()) {
        place.copy_from_slice(&word.to_be_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests;
