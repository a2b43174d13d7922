//! Hashes a second and core: one, two, three and four at once, and the `bcrypt` crate.
//!
//! `cargo bench -p bcrypt-lanes [-- COST]`. As many threads as there are cores hash at the same time, since that is what a
//! server under logins does. The contenders take turns; the median of the rounds counts.

use std::hint::black_box;
use std::time::Instant;

use bcrypt_lanes::{Cost, Input, Lanes};

const ROUNDS: usize = 7;
const SALT: [u8; 16] = [7; 16];
const PASSWORD: &[u8] = b"correct horse battery staple";

/// Hashes at once, and what does them.
type Contender = (&'static str, usize, fn(u32));

fn at_once<const N: usize>(cost: u32) {
    let input = Input { password: black_box(PASSWORD), salt: SALT };
    let (cost, mut lanes) = (Cost::new(cost).expect("a cost"), Lanes::new());
    (0..N).for_each(|lane| assert!(lanes.add(lane, cost, &input).is_none()));
    black_box(lanes.advance(u64::MAX));
}

fn the_crate(cost: u32) {
    black_box(bcrypt::bcrypt(cost, SALT, black_box(PASSWORD)));
}

fn main() {
    let cost = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(12);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let contenders: [Contender; 5] = [
        ("bcrypt crate", 1, the_crate),
        ("1 lane", 1, at_once::<1>),
        ("2 lanes", 2, at_once::<2>),
        ("3 lanes", 3, at_once::<3>),
        ("4 lanes", 4, at_once::<4>),
    ];
    let mut times = vec![Vec::new(); contenders.len()];
    for _ in 0..ROUNDS {
        for ((_, _, work), times) in contenders.iter().zip(&mut times) {
            let begun = Instant::now();
            std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(|| work(cost)))));
            times.push(begun.elapsed().as_secs_f64() * 1e3);
        }
    }
    let medians: Vec<f64> = times
        .into_iter()
        .map(|mut times| {
            times.sort_by(f64::total_cmp);
            times[times.len() / 2]
        })
        .collect();
    println!("bcrypt, cost {cost}, {threads} threads, median of {ROUNDS} rounds");
    println!("{:<14}{:>12}{:>20}{:>16}", "", "ms a batch", "ms a hash and core", "crate / this");
    for ((name, lanes, _), median) in contenders.iter().zip(&medians) {
        let each = median / f64::from(u32::try_from(*lanes).unwrap_or(1));
        println!("{name:<14}{median:>12.1}{each:>20.1}{:>16.2}", medians[0] / each);
    }
}
