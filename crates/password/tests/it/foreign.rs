//! Hashes of other systems.

use hallpass_password::{HashError, HashPool, Incoming, Password, PoolOptions, Scheme, Work, verify};
use proptest::prelude::*;
use serde::Deserialize;

const CHEAP: Scheme = Scheme::insecure_for_tests();

#[derive(Deserialize)]
struct File {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    format: String,
    password: String,
    hash: String,
}

fn vectors() -> Vec<Vector> {
    serde_json::from_str::<File>(include_str!("../vectors/foreign.json")).expect("vectors").vectors
}

fn stored(vector: &Vector) -> String {
    let incoming = Incoming::parse(&vector.hash).unwrap_or_else(|error| panic!("{}: {error}", vector.format));
    incoming.store().expect("stores")
}

fn password(text: &str) -> Password {
    Password::from(text.to_owned())
}

/// The password with one bit flipped; the empty one has no bit and gets a letter.
fn neighbour(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    match bytes.last_mut() {
        Some(last) => *last ^= 1,
        None => bytes.push(b'a'),
    }
    String::from_utf8(bytes).expect("text")
}

#[test]
fn a_hash_of_another_system_verifies_is_to_be_remade_and_does_not_take_a_password_one_bit_off() {
    for vector in vectors() {
        let (stored, format) = (stored(&vector), &vector.format);
        let right = verify(&password(&vector.password), &stored, Scheme::Bcrypt { cost: 13 }).expect("readable");
        assert!(right.ok && right.needs_rehash, "{format}");
        let wrong = verify(&password(&neighbour(&vector.password)), &stored, CHEAP).expect("readable");
        assert!(!wrong.ok && !wrong.needs_rehash, "{format}");
    }
}

#[test]
fn what_is_stored_is_taken_in_again_as_it_is() {
    for vector in vectors() {
        let stored = stored(&vector);
        let again = Incoming::parse(&stored).unwrap_or_else(|error| panic!("{}: {error}", vector.format));
        assert!(!again.is_weak());
        assert_eq!(again.scheme(), Incoming::parse(&vector.hash).expect("readable").scheme(), "{}", vector.format);
        assert_eq!(again.store().expect("stores"), stored);
    }
}

#[test]
fn an_unsalted_or_fast_hash_is_never_stored_as_it_is() {
    let mut wrapped = 0;
    for vector in vectors() {
        let is_weak = ["md5-crypt", "apr1", "phpass", "nt-", "ldap-ss", "ldap-sha"]
            .iter()
            .any(|weak| vector.format.starts_with(weak));
        let incoming = Incoming::parse(&vector.hash).expect("readable");
        assert_eq!(incoming.is_weak(), is_weak, "{}", vector.format);
        if is_weak {
            let stored = incoming.store().expect("stores");
            let digest = vector.hash.rsplit(['$', '}']).next().expect("a digest");
            assert!(stored.starts_with("$wrap$") && !stored.contains(&digest[digest.len() - 16..]), "{stored}");
            let unwrapped = verify(&password(&vector.password), &vector.hash, CHEAP);
            assert_eq!(unwrapped, Err(HashError::Unreadable), "one that came into the store by another way");
            wrapped += 1;
        }
    }
    assert!(wrapped >= 10, "{wrapped}");
}

#[test]
fn a_flipped_bit_of_the_stored_digest_never_verifies() {
    for vector in vectors() {
        let stored = stored(&vector);
        // In the middle of the digest: the last characters of some encodings hold unused bits.
        let is_document = stored.starts_with("{\"");
        let at = if is_document { stored.find("value").expect("a value") + 20 } else { stored.len() - 9 };
        let mut flipped = stored.clone().into_bytes();
        flipped[at] = if flipped[at] == b'a' { b'b' } else { b'a' };
        let flipped = String::from_utf8(flipped).expect("text");
        assert_ne!(flipped, stored);
        let verdict = verify(&password(&vector.password), &flipped, CHEAP);
        assert!(!verdict.is_ok_and(|verdict| verdict.ok), "{}", vector.format);
    }
}

const SALT: &str = "MDEyMzQ1Njc4OWFiY2RlZg";

#[test]
fn a_hash_that_asks_for_too_much_or_is_cut_off_is_refused_before_any_work() {
    for text in [hostile_derivations(), hostile_crypts()].concat() {
        assert!(Incoming::parse(&text).is_err(), "{text}");
    }
}

