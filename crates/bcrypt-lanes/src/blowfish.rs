//! Blowfish with bcrypt's key schedule, for several keys step by step.

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::pi;

/// Two halves of a block, for each key.
type Blocks<const N: usize> = [[u32; 2]; N];

/// The tables of one key.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Tables {
    s: [[u32; 256]; 4],
    p: [u32; 18],
}

impl Tables {
    /// The tables after a key and a salt were mixed into them for the first time.
    pub(crate) fn new(key: &[u32; 18], salt: &[u32; 4]) -> Self {
        let mut tables = [Self { s: pi::S, p: pi::P }];
        mix(&mut tables, &[key]);
        let mut half = 0;
        refill(&mut tables, |[block]| {
            block[0] ^= salt[half];
            block[1] ^= salt[half + 1];
            half = 2 - half;
        });
        let [tables] = tables;
        tables
    }

    /// Encrypts a text 64 times.
    pub(crate) fn encrypt(&self, text: &[[u32; 2]; 3]) -> [[u32; 2]; 3] {
        text.map(|block| {
            let mut blocks = [block];
            for _ in 0..64 {
                encrypt_once(std::array::from_ref(self), &mut blocks);
            }
            blocks[0]
        })
    }

    #[allow(clippy::inline_always, reason = "a call in the innermost loop costs a tenth of the time")]
    #[inline(always)]
    fn f(&self, half: u32) -> u32 {
        let [a, b, c, d] = half.to_be_bytes().map(usize::from);
        (self.s[0][a].wrapping_add(self.s[1][b]) ^ self.s[2][c]).wrapping_add(self.s[3][d])
    }
}

/// What a round mixes into the tables: the password, then the salt, each in a circle.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(crate) struct Words {
    pub(crate) key: [u32; 18],
    pub(crate) salt: [u32; 18],
}

/// So many rounds of up to four keys. Here, where the code for each number is made, it is optimised with this crate.
pub(crate) fn run(tables: &mut [Tables], words: &[&Words], rounds: u64) {
    match words.len() {
        0 => {}
        1 => run_together::<1>(tables, words, rounds),
        2 => run_together::<2>(tables, words, rounds),
        3 => run_together::<3>(tables, words, rounds),
        _ => run_together::<4>(tables, words, rounds),
    }
}

fn run_together<const N: usize>(tables: &mut [Tables], words: &[&Words], rounds: u64) {
    let (Some(tables), Some(words)) = (tables.first_chunk_mut::<N>(), words.first_chunk::<N>()) else { return };
    let (keys, salts) = (words.map(|words| &words.key), words.map(|words| &words.salt));
    for _ in 0..rounds {
        expand(tables, &keys);
        expand(tables, &salts);
    }
}

/// Sets the tables of `N` keys anew with a word list each.
fn expand<const N: usize>(tables: &mut [Tables; N], words: &[&[u32; 18]; N]) {
    mix(tables, words);
    refill(tables, |_| {});
}

fn mix<const N: usize>(tables: &mut [Tables; N], words: &[&[u32; 18]; N]) {
    for (tables, words) in tables.iter_mut().zip(words) {
        for (own, word) in tables.p.iter_mut().zip(*words) {
            *own ^= word;
        }
    }
}

/// Replaces every word of the tables by what they encrypt, two at a time.
fn refill<const N: usize>(tables: &mut [Tables; N], mut change: impl FnMut(&mut Blocks<N>)) {
    let mut blocks = [[0; 2]; N];
    for place in (0..18).step_by(2) {
        change(&mut blocks);
        encrypt_once(tables, &mut blocks);
        for (tables, block) in tables.iter_mut().zip(&blocks) {
            tables.p[place] = block[0];
            tables.p[place + 1] = block[1];
        }
    }
    for table in 0..4 {
        for place in (0..256).step_by(2) {
            change(&mut blocks);
            encrypt_once(tables, &mut blocks);
            for (tables, block) in tables.iter_mut().zip(&blocks) {
                tables.s[table][place] = block[0];
                tables.s[table][place + 1] = block[1];
            }
        }
    }
}

/// The 16 rounds, each for all keys: what one of them waits for, another does not.
#[allow(clippy::inline_always, reason = "a call in the innermost loop costs a tenth of the time")]
#[inline(always)]
fn encrypt_once<const N: usize>(tables: &[Tables; N], blocks: &mut Blocks<N>) {
    for (block, tables) in blocks.iter_mut().zip(tables) {
        block[0] ^= tables.p[0];
    }
    for round in (1..17).step_by(2) {
        for (block, tables) in blocks.iter_mut().zip(tables) {
            block[1] ^= tables.f(block[0]) ^ tables.p[round];
        }
        for (block, tables) in blocks.iter_mut().zip(tables) {
            block[0] ^= tables.f(block[1]) ^ tables.p[round + 1];
        }
    }
    for (block, tables) in blocks.iter_mut().zip(tables) {
        *block = [block[1] ^ tables.p[17], block[0]];
    }
}
