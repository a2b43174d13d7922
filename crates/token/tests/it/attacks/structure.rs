//! The compact serialization and its base64url.

use hallpass_jose::{MAX_TOKEN_BYTES, verify_payload};

use super::{Row, forge, good_claims, good_header, keys, refused, sign_segments};
use crate::support::{b64, claims, es256};

fn token() -> String {
    es256().sign("at+jwt", &claims()).expect("a token")
}

#[test]
fn only_three_segments_make_a_token() {
    let token = token();
    let (signed, s) = token.rsplit_once('.').expect("three segments");
    let (h, p) = signed.split_once('.').expect("three segments");
    let flattened = format!(r#"{{"payload":"{p}","protected":"{h}","signature":"{s}"}}"#);
    let general = format!(r#"{{"payload":"{p}","signatures":[{{"protected":"{h}","signature":"{s}"}}]}}"#);
    let rows: Vec<Row> = [
        ("nothing", String::new()),
        ("a dot", ".".to_owned()),
        ("two dots", "..".to_owned()),
        ("three dots", "...".to_owned()),
        ("a header", h.to_owned()),
        ("no signature segment", signed.to_owned()),
        ("an empty signature", format!("{signed}.")),
        ("an empty payload", format!("{h}..{s}")),
        ("an empty header", format!(".{p}.{s}")),
        ("a dot behind", format!("{token}.")),
        ("a dot before", format!(".{token}")),
        ("four segments", format!("{token}.{s}")),
        ("five segments, as JWE has", format!("{token}.{s}.{s}")),
        ("a doubled dot", format!("{h}..{p}.{s}")),
        ("flattened JSON", flattened),
        ("general JSON", general),
        ("as many dots as fit", ".".repeat(MAX_TOKEN_BYTES)),
    ]
    .into_iter()
    .map(|(name, token)| (name, token, "not_compact_jws"))
    .collect();
    assert_eq!(refused(&rows), 17);
}

#[test]
fn nothing_may_stand_around_a_token() {
    let token = token();
    let rows: Vec<Row> = [
        ("the scheme", format!("Bearer {token}")),
        ("a space before", format!(" {token}")),
        ("a space behind", format!("{token} ")),
        ("a newline behind", format!("{token}\n")),
        ("CR LF behind", format!("{token}\r\n")),
        ("a tab behind", format!("{token}\t")),
        ("NUL behind", format!("{token}\0")),
        ("quotes", format!("\"{token}\"")),
        ("a comma behind", format!("{token},")),
        ("a byte order mark", format!("\u{feff}{token}")),
        ("a zero-width space behind", format!("{token}\u{200b}")),
    ]
    .into_iter()
    .map(|(name, token)| (name, token, "bad_base64url"))
    .collect();
    assert_eq!(refused(&rows), 11);
}

#[test]
fn size_is_bounded_before_anything_is_decoded() {
    let huge = "a".repeat(64 * 1024);
    let rows: Vec<Row> = vec![
        ("one byte too long", "a".repeat(MAX_TOKEN_BYTES + 1), "token_too_long"),
        ("dots", ".".repeat(100_000), "token_too_long"),
        ("a header of 64 KiB", format!("{huge}.e30.AA"), "token_too_long"),
        ("a payload of 64 KiB, signed", forge(good_header(), &huge), "token_too_long"),
        ("a signature of 64 KiB", format!("e30.e30.{huge}"), "token_too_long"),
        ("a signature longer than any", token() + &"A".repeat(4000), "bad_base64url"),
    ];
    assert_eq!(refused(&rows), 6);
}

#[test]
fn a_token_of_just_the_greatest_size_is_read() {
    let header = b64(good_header());
    let room = MAX_TOKEN_BYTES - header.len() - 2 - 86;
    let payload = b64(vec![b'x'; room * 3 / 4]);
    let token = sign_segments(&header, &payload);
    assert!((MAX_TOKEN_BYTES - 1..=MAX_TOKEN_BYTES).contains(&token.len()), "{}", token.len());
    assert!(verify_payload(&token, &keys()).is_ok_and(|payload| payload.len() == room * 3 / 4));
}

/// None of these is base64url as RFC 7515 §2 has it.
const MALFORMED: [(&str, &str); 16] = [
    ("padding", "YQ=="),
    ("padding of one", "YWI="),
    ("padding alone", "="),
    ("padding inside", "YQ==YQ"),
    ("a space", "YW Jj"),
    ("a newline", "YW\nJj"),
    ("a NUL", "YW\0Jj"),
    ("the standard alphabet's plus", "+-8A"),
    ("the standard alphabet's slash", "/-8A"),
    ("a percent escape", "YQ%3D"),
    ("a question mark", "YWJ?"),
    ("a letter beyond ASCII", "YWJ\u{e9}"),
    ("full-width letters", "\u{ff39}\u{ff37}"),
    ("one character", "A"),
    ("five characters", "YWJjZ"),
    ("trailing bits", "YWK"),
];

#[test]
fn base64url_is_strict_in_every_segment() {
    let (h, p) = (b64(good_header()), b64(good_claims()));
    let mut rows: Vec<Row> = Vec::new();
    for (name, text) in MALFORMED {
        rows.push((name, sign_segments(text, &p), "bad_base64url"));
        rows.push((name, sign_segments(&h, text), "bad_base64url"));
        rows.push((name, format!("{h}.{p}.{text}"), "bad_base64url"));
    }
    assert_eq!(refused(&rows), 48);
}

#[test]
fn a_good_signature_has_one_spelling() {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let token = token();
    let (body, last) = token.split_at(token.len() - 1);
    let place = ALPHABET.iter().position(|c| last.as_bytes() == [*c]).expect("base64url");
    // 64 bytes end in a character of which four bits are unused.
    let rows: Vec<Row> = (1..16)
        .map(|bits| ("trailing bits", format!("{body}{}", char::from(ALPHABET[place | bits])), "bad_base64url"))
        .collect();
    assert_eq!(refused(&rows), 15);
}
