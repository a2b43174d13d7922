use std::fs;
use std::path::{Path, PathBuf};

use hallpass_password::{Breached, BuildError, FilterError, List, ListKind, Password, Rules, Violation};

/// SHA-1 of `password`, `letmein` and `hunter2`, as Have I Been Pwned publishes them.
const HASHES: [&str; 3] = [
    "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8",
    "B7A875FC1EA228B9061041B7CEC4BD3C52AB3CE3",
    "F3BBBD66A63D4BF1747940578EC3D0103530E21D",
];

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).expect("written");
        path
    }

    fn build(&self, content: impl AsRef<[u8]>, kind: ListKind) -> Result<Breached, BuildError> {
        let path = self.file("list.txt", content);
        Breached::build(&List { path: &path, kind, false_positives: 1e-6 }, |_| {})
    }
}

const SHA1: ListKind = ListKind::Sha1 { at_least: 0 };

fn has(breached: &Breached, text: &str) -> bool {
    breached.contains(&Password::from(text.to_owned()))
}

fn saved(folder: &Folder) -> PathBuf {
    let path = folder.0.path().join("filter");
    folder.build("password\nletmein\nhunter2\n", ListKind::Plain).expect("a filter").save(&path).expect("saved");
    path
}

#[test]
fn a_list_of_hashes_is_read_in_every_form_that_is_published() {
    let [a, b, c] = HASHES;
    let forms = [
        format!("{a}\n{b}\n{c}\n"),
        format!("{c}:17\r\n{a}:9545824\r\n{b}:1\r\n"),
        format!("\u{feff}{a}:3\n\n{b}\n{}:2", c.to_lowercase()),
    ];
    for form in forms {
        let breached = Folder::new().build(&form, SHA1).expect("a filter");
        assert_eq!(breached.count(), 3, "{form}");
        for text in ["password", "letmein", "hunter2"] {
            assert!(has(&breached, text), "{text} in {form}");
        }
        for text in ["Password", "letmein ", "hunter3", ""] {
            assert!(!has(&breached, text), "{text} in {form}");
        }
    }
}

#[test]
fn entries_that_were_seen_too_seldom_are_left_out() {
    let [a, b, c] = HASHES;
    let breached = Folder::new().build(format!("{a}:10\n{b}:9\n{c}\n"), ListKind::Sha1 { at_least: 10 });
    let breached = breached.expect("a filter");
    assert_eq!((breached.count(), has(&breached, "letmein")), (2, false));
    assert!(has(&breached, "password") && has(&breached, "hunter2"));
}

#[test]
fn a_password_is_found_in_each_form_that_keyboards_write() {
    let breached = Folder::new().build("caf\u{e9} au lait\n", ListKind::Plain).expect("a filter");
    assert!(has(&breached, "caf\u{e9} au lait"));
    assert!(has(&breached, "cafe\u{301} au\u{a0}lait"));
    assert!(!has(&breached, "cafe au lait"));
}

#[test]
fn no_entry_is_missed_and_false_positives_are_as_rare_as_was_asked() {
    let folder = Folder::new();
    let path = folder.file("list.txt", (0..20_000).map(|n| format!("known {n}")).collect::<Vec<_>>().join("\n"));
    let list = List { path: &path, kind: ListKind::Plain, false_positives: 1e-2 };
    let mut told = Vec::new();
    let breached = Breached::build(&list, |bytes| told.push(bytes)).expect("a filter");
    assert!((0..20_000).all(|n| has(&breached, &format!("known {n}"))));
    let wrong = (0..20_000).filter(|n| has(&breached, &format!("unknown {n}"))).count();
    assert!((100..400).contains(&wrong), "{wrong} of 20,000");
    assert!(told.is_sorted());
    assert_eq!(told.last(), Some(&(2 * fs::metadata(&path).expect("a file").len())));
}

