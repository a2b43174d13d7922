//! The JSON of header and claims: one object, strict UTF-8, unique members, bounded depth.

use hallpass_jose::Error as JwsError;
use hallpass_jose::{Members, parse_strict};
use hallpass_token::Error;

use super::{claims_members, forge, good_claims, good_header, header_members, keys, other};
use crate::support::open;

/// `$` stands for the members of a good header or of good claims.
const MALFORMED: [(&str, &[u8]); 32] = [
    ("a list", b"[]"),
    ("a list of the object", b"[{$}]"),
    ("a string", b"\"$\""),
    ("a number", b"1"),
    ("null", b"null"),
    ("true", b"true"),
    ("white space alone", b" "),
    ("cut off", b"{$"),
    ("not opened", b"$}"),
    ("a second object", b"{$}{$}"),
    ("text behind", b"{$}x"),
    ("NUL behind", b"{$}\0"),
    ("a trailing comma", b"{$,}"),
    ("a missing comma", b"{$ \"x\":1}"),
    ("single quotes", b"{$,'x':1}"),
    ("a bare name", b"{$,x:1}"),
    ("a comment", b"{$/**/}"),
    ("a line comment", b"{$//\n}"),
    ("NaN", b"{$,\"x\":NaN}"),
    ("Infinity", b"{$,\"x\":Infinity}"),
    ("a number out of range", b"{$,\"x\":1e400}"),
    ("a leading zero", b"{$,\"x\":01}"),
    ("a hexadecimal number", b"{$,\"x\":0x10}"),
    ("a byte order mark", b"\xef\xbb\xbf{$}"),
    ("invalid UTF-8", b"{$,\"x\":\"\xff\"}"),
    ("overlong UTF-8", b"{$,\"x\":\"\xc0\xaf\"}"),
    ("a surrogate in UTF-8", b"{$,\"x\":\"\xed\xa0\x80\"}"),
    ("a lone surrogate, escaped", b"{$,\"x\":\"\\ud800\"}"),
    ("an unknown escape", b"{$,\"x\":\"\\x41\"}"),
    ("a control character", b"{$,\"x\":\"a\nb\"}"),
    ("duplicates in a nested object", b"{$,\"x\":{\"a\":1,\"a\":2}}"),
    ("duplicates in a list", b"{$,\"x\":[{\"a\":1,\"\\u0061\":1}]}"),
];

fn fill(template: &[u8], members: &str) -> Vec<u8> {
    let place = template.iter().position(|byte| *byte == b'$');
    place.map_or_else(
        || template.to_vec(),
        |at| [&template[..at], members.as_bytes(), &fill(&template[at + 1..], members)].concat(),
    )
}

/// Refused in the header, and in the claims by either reader.
fn check(name: &str, header: &[u8], payload: &[u8]) {
    let token = forge(header, good_claims());
    assert_eq!(open(&token, &keys()), Err(Error::Jws(JwsError::Json)), "{name}, in the header");
    let token = forge(good_header(), payload);
    assert_eq!(open(&token, &keys()), Err(Error::Claims), "{name}, in the claims");
    assert_eq!(other(&token), Err(Error::Jws(JwsError::Json)), "{name}, in the claims of another issuer");
}

#[test]
fn malformed_json_is_refused_in_header_and_claims() {
    for (name, template) in MALFORMED {
        check(name, &fill(template, &header_members()), &fill(template, &claims_members()));
    }
    // In UTF-16, and with depth that would exhaust a stack.
    let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    check("UTF-16", &wide("{}"), &wide("{}"));
    let deep = |members: String| format!(r#"{{{members},"x":{}{}}}"#, "[".repeat(2000), "]".repeat(2000)).into_bytes();
    check("2000 levels", &deep(header_members()), &deep(claims_members()));
}

/// An object in which this member stands twice: before or behind the others, plain or escaped.
fn with_twins(members: &str, name: &str) -> [String; 4] {
    let escaped = format!("\\u00{:02x}{}", name.as_bytes()[0], &name[1..]);
    [
        format!(r#"{{{members},"{name}":"x"}}"#),
        format!(r#"{{"{name}":"x",{members}}}"#),
        format!(r#"{{{members},"{escaped}":"x"}}"#),
        format!(r#"{{"{escaped}":"x",{members}}}"#),
    ]
}

#[test]
fn every_member_may_stand_once_also_when_it_is_escaped() {
    let (header, claims) = (good_header(), good_claims());
    let mut executed = 0;
    for twins in ["alg", "kid", "typ"].iter().flat_map(|name| with_twins(&header_members(), name)) {
        assert_eq!(open(&forge(&twins, &claims), &keys()), Err(Error::Jws(JwsError::Json)), "{twins}");
        executed += 1;
    }
    for twins in CLAIMS.iter().flat_map(|name| with_twins(&claims_members(), name)) {
        let token = forge(&header, &twins);
        assert_eq!(open(&token, &keys()), Err(Error::Claims), "{twins}");
        assert_eq!(other(&token), Err(Error::Jws(JwsError::Json)), "{twins}");
        executed += 1;
    }
    assert_eq!(executed, (3 + 8) * 4);
}

const CLAIMS: [&str; 8] = ["iss", "aud", "sub", "role", "iat", "exp", "jti", "sid"];

#[test]
fn claims_are_an_object_and_not_the_list_of_their_values() {
    let claims = crate::support::claims();
    let list = serde_json::json!([
        claims.iss,
        claims.aud,
        claims.sub,
        claims.role,
        claims.iat,
        claims.exp,
        claims.jti,
        claims.sid
    ]);
    let token = forge(good_header(), list.to_string());
    assert_eq!(open(&token, &keys()), Err(Error::Claims));
    assert_eq!(other(&token), Err(Error::Jws(JwsError::Json)));
}

#[test]
fn sixteen_levels_are_read_and_seventeen_are_not() {
    let lists = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let objects = |levels: usize| format!("{}1{}", r#"{"a":"#.repeat(levels), "}".repeat(levels));
    assert!(parse_strict(lists(16).as_bytes()).is_ok());
    assert!(parse_strict(objects(16).as_bytes()).is_ok());
    assert_eq!(parse_strict(lists(17).as_bytes()), Err(JwsError::Json));
    assert_eq!(parse_strict(objects(17).as_bytes()), Err(JwsError::Json));
    assert!(Members::parse(objects(16).as_bytes()).is_ok());
    assert!(Members::parse(format!(r#"{{"a":{}}}"#, lists(15)).as_bytes()).is_ok());
    assert_eq!(Members::parse(objects(17).as_bytes()), Err(JwsError::Json));
    assert_eq!(Members::parse(format!(r#"{{"a":{}}}"#, lists(16)).as_bytes()), Err(JwsError::Json));
}
