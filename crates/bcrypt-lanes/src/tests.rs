use super::*;

/// The alphabet of bcrypt's text form.
const ALPHABET: &[u8; 64] = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// A generator for tests (`SplitMix64`), with the same numbers each time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next().to_le_bytes()[7]).collect()
    }

    fn salt(&mut self) -> [u8; 16] {
        let (one, two) = (self.next(), self.next());
        std::array::from_fn(|place| if place < 8 { one.to_le_bytes()[place] } else { two.to_le_bytes()[place - 8] })
    }
}

/// Hashes all of them at once, in their order.
fn hash(cost: Cost, inputs: &[Input<'_>]) -> Vec<[u8; 24]> {
    let mut lanes = Lanes::new();
    for (number, input) in inputs.iter().enumerate() {
        assert_eq!(lanes.add(number, cost, input), None);
    }
    let mut done = lanes.advance(u64::MAX);
    assert!(lanes.is_empty());
    done.sort_unstable();
    done.into_iter().map(|(_, digest)| digest).collect()
}

fn cost(cost: u32) -> Cost {
    Cost::new(cost).expect("a cost")
}

/// What the `bcrypt` crate makes of it, whose computation wants the terminator written out.
fn theirs(cost: u32, input: Input<'_>) -> [u8; 24] {
    let terminated = [input.password, &[0]].concat();
    bcrypt::bcrypt(cost, input.salt, &terminated[..terminated.len().min(PASSWORD_BYTES)])
}

/// `N` random inputs of one cost, each in its lane; how many.
fn compare<const N: usize>(random: &mut Random, length: usize, of_cost: u32) -> usize {
    let passwords: [Vec<u8>; N] = std::array::from_fn(|lane| random.bytes((length + lane * 7) % 73));
    let inputs: [Input<'_>; N] = std::array::from_fn(|lane| Input { password: &passwords[lane], salt: random.salt() });
    let made = hash(cost(of_cost), &inputs);
    for (lane, (made, input)) in made.iter().zip(inputs).enumerate() {
        assert_eq!(*made, theirs(of_cost, input), "lane {lane} of {N}, cost {of_cost}, {:?}", input.password);
    }
    N
}

#[test]
fn ten_thousand_random_passwords_hash_as_by_another_library() {
    let (mut random, mut compared) = (Random(4711), 0);
    for round in 0.. {
        let (length, of_cost) = (round % 73, if round % 16 == 0 { 6 } else { 4 + u32::from(round % 4 == 0) });
        compared += compare::<1>(&mut random, length, of_cost);
        compared += compare::<2>(&mut random, length, of_cost);
        compared += compare::<3>(&mut random, length, of_cost);
        compared += compare::<4>(&mut random, length, of_cost);
        if compared >= 10_000 {
            break;
        }
    }
}

#[test]
fn costs_below_four_are_for_decoys_and_agree_too() {
    let mut random = Random(1);
    (0..4).for_each(|of_cost| assert_eq!(compare::<4>(&mut random, 20, of_cost), 4));
    assert_eq!(Cost::new(31).map(Cost::get), Some(31));
    assert_eq!(Cost::new(32), None);
}

/// Passwords of any cost come when another is done, or in between.
#[test]
fn those_that_join_in_the_middle_hash_as_those_that_begin_together() {
    let (mut random, mut lanes, mut hashed) = (Random(7), Lanes::new(), 0);
    let passwords: Vec<Vec<u8>> = (0..400).map(|number| random.bytes(number % 73)).collect();
    let salts: Vec<[u8; 16]> = passwords.iter().map(|_| random.salt()).collect();
    let input = |number: usize| Input { password: &passwords[number], salt: salts[number] };
    let cost_of = |number: usize| u32::try_from(number % 7).expect("small");
    let mut next = 0;
    while hashed < passwords.len() {
        let wants_to_join = random.next() % 3 != 0 || lanes.is_empty();
        if wants_to_join && next < passwords.len() && lanes.add(next, cost(cost_of(next)), &input(next)).is_none() {
            next += 1;
        }
        assert!(lanes.len() <= MOST_LANES);
        for (number, digest) in lanes.advance(random.next() % 9) {
            assert_eq!(digest, theirs(cost_of(number), input(number)), "{number}");
            hashed += 1;
        }
    }
    assert!(lanes.is_empty());
}

#[test]
fn a_fifth_password_is_given_back_and_nothing_comes_of_nothing() {
    let (mut lanes, input) = (Lanes::new(), Input { password: b"x", salt: [0; 16] });
    assert!(lanes.advance(1).is_empty());
    (0..MOST_LANES).for_each(|tag| assert_eq!(lanes.add(tag, cost(4), &input), None));
    assert_eq!(lanes.add(9, cost(4), &input), Some(9));
    assert_eq!(lanes.tags().copied().collect::<Vec<_>>(), [0, 1, 2, 3]);
    assert!(lanes.advance(0).is_empty() && lanes.advance(15).is_empty());
    assert_eq!(lanes.advance(5).len(), MOST_LANES);
}

#[test]
fn of_a_long_password_72_bytes_are_read() {
    let long = [0xaa; 100];
    let of = |length: usize| hash(cost(4), &[Input { password: &long[..length], salt: [9; 16] }]);
    assert_eq!(of(72), of(73));
    assert_eq!(of(72), of(100));
    assert_ne!(of(71), of(70));
}

/// From the 24 bytes to the 31 characters behind the salt.
fn text(hash: &[u8; 24]) -> String {
    let bits = hash[..23].iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1));
    let bits: Vec<u8> = bits.chain([0, 0]).collect();
    let digits = bits.chunks(6).map(|six| six.iter().fold(0, |digit, bit| digit << 1 | usize::from(*bit)));
    digits.map(|digit| char::from(ALPHABET[digit])).collect()
}