#[test]
fn a_line_that_is_no_hash_is_named() {
    let [a, b, _] = HASHES;
    for wrong in ["password", &a[1..], &format!("{a}0"), &format!("{a}:"), &format!("{a}:many"), &a.replace('5', "G")] {
        let refused = Folder::new().build(format!("{b}\n{wrong}\n"), SHA1);
        assert!(matches!(refused, Err(BuildError::NotSha1(2))), "{wrong}: {refused:?}");
    }
    // The list of NTLM hashes.
    let refused = Folder::new().build("32ED87BDB5FDC5E9CBA88547376818D4:1\n", SHA1);
    assert!(matches!(refused, Err(BuildError::NotSha1(1))), "{refused:?}");
    let refused = Folder::new().build("a\n".to_owned() + &"x".repeat(1 << 17), ListKind::Plain);
    assert!(matches!(refused, Err(BuildError::LongLine(2))), "{refused:?}");
    assert!(matches!(Folder::new().build("\n\r\n", SHA1), Err(BuildError::Empty)));
}

#[test]
fn what_was_saved_is_read_and_nothing_else_is_left_beside_it() {
    let folder = Folder::new();
    let path = saved(&folder);
    for _ in 0..2 {
        let breached = Breached::open(&path).expect("a filter");
        assert_eq!((breached.count(), breached.false_positives()), (3, 1e-6));
        assert!(has(&breached, "hunter2") && !has(&breached, "hunter3"));
        breached.save(&path).expect("saved over itself");
    }
    let mut names: Vec<_> =
        fs::read_dir(&folder.0).expect("a folder").map(|entry| entry.expect("an entry").file_name()).collect();
    names.sort();
    assert_eq!(names, ["filter", "list.txt"]);
    let nowhere = Breached::open(&path).expect("a filter").save(Path::new("/nonexistent/filter"));
    assert!(nowhere.is_err());
}

#[test]
fn a_file_that_is_damaged_or_something_else_is_refused() {
    let folder = Folder::new();
    let path = saved(&folder);
    let whole = fs::read(&path).expect("a file");
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        assert!(Breached::open(&folder.file("damaged", damaged)).is_err(), "byte {at}");
    }
    for length in [0, 8, 71, 72, 73, whole.len() - 8, whole.len() - 1] {
        assert!(Breached::open(&folder.file("cut", &whole[..length])).is_err(), "{length} bytes");
    }
    let longer = [whole.as_slice(), &[0; 8]].concat();
    assert!(matches!(Breached::open(&folder.file("longer", longer)), Err(FilterError::Damaged)));
    let list = folder.file("list", HASHES.join("\n"));
    assert!(matches!(Breached::open(&list), Err(FilterError::NotAFilter)));
    let mut newer = whole;
    newer[8] = 2;
    assert!(matches!(Breached::open(&folder.file("newer", newer)), Err(FilterError::Format)));
    assert!(matches!(Breached::open(folder.0.path()), Err(FilterError::NotAFile)));
    assert!(matches!(Breached::open(Path::new("/nonexistent")), Err(FilterError::Io(_))));
}

/// A change of a crate that moves the bits would make every file out there useless: then the version must rise.
#[test]
fn a_file_of_this_version_stays_as_it_is() {
    let folder = Folder::new();
    let bytes = fs::read(saved(&folder)).expect("a file");
    let hex: String = bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect();
    assert_eq!(hex, include_str!("breached.hex").trim_end());
}

#[test]
fn a_breached_password_is_a_violation_after_all_others() {
    let breached = Folder::new().build("plum trellis anvil\npassword\n", ListKind::Plain).expect("a filter");
    let rules = Rules { context: Vec::new(), breached: Some(breached.into()) };
    let check = |text: &str| rules.check(&Password::from(text.to_owned()));
    assert_eq!(check("plum trellis anvil"), Err(Violation::Breached));
    assert_eq!(check("password"), Err(Violation::Common));
    assert_eq!(check("anvil plum trellis"), Ok(()));
}
