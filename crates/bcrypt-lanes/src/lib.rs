//! bcrypt for several passwords at once on one core.
//!
//! bcrypt waits for its own memory: each step of Blowfish looks up four words that depend on the step before. One core can
//! do the steps of two to four passwords in nearly the time of one, as long as they do not depend on each other. Nothing
//! else is gained: one password alone takes as long as ever.
//!
//! This is the computation only (Provos and Mazières, "A Future-Adaptable Password Scheme", USENIX 1999): no text format, no
//! comparison, no randomness. It is the `$2b$` form: a password ends with a zero byte and is read in a circle.
//!
//! ```
//! use bcrypt_lanes::{Cost, Input, hash};
//!
//! let cost = Cost::new(4).expect("4 to 31");
//! let one = Input { password: b"correct horse", salt: [1; 16] };
//! let two = Input { password: b"battery staple", salt: [2; 16] };
//! assert_eq!(hash(cost, &[one, two]), [hash(cost, &[one]), hash(cost, &[two])].concat());
//! ```

#![warn(missing_docs)]

mod blowfish;
mod pi;

use zeroize::Zeroize;

use crate::blowfish::Lanes;

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

/// The 24 bytes of each password's hash, of which text formats keep the first 23. More than [`MOST_LANES`] are hashed in
/// groups.
///
/// The time depends on the cost and the number of passwords, and on nothing else but the cache lines that Blowfish touches.
/// The tables are wiped before it returns.
pub fn hash(cost: Cost, inputs: &[Input<'_>]) -> Vec<[u8; 24]> {
    let groups = inputs.chunks(MOST_LANES).map(|group| match *group {
        [a, b, c, d] => at_once(cost, [a, b, c, d]).to_vec(),
        [a, b, c] => at_once(cost, [a, b, c]).to_vec(),
        [a, b] => at_once(cost, [a, b]).to_vec(),
        [a] => at_once(cost, [a]).to_vec(),
        _ => Vec::new(),
    });
    groups.flatten().collect()
}

fn at_once<const N: usize>(cost: Cost, inputs: [Input<'_>; N]) -> [[u8; 24]; N] {
    let mut keys = inputs.map(|input| key_words(input.password));
    let salts = inputs.map(|input| salt_words(input.salt));
    let mut lanes = Lanes::new();
    lanes.expand_salted(&keys, &salts);
    let salts = salts.map(|salt| std::array::from_fn(|place| salt[place % 4]));
    for _ in 0..1_u64 << cost.get() {
        lanes.expand(&keys);
        lanes.expand(&salts);
    }
    keys.zeroize();
    bytes(lanes.encrypt(&TEXT, 64))
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

fn bytes<const N: usize>(blocks: [[[u32; 2]; 3]; N]) -> [[u8; 24]; N] {
    blocks.map(|blocks| {
        let mut bytes = [0; 24];
        for (place, word) in bytes.chunks_exact_mut(4).zip(blocks.as_flattened()) {
            place.copy_from_slice(&word.to_be_bytes());
        }
        bytes
    })
}

#[cfg(test)]
mod tests;
