//! Attacks, as tables: each row is a token and the code it must be refused with. What a row attacks is signed by the
//! right key wherever an attacker could have made it so, lest it be refused for its signature alone.

mod algorithm;
mod claims;
mod header;
mod json;
mod structure;
mod times;

use std::sync::LazyLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use hallpass_jose::{Alg, KeySet, verify_payload};
use hallpass_token::{Error, verify_as};
use serde_json::{Map, Value};

use crate::support::{NOW, b64, claims, es256, key, open, policy, set};

/// A name, the token, and the code of its refusal.
type Row = (&'static str, String, &'static str);

/// The keys of a service in the middle of a rotation.
fn keys() -> KeySet {
    set(&[es256(), key(Alg::EdDsa)])
}

/// Segments as they are, under a good signature of [`es256`].
fn sign_segments(header: &str, payload: &str) -> String {
    static RAW: LazyLock<EcdsaKeyPair> = LazyLock::new(|| {
        let der = es256().to_bytes().expect("PKCS#8");
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der).expect("a key")
    });
    let message = format!("{header}.{payload}");
    let signature = RAW.sign(&SystemRandom::new(), message.as_bytes()).expect("a signature");
    format!("{message}.{}", b64(signature))
}

/// Any header and payload under a good signature.
fn forge(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
    sign_segments(&b64(header), &b64(payload))
}

/// The members of a good header and of good claims, without the braces.
fn header_members() -> String {
    format!(r#""typ":"at+jwt","alg":"ES256","kid":"{}""#, es256().kid())
}

fn claims_members() -> String {
    let text = serde_json::to_string(&claims()).expect("JSON");
    text.trim_matches(['{', '}']).to_owned()
}

/// A good header.
fn good_header() -> String {
    format!("{{{}}}", header_members())
}

/// Good claims, as JSON.
fn good_claims() -> String {
    format!("{{{}}}", claims_members())
}

/// A good header with a member set to this JSON, or left out.
fn header_with(name: &str, value: Option<&str>) -> String {
    let members = [("typ", r#""at+jwt""#.to_owned()), ("alg", r#""ES256""#.to_owned()), ("kid", quote(es256().kid()))];
    let mut members: Vec<(&str, String)> = members.into_iter().filter(|(each, _)| *each != name).collect();
    members.extend(value.map(|value| (name, value.to_owned())));
    let members: Vec<String> = members.iter().map(|(name, value)| format!(r#""{name}":{value}"#)).collect();
    format!("{{{}}}", members.join(","))
}

/// Good claims with a member set to this JSON, or left out.
fn claims_with(name: &str, value: Option<&str>) -> String {
    let Ok(Value::Object(members)) = serde_json::to_value(claims()) else { unreachable!("a struct is an object") };
    let mut members: Vec<(String, String)> =
        members.into_iter().filter(|(each, _)| each != name).map(|(name, value)| (name, value.to_string())).collect();
    members.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    let members: Vec<String> = members.iter().map(|(name, value)| format!(r#""{name}":{value}"#)).collect();
    format!("{{{}}}", members.join(","))
}

fn quote(text: &str) -> String {
    Value::from(text).to_string()
}

/// As a verifier of another issuer's tokens reads it.
fn other(token: &str) -> Result<Map<String, Value>, Error> {
    verify_as(token, &keys(), &policy(), NOW).map(hallpass_jose::Verified::into_inner)
}

/// Every row is refused by every reader, with its code; how many there were.
fn refused(rows: &[Row]) -> usize {
    refused_by(&keys(), rows)
}

fn refused_by(keys: &KeySet, rows: &[Row]) -> usize {
    for (name, token, code) in rows {
        let verdict = open(token, keys);
        assert_eq!(verdict.map_err(Error::code), Err(*code), "{name}");
        assert!(verify_as::<Map<String, Value>>(token, keys, &policy(), NOW).is_err(), "{name}");
    }
    rows.len()
}

/// Headers under a good signature, each refused with its code.
fn headers_refused(rows: &[Row]) -> usize {
    let rows: Vec<Row> = rows.iter().map(|(name, header, code)| (*name, forge(header, good_claims()), *code)).collect();
    refused(&rows)
}

#[test]
fn what_the_tables_spoil_is_good() {
    let token = forge(good_header(), good_claims());
    assert_eq!(open(&token, &keys()), Ok(claims()));
    assert!(other(&token).is_ok_and(|members| members["role"] == "user"));
    assert!(verify_payload(&token, &keys()).is_ok());
    assert_eq!(open(&forge(header_with("typ", Some(r#""at+jwt""#)), good_claims()), &keys()), Ok(claims()));
    assert_eq!(open(&forge(good_header(), claims_with("role", Some(r#""user""#))), &keys()), Ok(claims()));
}