/// From 22 characters to 16 bytes.
fn salt(text: &str) -> [u8; 16] {
    let digit = |c: u8| ALPHABET.iter().position(|each| *each == c).expect("a character of it");
    let bits: Vec<usize> = text.bytes().flat_map(|c| (0..6).rev().map(move |bit| digit(c) >> bit & 1)).collect();
    let byte = |place: usize| bits[place * 8..][..8].iter().fold(0, |byte, bit| byte << 1 | *bit);
    std::array::from_fn(|place| u8::try_from(byte(place)).expect("eight bits"))
}

/// Published with `crypt_blowfish` (Openwall, `wrapper.c`, Solar Designer, in the public domain): those of the forms `$2a$`,
/// `$2b$` and `$2y$` without that program's own extension for passwords of an older fault.
const OPENWALL: &[(&str, &[u8])] = &[
    ("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", b"U*U"),
    ("$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK", b"U*U*"),
    ("$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a", b"U*U*U"),
    (
        "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui",
        b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789chars after 72 are ignored",
    ),
    ("$2y$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e", b"\xff\xff\xa3"),
    ("$2b$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e", b"\xff\xff\xa3"),
    ("$2y$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq", b"\xa3"),
    ("$2b$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq", b"\xa3"),
    ("$2y$05$/OK.fbVrR/bpIqNJ5ianF.o./n25XVfn6oAPaUvHe.Csk4zRfsYPi", b"\xff\xa334\xff\xff\xff\xa3345"),
    ("$2y$05$/OK.fbVrR/bpIqNJ5ianF.nRht2l/HRhr6zmCp9vYUvvsqynflf9e", b"\xff\xa3345"),
    ("$2a$05$/OK.fbVrR/bpIqNJ5ianF.6IflQkJytoRVc1yuaNtHfiuq.FRlSIS", b"\xa3ab"),
    ("$2a$05$/OK.fbVrR/bpIqNJ5ianF.swQOIzjOiJ9GHEPuhEkvqrUyvWhEMx6", &[0xaa; 72]),
];

#[test]
fn published_hashes_are_made_again_in_every_lane() {
    for (published, password) in OPENWALL {
        let input = Input { password, salt: salt(&published[7..29]) };
        let other = Input { password: b"another", salt: [0; 16] };
        for lane in 0..MOST_LANES {
            let mut inputs = [other; MOST_LANES];
            inputs[lane] = input;
            assert_eq!(text(&hash(cost(5), &inputs)[lane]), published[29..], "{published}, lane {lane}");
        }
    }
}

/// The fractional part of π in words of 32 bits, by Machin's formula: π = 16 arctan(1/5) − 4 arctan(1/239).
fn pi_words(count: usize) -> Vec<u32> {
    let width = count + 3;
    let mut sum = vec![0; width];
    for (factor, x, is_added) in [(16, 5, true), (4, 239, false)] {
        let mut power = vec![0; width];
        power[0] = factor;
        divide(&mut power, x);
        let mut is_added = is_added;
        for odd in (1_u64..).step_by(2) {
            let mut term = power.clone();
            divide(&mut term, odd);
            if term.iter().all(|word| *word == 0) {
                break;
            }
            add(&mut sum, &term, is_added);
            is_added = !is_added;
            divide(&mut power, x * x);
        }
    }
    sum[1..=count].to_vec()
}

fn divide(number: &mut [u32], by: u64) {
    let mut rest = 0;
    for word in number {
        let part = rest << 32 | u64::from(*word);
        *word = u32::try_from(part / by).expect("the rest is smaller than the divisor");
        rest = part % by;
    }
}

fn add(sum: &mut [u32], term: &[u32], is_added: bool) {
    let mut carry = false;
    for (word, term) in sum.iter_mut().zip(term).rev() {
        let (once, first) = if is_added { word.overflowing_add(*term) } else { word.overflowing_sub(*term) };
        let carried = u32::from(carry);
        let (twice, second) = if is_added { once.overflowing_add(carried) } else { once.overflowing_sub(carried) };
        *word = twice;
        carry = first || second;
    }
}

#[test]
fn the_tables_are_the_digits_of_pi() {
    let words = pi_words(18 + 4 * 256);
    assert_eq!(words[..18], pi::P);
    assert_eq!(words[18..], *pi::S.as_flattened());
}
