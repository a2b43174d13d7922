//! Issuer, audience, and claims that are missing, mistyped or too many.

use hallpass_token::Error;

use super::{claims_with, forge, good_header, keys, other, quote};
use crate::support::open;

/// A claim set to this JSON, and the codes with which our own reader and another issuer's refuse it.
fn check(name: &str, value: Option<&str>, codes: (&str, Result<(), &str>)) {
    let token = forge(good_header(), claims_with(name, value));
    assert_eq!(open(&token, &keys()).map_err(Error::code), Err(codes.0), "{name}: {value:?}");
    assert_eq!(other(&token).map(drop).map_err(Error::code), codes.1, "{name}: {value:?}");
}

#[test]
fn the_issuer_is_compared_byte_for_byte() {
    let others = [
        "",
        "https://auth.example/",
        "https://auth.example ",
        " https://auth.example",
        "https://auth.example\0",
        "https://AUTH.example",
        "HTTPS://auth.example",
        "http://auth.example",
        "auth.example",
        "https://auth.exampl",
        "https://auth.example.attacker.example",
        "https://auth.example@attacker.example",
        "https://auth.example:443",
        "https://auth.example#",
        "https://auth.example?",
        "https://auth%2eexample",
        "https://a\u{0443}th.example",
        "https://attacker.example",
        "*",
    ];
    for issuer in others {
        check("iss", Some(&quote(issuer)), ("wrong_iss", Err("wrong_iss")));
    }
    let mistyped = ["null", "1", "true", "{}", "[]", r#"["https://auth.example"]"#, r#"[["https://auth.example"]]"#];
    for value in mistyped {
        check("iss", Some(value), ("bad_claims", Err("bad_claims")));
    }
    check("iss", None, ("bad_claims", Err("bad_claims")));
    assert_eq!((others.len(), mistyped.len()), (19, 7));
}

#[test]
fn the_audience_is_ours_by_its_whole_name() {
    let others = [
        "",
        "https://api.example/",
        "https://api.exampl",
        "https://api.example ",
        "https://api.example2",
        "api.example",
        "https://API.example",
        "https://api.example,https://other.example",
        "https://other.example https://api.example",
        "https://api.example\0",
        "*",
        "[\"https://api.example\"]",
    ];
    for audience in others {
        check("aud", Some(&quote(audience)), ("wrong_aud", Err("wrong_aud")));
    }
    let mistyped = [
        "null",
        "1",
        "true",
        "{}",
        "[]",
        r#"{"https://api.example":true}"#,
        r#"["https://api.example",1]"#,
        r#"[null,"https://api.example"]"#,
        r#"[["https://api.example"]]"#,
        r#"[{"aud":"https://api.example"}]"#,
    ];
    for value in mistyped {
        check("aud", Some(value), ("bad_claims", Err("bad_claims")));
    }
    check("aud", None, ("bad_claims", Err("bad_claims")));
    assert_eq!((others.len(), mistyped.len()), (12, 10));
}

#[test]
fn another_issuer_may_list_audiences() {
    let ours = r#"["https://api.example"]"#;
    let among = r#"["https://other.example","https://api.example"]"#;
    for value in [ours, among] {
        check("aud", Some(value), ("bad_claims", Ok(())));
    }
    for value in [r#"["https://other.example"]"#, r#"["https://api.example/"]"#, r#"["https://api","example"]"#] {
        check("aud", Some(value), ("bad_claims", Err("wrong_aud")));
    }
}

#[test]
fn our_tokens_have_their_claims_and_no_others() {
    let mut executed = 0;
    for name in ["iss", "aud", "sub", "role", "iat", "exp", "jti", "sid"] {
        let mut values = vec![None, Some("null"), Some("true"), Some("[]"), Some("{}"), Some("[[]]")];
        values.push(Some(if name == "iat" || name == "exp" { r#""1800000900""# } else { "1" }));
        for value in values {
            let token = forge(good_header(), claims_with(name, value));
            assert_eq!(open(&token, &keys()), Err(Error::Claims), "{name}: {value:?}");
            executed += 1;
        }
    }
    for name in ["nbf", "scope", "roles", "Role", "ISS", "cnf", "act", "admin", "__proto__", ""] {
        let token = forge(good_header(), claims_with(name, Some("1")));
        assert_eq!(open(&token, &keys()), Err(Error::Claims), "{name}");
        executed += 1;
    }
    assert_eq!(executed, 8 * 7 + 10);
}

#[test]
fn claims_about_the_session_are_read_when_they_have_their_type_and_never_as_absent() {
    let good = [
        ("client_id", r#""orders""#),
        ("scope", r#""read write""#),
        ("auth_time", "1800000000"),
        ("acr", r#""2""#),
        ("amr", r#"["pwd","otp"]"#),
        ("cnf", r#"{"jkt":"x"}"#),
    ];
    for (name, value) in good {
        let claims = open(&forge(good_header(), claims_with(name, Some(value))), &keys()).expect(name);
        assert_eq!(claims.is_first_party(), name != "client_id", "{name}");
        let written = serde_json::to_value(&claims).expect("JSON");
        assert_eq!(written[name].to_string(), value, "{name}");
        // What is absent is not written: a token of today has the claims of today.
        assert_eq!(written.as_object().map(serde_json::Map::len), Some(9), "{name}");
        for wrong in ["null", "true", "[1]"] {
            let token = forge(good_header(), claims_with(name, Some(wrong)));
            assert_eq!(open(&token, &keys()), Err(Error::Claims), "{name}: {wrong}");
        }
    }
}
