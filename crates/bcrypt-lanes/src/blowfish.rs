//! Blowfish with bcrypt's key schedule, for several keys step by step.

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::pi;

/// Two halves of a block, for each lane.
type Blocks<const N: usize> = [[u32; 2]; N];

/// The tables of one key.
#[derive(Zeroize, ZeroizeOnDrop)]
struct Lane {
    s: [[u32; 256]; 4],
    p: [u32; 18],
}

/// The tables of `N` keys, side by side.
pub(crate) struct Lanes<const N: usize>(Box<[Lane; N]>);

impl<const N: usize> Lanes<N> {
    pub(crate) fn new() -> Self {
        Self(Box::new(std::array::from_fn(|_| Lane { s: pi::S, p: pi::P })))
    }

    /// The first setting of the tables: what is encrypted is the salt.
    pub(crate) fn expand_salted(&mut self, keys: &[[u32; 18]; N], salts: &[[u32; 4]; N]) {
        self.mix(keys);
        let mut half = 0;
        self.refill(|blocks| {
            for (block, salt) in blocks.iter_mut().zip(salts) {
                block[0] ^= salt[half];
                block[1] ^= salt[half + 1];
            }
            half = 2 - half;
        });
    }

    /// A setting without a salt.
    pub(crate) fn expand(&mut self, keys: &[[u32; 18]; N]) {
        self.mix(keys);
        self.refill(|_| {});
    }

    fn mix(&mut self, keys: &[[u32; 18]; N]) {
        for (lane, key) in self.0.iter_mut().zip(keys) {
            for (word, key) in lane.p.iter_mut().zip(key) {
                *word ^= key;
            }
        }
    }

    /// Replaces every word of the tables by what they encrypt, two at a time.
    fn refill(&mut self, mut change: impl FnMut(&mut Blocks<N>)) {
        let mut blocks = [[0; 2]; N];
        for place in (0..18).step_by(2) {
            change(&mut blocks);
            self.encrypt_once(&mut blocks);
            for (lane, block) in self.0.iter_mut().zip(&blocks) {
                lane.p[place] = block[0];
                lane.p[place + 1] = block[1];
            }
        }
        for table in 0..4 {
            for place in (0..256).step_by(2) {
                change(&mut blocks);
                self.encrypt_once(&mut blocks);
                for (lane, block) in self.0.iter_mut().zip(&blocks) {
                    lane.s[table][place] = block[0];
                    lane.s[table][place + 1] = block[1];
                }
            }
        }
    }

    /// The 16 rounds, each for all lanes: what one lane waits for, another does not.
    #[allow(clippy::inline_always, reason = "a call in the innermost loop costs a tenth of the time")]
    #[inline(always)]
    fn encrypt_once(&self, blocks: &mut Blocks<N>) {
        for (block, lane) in blocks.iter_mut().zip(self.0.iter()) {
            block[0] ^= lane.p[0];
        }
        for round in (1..17).step_by(2) {
            for (block, lane) in blocks.iter_mut().zip(self.0.iter()) {
                block[1] ^= lane.f(block[0]) ^ lane.p[round];
            }
            for (block, lane) in blocks.iter_mut().zip(self.0.iter()) {
                block[0] ^= lane.f(block[1]) ^ lane.p[round + 1];
            }
        }
        for (block, lane) in blocks.iter_mut().zip(self.0.iter()) {
            *block = [block[1] ^ lane.p[17], block[0]];
        }
    }

    /// Encrypts a text so many times under each key.
    pub(crate) fn encrypt(&self, text: &[[u32; 2]; 3], times: u32) -> [[[u32; 2]; 3]; N] {
        let mut texts = [*text; N];
        for block in 0..3 {
            let mut blocks: Blocks<N> = std::array::from_fn(|lane| texts[lane][block]);
            for _ in 0..times {
                self.encrypt_once(&mut blocks);
            }
            for (text, encrypted) in texts.iter_mut().zip(blocks) {
                text[block] = encrypted;
            }
        }
        texts
    }
}

impl Lane {
    #[allow(clippy::inline_always, reason = "as above")]
    #[inline(always)]
    fn f(&self, half: u32) -> u32 {
        let [a, b, c, d] = half.to_be_bytes().map(usize::from);
        (self.s[0][a].wrapping_add(self.s[1][b]) ^ self.s[2][c]).wrapping_add(self.s[3][d])
    }
}