fn hostile_derivations() -> Vec<String> {
    let (salt, key) = (SALT, "a".repeat(43));
    let hex = "ab".repeat(32);
    let aspnet = |prf: u8, iterations: u32, salt: u32| {
        let head = [vec![1, 0, 0, 0, prf], iterations.to_be_bytes().to_vec(), salt.to_be_bytes().to_vec()].concat();
        base64_simd::STANDARD.encode_to_string([head, vec![7; 48]].concat())
    };
    let keycloak = |iterations: u64| {
        format!(
            r#"{{"secretData":{{"value":"{key}","salt":"{salt}"}},"credentialData":{{"hashIterations":{iterations},"algorithm":"pbkdf2-sha256"}}}}"#
        )
    };
    let fb = |n: u32, r: u32| format!("$fbscrypt$v=1,n={n},r={r},p=1,ss=Bw==,sk={key}${salt}${key}");
    vec![
        format!("$pbkdf2-sha256$i=10000001,l=32${salt}${key}"),
        format!("$pbkdf2-sha256$i=0,l=32${salt}${key}"),
        format!("$pbkdf2-sha256$i=1000,i=1${salt}${key}"),
        format!("$pbkdf2-sha256$i=1000${salt}$abcd"),
        format!("$pbkdf2-md5$i=1000${salt}${key}"),
        format!("$pbkdf2-sha512$1000${salt}${}", "a".repeat(172)),
        format!("pbkdf2_sha256$4294967296$salt${key}"),
        format!("pbkdf2_sha256$-1$salt${key}"),
        format!("pbkdf2_sha256$1000$salt${key}$more"),
        format!("pbkdf2:sha256:10000001$salt${hex}"),
        format!("{{PBKDF2-SHA256}}99999999${salt}${key}"),
        aspnet(1, 10_000_001, 16),
        aspnet(1, 0, 16),
        aspnet(3, 1000, 16),
        aspnet(1, 1000, 4_294_967_295),
        aspnet(1, 1000, 40),
        keycloak(10_000_001),
        keycloak(1 << 40),
        format!("$scrypt$ln=20,r=16,p=1${salt}${key}"),
        format!("$scrypt$ln=63,r=8,p=1${salt}${key}"),
        format!("$scrypt$ln=14,r=8,p=4294967295${salt}${key}"),
        format!("$scrypt$ln=14,r=8,p=256${salt}${key}"),
        format!("$scrypt$ln=14,r=0,p=1${salt}${key}"),
        format!("scrypt$16383$salt$8$1${key}"),
        format!("scrypt$1073741824$salt$8$1${key}"),
        format!("scrypt:32768:65536:1$salt${hex}"),
        format!("{}:{hex}", "ab".repeat(16)),
        fb(21, 8),
        fb(14, 1_000_000),
        format!("argon2$argon2id$v=19$m=262145,t=2,p=8${salt}${key}"),
        format!("pbkdf2_sha256$1000${}${key}", "s".repeat(2000)),
    ]
}

fn hostile_crypts() -> Vec<String> {
    let digest86 = "a".repeat(86);
    vec![
        format!("$6$rounds=1000001$saltstring${digest86}"),
        format!("$6$rounds=999999999$saltstring${digest86}"),
        format!("$6$rounds=999$saltstring${digest86}"),
        format!("$6$saltstringsaltstring${digest86}"),
        format!("$6$saltstring${}", &digest86[1..]),
        format!("$S$J33783772{}", "b".repeat(43)),
        format!("$P$J12345678{}", "b".repeat(22)),
        format!("$P$412345678{}", "b".repeat(22)),
        "$1$saltsalts$ctlgjDdWJLMT.qwHsWhXR1".to_owned(),
        "{NT}8846f7eaee8fb117ad06bdd830b7586".to_owned(),
        "8846f7eaee8fb117ad06bdd830b7586c".to_owned(),
        format!("{{SSHA}}{}", "a".repeat(26)),
        format!("{{SSHA}}{}", "a".repeat(400)),
        "$wrap$nt$x$2b$10$/I5Igvt9SxkvEV9q4LaPZO7qLkSkPrIctr4oZyrjBbXzqed.Z2Kq2".to_owned(),
        "$wrap$nt$$2b$17$/I5Igvt9SxkvEV9q4LaPZO7qLkSkPrIctr4oZyrjBbXzqed.Z2Kq2".to_owned(),
        "$wrap$rot13$$2b$10$/I5Igvt9SxkvEV9q4LaPZO7qLkSkPrIctr4oZyrjBbXzqed.Z2Kq2".to_owned(),
        "$wp$2y$17$/I5Igvt9SxkvEV9q4LaPZO7qLkSkPrIctr4oZyrjBbXzqed.Z2Kq2".to_owned(),
        "bcrypt_sha256$$2b$31$/I5Igvt9SxkvEV9q4LaPZO7qLkSkPrIctr4oZyrjBbXzqed.Z2Kq2".to_owned(),
    ]
}

