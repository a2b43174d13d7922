//! `exp`, `iat` and `nbf`: numbers in range, not passed, not to come, and not too far apart.

use hallpass_token::{Error, Policy, verify_as};
use serde_json::{Map, Value};

use super::{claims_with, forge, good_header, keys, other};
use crate::support::{NOW, open, open_under, policy};

fn codes(payload: &str) -> (Result<(), &'static str>, Result<(), &'static str>) {
    let token = forge(good_header(), payload);
    (open(&token, &keys()).map(drop).map_err(Error::code), other(&token).map(drop).map_err(Error::code))
}

/// Values that are no time, with the codes of our own reader, which takes whole numbers only, and another issuer's.
const NO_TIMES: [(&str, &str, &str); 22] = [
    (r#""1800000900""#, "bad_claims", "bad_time"),
    (r#""""#, "bad_claims", "bad_time"),
    (r#""never""#, "bad_claims", "bad_time"),
    (r#""2027-01-15T08:00:00Z""#, "bad_claims", "bad_time"),
    ("true", "bad_claims", "bad_time"),
    ("false", "bad_claims", "bad_time"),
    ("null", "bad_claims", "bad_time"),
    ("[]", "bad_claims", "bad_time"),
    ("[1800000900]", "bad_claims", "bad_time"),
    ("{}", "bad_claims", "bad_time"),
    ("-1", "bad_time", "bad_time"),
    ("-9223372036854775808", "bad_time", "bad_time"),
    ("253402300800", "bad_time", "bad_time"),
    ("1800000900000", "bad_time", "bad_time"),
    ("9223372036854775807", "bad_time", "bad_time"),
    ("9223372036854775808", "bad_claims", "bad_time"),
    ("18446744073709551616", "bad_claims", "bad_time"),
    ("-0.5", "bad_claims", "bad_time"),
    ("1e15", "bad_claims", "bad_time"),
    ("1e300", "bad_claims", "bad_time"),
    ("-1e300", "bad_claims", "bad_time"),
    ("1e400", "bad_claims", "bad_json"),
];

#[test]
fn what_is_no_time_is_not_taken_for_one_nor_for_absent() {
    let mut executed = 0;
    for (value, own, other) in NO_TIMES {
        for name in ["exp", "iat"] {
            assert_eq!(codes(&claims_with(name, Some(value))), (Err(own), Err(other)), "{name}: {value}");
            executed += 1;
        }
        // Our own tokens have no such claim.
        assert_eq!(codes(&claims_with("nbf", Some(value))), (Err("bad_claims"), Err(other)), "nbf: {value}");
        executed += 1;
    }
    assert_eq!(executed, 66);
}

#[test]
fn fractions_are_for_other_issuers_and_rounded_down() {
    assert_eq!(codes(&claims_with("exp", Some("1800000900.9"))), (Err("bad_claims"), Ok(())));
    assert_eq!(codes(&claims_with("exp", Some("1800000100.9"))), (Err("bad_claims"), Err("token_expired")));
    assert_eq!(codes(&claims_with("exp", Some("1.8000009e9"))), (Err("bad_claims"), Ok(())));
    assert_eq!(codes(&claims_with("nbf", Some("1800000100.9"))), (Err("bad_claims"), Ok(())));
    assert_eq!(codes(&claims_with("nbf", Some("1800000101.0"))), (Err("bad_claims"), Err("not_yet_valid")));
}

/// `exp`, `iat`, `nbf` and the verdict under a policy at [`NOW`].
type Case = (i64, i64, Option<i64>, Result<(), &'static str>);

fn run(policy: &Policy, cases: &[Case]) -> usize {
    for (exp, iat, nbf, expected) in cases {
        let mut claims = serde_json::to_value(crate::support::claims()).expect("JSON");
        claims["exp"] = (*exp).into();
        claims["iat"] = (*iat).into();
        if let Some(nbf) = nbf {
            claims["nbf"] = (*nbf).into();
        }
        let token = forge(good_header(), claims.to_string());
        let shown = (exp - NOW, iat - NOW, nbf.map(|nbf| nbf - NOW));
        let verdict = verify_as::<Map<String, Value>>(&token, &keys(), policy, NOW).map(drop).map_err(Error::code);
        assert_eq!(verdict, *expected, "{shown:?}");
        if nbf.is_none() {
            let verdict = open_under(policy, &token, &keys(), NOW).map(drop).map_err(Error::code);
            assert_eq!(verdict, *expected, "{shown:?}");
        }
    }
    cases.len()
}

#[test]
fn times_are_exact_without_leeway() {
    let cases = [
        (NOW + 1, NOW, None, Ok(())),
        (NOW, NOW, None, Err("token_expired")),
        (NOW - 1, NOW - 900, None, Err("token_expired")),
        (0, 0, None, Err("token_expired")),
        (NOW + 900, NOW, None, Ok(())),
        (NOW + 901, NOW, None, Err("lives_too_long")),
        (NOW + 1, NOW - 900, None, Err("lives_too_long")),
        (NOW + 1, 0, None, Err("lives_too_long")),
        (253_402_300_799, NOW, None, Err("lives_too_long")),
        (253_402_300_799, 0, None, Err("lives_too_long")),
        (NOW + 10, NOW + 11, None, Err("lives_too_long")),
        // Tokens may be stamped a minute ahead, no more.
        (NOW + 900, NOW + 60, None, Ok(())),
        (NOW + 900, NOW + 61, None, Err("not_yet_valid")),
        (253_402_300_799, 253_402_300_000, None, Err("not_yet_valid")),
        (NOW + 900, NOW, Some(NOW), Ok(())),
        (NOW + 900, NOW, Some(0), Ok(())),
        (NOW + 900, NOW, Some(NOW + 1), Err("not_yet_valid")),
    ];
    assert_eq!(run(&policy(), &cases), 17);
}

#[test]
fn leeway_applies_to_all_times_alike() {
    let policy = Policy { leeway_secs: 30, ..policy() };
    let cases = [
        (NOW - 29, NOW - 900, None, Ok(())),
        (NOW - 30, NOW - 900, None, Err("token_expired")),
        (NOW - 31, NOW - 900, None, Err("token_expired")),
        (NOW + 900, NOW + 90, None, Ok(())),
        (NOW + 900, NOW + 91, None, Err("not_yet_valid")),
        (NOW + 900, NOW, Some(NOW + 30), Ok(())),
        (NOW + 900, NOW, Some(NOW + 31), Err("not_yet_valid")),
        // But the lifetime is what it is.
        (NOW + 901, NOW, None, Err("lives_too_long")),
    ];
    assert_eq!(run(&policy, &cases), 8);
}

#[test]
fn no_clock_and_no_policy_makes_the_arithmetic_overflow() {
    let token = forge(good_header(), claims_with("", None));
    for now in [i64::MIN, -1, 0, NOW, i64::MAX] {
        for leeway_secs in [0, 1, u64::MAX] {
            for max_lifetime_secs in [0, 900, u64::MAX] {
                let policy = Policy { leeway_secs, max_lifetime_secs, ..policy() };
                let accepted = open_under(&policy, &token, &keys(), now).is_ok();
                let alive = (now == NOW || leeway_secs == u64::MAX) && !(now == i64::MAX && leeway_secs == u64::MAX);
                assert_eq!(accepted, alive && max_lifetime_secs >= 900, "{now} {leeway_secs} {max_lifetime_secs}");
            }
        }
    }
}
