//! What a change, a heartbeat and a check cost, in a small set and in a large one.
//!
//! `cargo bench -p hallpass-revocation --bench set`. Single thread; best of many rounds, the sizes in turns.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hallpass_revocation::{Presented, Set, Subject};

const ROUNDS: usize = 50;
const PER_ROUND: u32 = 1_000;
const SIZES: [usize; 3] = [1_000, 100_000, 1_000_000];
/// Seconds since the epoch; the entries end within a quarter of an hour.
const NOW: i64 = 1_800_000_000;

type Ids = Set<Arc<str>, Arc<str>, i64, String>;

fn main() {
    let mut sets = SIZES.map(filled);
    let mut best = [[Duration::MAX; 4]; SIZES.len()];
    for round in 0..ROUNDS {
        for (set, best) in sets.iter_mut().zip(&mut best) {
            for (best, time) in best.iter_mut().zip(measured(set, round)) {
                *best = (*best).min(time / PER_ROUND);
            }
        }
    }
    println!("the set of revocations, ns (ratio to {} entries)\n", SIZES[0]);
    println!("{:>8} {:>16} {:>16} {:>16} {:>16}", "entries", "change", "heartbeat", "check, good", "check, revoked");
    for (size, row) in SIZES.iter().zip(&best) {
        let shown = row.iter().zip(&best[0]).map(|(time, first)| {
            let ratio = time.as_secs_f64() / first.as_secs_f64().max(f64::MIN_POSITIVE);
            format!("{} ({ratio:.1}x)", time.as_nanos())
        });
        println!("{size:>8} {}", shown.map(|text| format!("{text:>16}")).collect::<Vec<_>>().join(" "));
    }
}

fn session(n: usize) -> String {
    format!("01890a5d-ac96-774b-bcce-{n:012}")
}

fn filled(size: usize) -> Ids {
    let mut set = Ids::default();
    for n in 0..size {
        let end = NOW + i64::try_from(n % 900).unwrap_or_default() + 1;
        set.insert(Subject::Session(session(n).into()), end);
    }
    set
}

/// A change is an entry that comes and one that ends, so that the size stays; a heartbeat is an expiry that finds nothing.
fn measured(set: &mut Ids, round: usize) -> [Duration; 4] {
    let names: Vec<String> = (0..PER_ROUND as usize).map(|n| session(10_000_000 + round * 1_000 + n)).collect();
    let change = timed(|n| {
        set.insert(Subject::Session(names[n].as_str().into()), NOW);
        black_box(set.expire(NOW));
    });
    let heartbeat = timed(|_| {
        black_box(set.expire(black_box(NOW)));
    });
    let good = timed(|n| assert!(!set.refuses(&presented(&names[n]))));
    let known: Vec<String> = (0..PER_ROUND as usize).map(session).collect();
    let revoked = timed(|n| assert!(set.refuses(&presented(&known[n]))));
    [change, heartbeat, good, revoked]
}

fn presented(session: &str) -> Presented<'_, str, str> {
    Presented { token: Some("Zm9vYmFyYmF6cXV4MTIzNA"), session: Some(session), user: "ada", issued_at: NOW }
}

fn timed(mut work: impl FnMut(usize)) -> Duration {
    let begun = Instant::now();
    (0..PER_ROUND as usize).for_each(&mut work);
    begun.elapsed()
}