#[test]
fn a_password_too_long_for_a_hash_whose_work_grows_with_it_is_wrong_without_work() {
    let long = "l".repeat(5000);
    for vector in vectors().iter().filter(|vector| vector.hash.starts_with("$6$") || vector.hash.starts_with("$P$")) {
        assert!(!verify(&password(&long), &stored(vector), CHEAP).expect("readable").ok, "{}", vector.format);
    }
}

#[tokio::test]
async fn every_refusal_is_the_same_work_among_hashes_of_all_systems() {
    let pool = HashPool::start(PoolOptions { threads: 1, lanes: 1, queue: 4, scheme: Scheme::Bcrypt { cost: 9 } });
    let stored = one_of_each_scheme();
    for stored in &stored {
        pool.learn(Work::of_stored(stored).expect("readable"));
    }
    for guess in ["wrong one", "cafe\u{301} au lait", &"l".repeat(300)] {
        let mut seen = Vec::new();
        for stored in &stored {
            let before = pool.work_done();
            assert!(!pool.verify(password(guess), stored.clone(), true).await.expect("verifies").ok);
            seen.push(pool.work_done().0 - before.0);
        }
        let before = pool.work_done();
        pool.verify_decoy(password(guess)).await.expect("verifies");
        seen.push(pool.work_done().0 - before.0);
        assert_eq!(seen.iter().min(), seen.iter().max(), "{seen:?}");
        assert!(seen[0] >= 1024, "a wrap has cost 10: {seen:?}");
    }
}

/// Without those that take a second each in a debug build.
fn one_of_each_scheme() -> Vec<String> {
    let mut schemes = Vec::new();
    let vectors = vectors().into_iter().filter(|vector| {
        let incoming = Incoming::parse(&vector.hash).expect("readable");
        let is_quick = incoming.is_weak() || Work::of_stored(&vector.hash).is_some_and(|work| work.0 < 1000);
        let is_new = is_quick && !schemes.contains(&incoming.scheme());
        if is_new {
            schemes.push(incoming.scheme());
        }
        is_new
    });
    vectors.collect::<Vec<_>>().iter().map(stored).collect()
}

/// Prints the work that each hash is said to be beside the work that its time is, for the time of a refusal.
#[test]
#[ignore = "measures time, and asserts nothing"]
fn print_how_well_the_work_of_each_format_is_known() {
    let scheme = Scheme::Bcrypt { cost: 11 };
    let timed = |work: &dyn Fn()| {
        let once = || {
            let begun = std::time::Instant::now();
            work();
            begun.elapsed().as_secs_f64()
        };
        (0..5).map(|_| once()).fold(f64::MAX, f64::min)
    };
    let bcrypt = hallpass_password::hash(&password("x"), scheme).expect("hashes");
    let try_wrong = |stored: &str| assert!(!verify(&password("wrong one"), stored, scheme).expect("readable").ok);
    let unit = timed(&|| try_wrong(&bcrypt)) / 2048.0;
    for vector in vectors() {
        let stored = stored(&vector);
        let took = timed(&|| try_wrong(&stored)) / unit;
        println!(
            "{:<26} {:>6} said (the most), {took:>8.1} took",
            vector.format,
            Work::of_stored(&stored).expect("work").0
        );
    }
}

proptest! {
    #[test]
    fn no_text_makes_a_parser_panic(text in prop_oneof![
        "\\PC{0,80}",
        "(\\$wrap\\$|\\$5\\$|\\$6\\$rounds=|\\$S\\$|\\$P\\$|\\$1\\$|\\$apr1\\$|\\$wp\\$2y\\$|\\$fbscrypt\\$|\\$scrypt\\$ln=|\\$pbkdf2-sha256\\$|\\$3\\$\\$)[a-z0-9=,./$é{}]{0,120}",
        "(pbkdf2_sha256\\$|pbkdf2:sha1:|scrypt:|scrypt\\$|bcrypt_sha256\\$|argon2\\$|bcrypt\\$|\\{SSHA\\}|\\{PBKDF2\\}|\\{NT\\}|A)[A-Za-z0-9=+/:$é]{0,120}",
        "\\{\"secretData\":[\\[\\]{}\":,a-z0-9]{0,80}\\}",
        "[0-9a-f]{32}:[0-9a-fé]{0,128}",
    ]) {
        let _ = Incoming::parse(&text);
    }

    #[test]
    fn no_damage_to_a_hash_makes_a_parser_panic(which in 0usize..48, at in 0usize..400, with in any::<char>()) {
        let vectors = vectors();
        let mut text: Vec<char> = vectors[which % vectors.len()].hash.chars().collect();
        let at = at % text.len();
        text[at] = with;
        let _ = Incoming::parse(&text.iter().collect::<String>());
        text.truncate(at);
        let _ = Incoming::parse(&text.iter().collect::<String>());
    }
}
