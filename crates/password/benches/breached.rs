//! What a list of breached passwords costs: `cargo bench -p hallpass-password --bench breached -- 10000000`.

use std::fs::File;
use std::hint::black_box;
use std::io::{BufWriter, Write};
use std::time::{Duration, Instant};

use hallpass_password::{Breached, List, ListKind, Password};

const LOOKUPS: u32 = 200_000;

fn main() {
    let entries: u64 = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(1_000_000);
    let folder = tempfile::tempdir().expect("a folder");
    let (path, saved) = (folder.path().join("list"), folder.path().join("filter"));
    let mut file = BufWriter::new(File::create(&path).expect("a file"));
    for entry in 0..entries {
        writeln!(file, "known {entry}").expect("written");
    }
    file.into_inner().expect("written");
    let list = List { path: &path, kind: ListKind::Plain, false_positives: 1e-4 };
    let (built, took) = timed(|| Breached::build(&list, |_| {}).expect("a filter"));
    println!("{entries} entries: {} bytes, built in {took:?}", built.bytes());
    built.save(&saved).expect("saved");
    let (breached, took) = timed(|| Breached::open(&saved).expect("a filter"));
    println!("opened in {took:?}");
    look_up(&breached, "known", entries);
    look_up(&breached, "unknown", entries);
}

fn look_up(breached: &Breached, kind: &str, entries: u64) {
    let step = entries / u64::from(LOOKUPS) + 1;
    let passwords: Vec<Password> =
        (0..u64::from(LOOKUPS)).map(|n| Password::from(format!("{kind} {}", n * step % entries))).collect();
    let (found, took) = timed(|| passwords.iter().filter(|password| black_box(breached.contains(password))).count());
    println!("{kind}: {found} of {LOOKUPS} found, {:?} each", took / LOOKUPS);
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    (work(), begun.elapsed())
}
