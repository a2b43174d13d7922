//! Members of the header: keys that a token brings along, key names, extensions and types.

use hallpass_jose::{Alg, SigningKey};

use super::{Row, forge, good_claims, good_header, header_members, header_with, headers_refused, keys, quote, refused};
use crate::support::{b64, claims, es256, open};

#[test]
fn a_token_does_not_bring_its_own_key() {
    let attacker = SigningKey::generate(Alg::Es256).expect("a key");
    let jwk = serde_json::to_string(&attacker.public_jwk()).expect("JSON");
    let values = [
        ("jwk", jwk.as_str()),
        ("jwk", "null"),
        ("jwk", "{}"),
        ("jku", r#""https://attacker.example/jwks.json""#),
        ("jku", r#""https://auth.example/.well-known/jwks.json""#),
        ("jku", r#""file:///etc/passwd""#),
        ("jku", r#""""#),
        ("x5u", r#""https://attacker.example/chain.pem""#),
        ("x5u", r#""http://169.254.169.254/latest/meta-data""#),
        ("x5c", r#"["MIIB"]"#),
        ("x5c", "[]"),
    ];
    let rows: Vec<Row> =
        values.iter().map(|(name, value)| (*name, header_with(name, Some(value)), "embedded_key")).collect();
    assert_eq!(headers_refused(&rows), 11);

    // As the attacker would send them: under the attacker's own signature.
    let foreign = attacker.sign("at+jwt", &claims()).expect("a token");
    let (signed, signature) = foreign.rsplit_once('.').expect("a token");
    let (_, payload) = signed.split_once('.').expect("a token");
    let header = b64(format!(r#"{{{},"jwk":{jwk}}}"#, header_members()));
    let under_our_name = b64(good_header());
    let rows: Vec<Row> = vec![
        ("a foreign key", foreign.clone(), "unknown_kid"),
        ("a foreign key brought along", format!("{header}.{payload}.{signature}"), "embedded_key"),
        ("a foreign key under our name", format!("{under_our_name}.{payload}.{signature}"), "bad_signature"),
    ];
    assert_eq!(refused(&rows), 3);
}

#[test]
fn a_certificates_hash_names_no_key() {
    for name in ["x5t", "x5t#S256"] {
        let token = forge(header_with(name, Some(r#""Zm9v""#)), good_claims());
        assert_eq!(open(&token, &keys()), Ok(claims()), "{name} is ignored");
    }
}

#[test]
fn a_kid_names_a_key_exactly_or_none() {
    let kid = es256().kid();
    let unknown = [
        ("empty", String::new()),
        ("of no key", "unknown".to_owned()),
        ("a path", "../../../../dev/null".to_owned()),
        ("a file", "/etc/passwd".to_owned()),
        ("an address", "https://attacker.example/key".to_owned()),
        ("a query", "' OR '1'='1".to_owned()),
        ("a union", "x' UNION SELECT 'AAAA' --".to_owned()),
        ("a command", "key|touch /tmp/x".to_owned()),
        ("a wildcard", "*".to_owned()),
        ("a pattern", ".*".to_owned()),
        ("a prefix", kid[..kid.len() - 1].to_owned()),
        ("longer", format!("{kid}x")),
        ("with a space", format!("{kid} ")),
        ("with NUL", format!("{kid}\0")),
        ("with a newline", format!("{kid}\n")),
        ("in capitals", kid.to_ascii_uppercase()),
        ("in small letters", kid.to_ascii_lowercase()),
        ("a place in the list", "0".to_owned()),
        ("long", "k".repeat(4096)),
        ("a prototype", "__proto__".to_owned()),
    ];
    let rows: Vec<Row> =
        unknown.iter().map(|(name, kid)| (*name, header_with("kid", Some(&quote(kid))), "unknown_kid")).collect();
    assert_eq!(headers_refused(&rows), 20);
    let mistyped = ["0", "1.5", "true", "null", "[]", "{}", &format!("[{}]", quote(kid))].map(str::to_owned);
    let rows: Vec<Row> =
        mistyped.iter().map(|value| ("mistyped", header_with("kid", Some(value)), "bad_header")).collect();
    assert_eq!(headers_refused(&rows), 7);
    assert_eq!(headers_refused(&[("none, of two keys", header_with("kid", None), "unknown_kid")]), 1);
}

#[test]
fn extensions_that_must_be_understood_are_not() {
    let values = [
        ("crit", r#"["exp"]"#),
        ("crit", r#"["b64"]"#),
        ("crit", r#"["http://example.invalid/UNDEFINED"]"#),
        ("crit", r#"["alg"]"#),
        ("crit", r#"["crit"]"#),
        ("crit", r#"["exp","exp"]"#),
        ("crit", "[]"),
        ("crit", "[1]"),
        ("crit", "{}"),
        ("crit", "null"),
        ("crit", r#""exp""#),
        ("cr\\u0069t", r#"["exp"]"#),
        ("b64", "false"),
        ("b64", "true"),
        ("b64", "null"),
        ("b64", r#""false""#),
    ];
    let rows: Vec<Row> =
        values.iter().map(|(name, value)| (*name, header_with(name, Some(value)), "critical_extension")).collect();
    assert_eq!(headers_refused(&rows), 16);
}

#[test]
fn encrypted_compressed_and_nested_tokens_are_refused() {
    let rows: Vec<Row> = vec![
        ("enc", header_with("enc", Some(r#""A256GCM""#)), "not_compact_jws"),
        ("zip", header_with("zip", Some(r#""DEF""#)), "not_compact_jws"),
        ("cty", header_with("cty", Some(r#""JWT""#)), "nested_token"),
        ("cty in small letters", header_with("cty", Some(r#""jwt""#)), "nested_token"),
        ("cty in full", header_with("cty", Some(r#""application/JWT""#)), "nested_token"),
        ("cty of an access token", header_with("cty", Some(r#""at+jwt""#)), "nested_token"),
        ("cty mistyped", header_with("cty", Some("[]")), "bad_header"),
    ];
    assert_eq!(headers_refused(&rows), 7);
}

#[test]
fn only_access_tokens_pass_for_access_tokens() {
    let others = [
        "",
        "JWT",
        "jwt",
        "at",
        "at+",
        "+jwt",
        "at+jwt ",
        " at+jwt",
        "at+jwt\0",
        "at-jwt",
        "at+jwtx",
        "xat+jwt",
        "application/",
        "application/jwt",
        "text/at+jwt",
        "application/application/at+jwt",
        "application/at+jwt;v=1",
        "application//at+jwt",
        "\u{ff41}t+jwt",
        "at+jw\u{0442}",
        "dpop+jwt",
        "logout+jwt",
        "id_token",
        "refresh+jwt",
        "secevent+jwt",
        "JOSE",
        "*",
    ];
    let rows: Vec<Row> = others.iter().map(|typ| (*typ, header_with("typ", Some(&quote(typ))), "wrong_typ")).collect();
    assert_eq!(headers_refused(&rows), 27);
    assert_eq!(headers_refused(&[("no type", header_with("typ", None), "wrong_typ")]), 1);
    let rows: Vec<Row> = ["1", "true", "null", "{}", r#"["at+jwt"]"#]
        .iter()
        .map(|value| (*value, header_with("typ", Some(value)), "bad_header"))
        .collect();
    assert_eq!(headers_refused(&rows), 5);
}

#[test]
fn the_type_may_be_written_as_rfc_9068_allows() {
    for typ in ["at+jwt", "AT+JWT", "At+Jwt", "application/at+jwt", "Application/AT+JWT"] {
        let token = forge(header_with("typ", Some(&quote(typ))), good_claims());
        assert_eq!(open(&token, &keys()), Ok(claims()), "{typ}");
    }
}
