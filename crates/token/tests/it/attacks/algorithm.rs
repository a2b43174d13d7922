//! `none`, other algorithms, and public keys taken for secrets.

use aws_lc_rs::hmac;
use hallpass_jose::{Alg, SigningKey, VerifyingKey, is_weak_secret};

use super::{Row, forge, good_claims, header_with, headers_refused, quote, refused, refused_by};
use crate::support::{b64, claims, es256, key, set, unb64};

#[test]
fn none_is_refused_in_every_spelling() {
    let spellings = ["none", "None", "NONE", "nOnE", "nonE", "none ", " none", "none\0", "no\u{200b}ne", "null", ""];
    let payload = b64(good_claims());
    let mut rows: Vec<Row> = Vec::new();
    for spelling in spellings {
        let header = header_with("alg", Some(&quote(spelling)));
        rows.push(("under a good signature", forge(&header, unb64(&payload)), "unsupported_algorithm"));
        rows.push(("without one", format!("{}.{payload}.", b64(&header)), "not_compact_jws"));
        rows.push(("under any", format!("{}.{payload}.AAAA", b64(&header)), "unsupported_algorithm"));
    }
    let escaped = header_with("alg", Some(r#""\u006eone""#));
    rows.push(("escaped", forge(escaped, unb64(&payload)), "unsupported_algorithm"));
    let nameless = format!("{}.{payload}.AAAA", b64(r#"{"alg":"none","typ":"at+jwt"}"#));
    rows.push(("without a key", nameless, "unknown_kid"));
    assert_eq!(refused(&rows), 35);
}

#[test]
fn only_the_keys_own_algorithm_is_accepted() {
    let named = |code: &'static str, names: &[&'static str]| -> Vec<Row> {
        names.iter().map(|name| (*name, header_with("alg", Some(&quote(name))), code)).collect()
    };
    let others: Vec<&str> = Alg::ALL.iter().map(|alg| alg.as_str()).filter(|name| *name != "ES256").collect();
    let unknown = [
        "es256",
        "Es256",
        "ES256 ",
        "ES-256",
        "ES256\0",
        "ES512",
        "ES521",
        "ES256K",
        "HS384",
        "HS512",
        "PS384",
        "PS512",
        "Ed25519",
        "Ed448",
        "dir",
        "A256KW",
        "A256GCM",
        "RSA1_5",
        "RSA-OAEP",
        "PBES2-HS256+A128KW",
        "ECDH-ES",
    ];
    let mistyped = ["0", "true", "null", "[]", r#"["ES256"]"#, r#"{"ES256":1}"#, "256"];
    assert_eq!(headers_refused(&named("algorithm_mismatch", &others)), 7);
    assert_eq!(headers_refused(&named("unsupported_algorithm", &unknown)), 21);
    let mistyped: Vec<Row> =
        mistyped.iter().map(|value| (*value, header_with("alg", Some(value)), "bad_header")).collect();
    assert_eq!(headers_refused(&mistyped), 7);
    assert_eq!(headers_refused(&[("no algorithm", header_with("alg", None), "bad_header")]), 1);
}

/// Everything that an attacker can make of a published key, as bytes.
fn spellings(key: &SigningKey) -> Vec<Vec<u8>> {
    let pem = key.public_pem().expect("a public key");
    let der = pem::parse(&pem).expect("PEM").into_contents();
    let jwk = serde_json::to_value(key.public_jwk().expect("a public key")).expect("JSON");
    let member = |name: &str| jwk[name].as_str().map(unb64).unwrap_or_default();
    let coordinates = [member("n"), member("x"), member("y")].concat();
    vec![
        pem.clone().into_bytes(),
        pem.trim_end().as_bytes().to_vec(),
        pem.replace('\n', "\r\n").into_bytes(),
        pem.replace('\n', "").into_bytes(),
        format!(" {pem}").into_bytes(),
        pem.lines().filter(|line| !line.starts_with('-')).collect::<String>().into_bytes(),
        b64(&der).into_bytes(),
        der,
        jwk.to_string().into_bytes(),
        serde_json::json!({ "keys": [jwk.clone()] }).to_string().into_bytes(),
        b64(&coordinates).into_bytes(),
        [vec![4], coordinates.clone()].concat(),
        coordinates,
        key.kid().as_bytes().to_vec(),
        unb64(key.kid()),
        Vec::new(),
    ]
}

/// A token under an HMAC whose secret the attacker knows.
fn hmac_token(alg: &str, kid: Option<&str>, secret: &[u8]) -> String {
    let mut header = serde_json::json!({ "alg": alg, "typ": "at+jwt" });
    if let Some(kid) = kid {
        header["kid"] = kid.into();
    }
    let message = format!("{}.{}", b64(header.to_string()), b64(serde_json::to_vec(&claims()).expect("JSON")));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message.as_bytes());
    format!("{message}.{}", b64(tag))
}

#[test]
fn a_public_key_is_never_taken_for_a_secret() {
    let mut executed = 0;
    for alg in [Alg::Rs256, Alg::Ps256, Alg::Es256, Alg::Es384, Alg::EdDsa] {
        let key = key(alg);
        for secret in spellings(key) {
            let rows: Vec<Row> = vec![
                ("by its name", hmac_token("HS256", Some(key.kid()), &secret), "algorithm_mismatch"),
                ("without a name", hmac_token("HS256", None, &secret), "algorithm_mismatch"),
                ("under its own algorithm", hmac_token(alg.as_str(), Some(key.kid()), &secret), "bad_signature"),
            ];
            executed += refused_by(&set(&[key]), &rows);
            // Beside a secret too, which names its own tokens only.
            executed += refused_by(&set(&[key, crate::support::key(Alg::Hs256)]), &rows[..1]);
        }
    }
    assert_eq!(executed, 5 * 16 * 4);
}

#[test]
fn the_text_of_a_key_is_no_secret_either() {
    for alg in [Alg::Rs256, Alg::Es256, Alg::EdDsa] {
        let pem = key(alg).public_pem().expect("a public key");
        let jwk = serde_json::to_string(&key(alg).public_jwk()).expect("JSON");
        for text in [pem.as_str(), &format!("\n{pem}"), &jwk, &format!(" {jwk}")] {
            assert!(is_weak_secret(text.as_bytes()), "{text}");
            assert!(VerifyingKey::from_secret(text.as_bytes()).is_err());
        }
    }
}

#[test]
fn a_secrets_own_tokens_do_not_pass_for_those_of_a_public_key() {
    let secret = key(Alg::Hs256);
    let bytes = secret.to_bytes().expect("the secret");
    let rows: Vec<Row> = vec![
        ("another key's algorithm", hmac_token("ES256", Some(secret.kid()), &bytes), "algorithm_mismatch"),
        ("another key's name", hmac_token("HS256", Some(es256().kid()), &bytes), "algorithm_mismatch"),
        ("none", hmac_token("none", Some(secret.kid()), &bytes), "unsupported_algorithm"),
        ("a longer HMAC", hmac_token("HS512", Some(secret.kid()), &bytes), "unsupported_algorithm"),
        ("another secret", hmac_token("HS256", Some(secret.kid()), &[1; 32]), "bad_signature"),
        ("no secret", hmac_token("HS256", Some(secret.kid()), b""), "bad_signature"),
        ("half of the tag", half_of_the_tag(&hmac_token("HS256", Some(secret.kid()), &bytes)), "bad_signature"),
    ];
    assert_eq!(refused_by(&set(&[secret, es256()]), &rows), 7);
}

/// RFC 7518 §3.2 has no truncated tags.
fn half_of_the_tag(token: &str) -> String {
    let (signed, tag) = token.rsplit_once('.').expect("a token");
    format!("{signed}.{}", b64(&unb64(tag)[..16]))
}

#[test]
fn an_ecdsa_signature_is_two_numbers_of_full_width() {
    let token = es256().sign("at+jwt", &claims()).expect("a token");
    let (signed, signature) = token.rsplit_once('.').expect("a token");
    let raw = unb64(signature);
    let (r, s) = raw.split_at(32);
    let der = [&[0x30, 70, 2, 33, 0], r, &[2, 33, 0], s].concat();
    let with = |name: &'static str, bytes: &[u8]| (name, format!("{signed}.{}", b64(bytes)), "bad_signature");
    let rows: Vec<Row> = vec![
        with("zeros", &[0; 64]),
        with("r = 0", &[&[0; 32], s].concat()),
        with("s = 0", &[r, &[0; 32]].concat()),
        with("the greatest numbers", &[255; 64]),
        with("DER", &der),
        with("a byte short", &raw[..63]),
        with("a byte long", &[raw.as_slice(), &[0]].concat()),
        with("a zero before", &[&[0], raw.as_slice()].concat()),
        with("s before r", &[s, r].concat()),
        with("r alone", r),
        with("twice", &[raw.as_slice(), raw.as_slice()].concat()),
    ];
    assert_eq!(refused(&rows), 11);
}
