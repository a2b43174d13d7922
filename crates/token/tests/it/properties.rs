//! What holds for any bytes, and for any claims.

use hallpass_jose::{
    Alg, Jwk, JwkSet, KeySet, Members, SigningKey, VerifyingKey, dangerous, parse_object, parse_strict, verify_payload,
};
use hallpass_token::{AccessClaims, Policy, verify_as};
use proptest::prelude::*;
use serde_json::{Map, Value};

use crate::support::{NOW, any_claims, b64, claims, es256, fixed, key, open, open_under, policy, set};

fn keys() -> KeySet {
    set(&[es256(), key(Alg::EdDsa)])
}

/// No reader makes anything of it.
fn refused_by_all(token: &str, keys: &KeySet) -> bool {
    open(token, keys).is_err()
        && verify_as::<Map<String, Value>>(token, keys, &policy(), NOW).is_err()
        && verify_payload(token, keys).is_err()
}

proptest! {
    #![proptest_config(fixed(512))]

    #[test]
    fn no_text_makes_a_reader_panic(text in any::<String>()) {
        prop_assert!(refused_by_all(&text, &keys()));
        let _ = dangerous::decode(&text);
        prop_assert!(Jwk::parse(&text).is_err() && JwkSet::parse(&text).is_err());
        prop_assert!(SigningKey::from_jwk(&text).is_err());
        for alg in Alg::ALL {
            prop_assert!(SigningKey::from_pem(alg, &text).is_err() && VerifyingKey::from_pem(alg, &text).is_err());
        }
    }

    #[test]
    fn nothing_of_the_shape_of_a_token_makes_a_reader_panic(
        header in any::<Vec<u8>>(), payload in any::<Vec<u8>>(), signature in any::<Vec<u8>>(),
    ) {
        let token = format!("{}.{}.{}", b64(header), b64(payload), b64(signature));
        prop_assert!(refused_by_all(&token, &keys()));
        let _ = dangerous::decode(&token);
    }

    #[test]
    fn no_key_material_makes_a_reader_panic(bytes in any::<Vec<u8>>()) {
        for alg in Alg::ALL {
            prop_assert!(SigningKey::from_pkcs8_der(alg, &bytes).is_err());
            for tag in ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "PUBLIC KEY", "RSA PUBLIC KEY"] {
                let text = pem::encode(&pem::Pem::new(tag, bytes.clone()));
                prop_assert!(SigningKey::from_pem(alg, &text).is_err() && VerifyingKey::from_pem(alg, &text).is_err());
            }
        }
    }

    #[test]
    fn strict_json_reads_what_serde_writes_and_agrees_with_it(bytes in "[\\[\\]{}\",:a-c0-9.eE\\\\u+ -]{0,24}") {
        let lax = serde_json::from_str::<Value>(&bytes);
        if let Ok(strict) = parse_strict(bytes.as_bytes()) {
            prop_assert_eq!(lax.ok(), Some(strict.clone()));
            prop_assert_eq!(parse_strict(strict.to_string().as_bytes()), Ok(strict));
        }
    }

    #[test]
    fn borrowed_members_are_those_of_the_strict_reader(inside in "[\\[\\]{}\",:ab0-9.e\\\\u -]{0,20}") {
        for document in [inside.clone(), format!("{{{inside}}}"), format!(r#"{{"a":{inside},"b":"\u0061{inside}"}}"#)] {
            let borrowed = Members::parse(document.as_bytes()).map(Members::into_map);
            prop_assert_eq!(borrowed, parse_object(document.as_bytes()), "{}", document);
        }
    }

    #[test]
    fn any_claims_come_back_as_they_went(claims in any_claims()) {
        let token = key(Alg::EdDsa).sign("at+jwt", &claims).expect("a token");
        let back = open(&token, &keys());
        prop_assert_eq!(back, Ok(claims.clone()));
        let decoded = dangerous::decode(&token).expect("a token");
        prop_assert_eq!(Value::from(decoded.claims), serde_json::to_value(claims).expect("JSON"));
    }

    #[test]
    fn any_payload_comes_back_as_it_went(payload in any::<Vec<u8>>(), alg in 0..Alg::ALL.len()) {
        let key = key(Alg::ALL[alg]);
        let back = verify_payload(&key.sign_payload("x", &payload).expect("a token"), &set(&[key]));
        if payload.is_empty() {
            prop_assert!(back.is_err(), "an empty segment is none");
        } else {
            prop_assert_eq!(back.map(hallpass_jose::Verified::into_inner), Ok(payload));
        }
    }

    #[test]
    fn times_are_judged_as_whole_numbers_without_bounds_are(
        now in any_time(), iat in any_time(), exp in any_time(), leeway in any_span(), longest in any_span(),
    ) {
        let token = key(Alg::EdDsa).sign("at+jwt", &AccessClaims { exp, iat, ..claims() }).expect("a token");
        let policy = Policy { leeway_secs: leeway, max_lifetime_secs: longest, ..policy() };
        let accepted = open_under(&policy, &token, &keys(), now).is_ok();
        let (now, iat, exp, leeway) = (i128::from(now), i128::from(iat), i128::from(exp), i128::from(leeway));
        let in_range = |time| (0..=253_402_300_799).contains(&time);
        let lifetime_is_believed = iat <= exp && exp - iat <= i128::from(longest);
        let alive = now < exp + leeway && iat <= now + leeway + 60;
        prop_assert_eq!(accepted, in_range(iat) && in_range(exp) && lifetime_is_believed && alive);
    }
}

/// Any time, most of them near each other.
fn any_time() -> impl Strategy<Value = i64> {
    prop_oneof![1 => any::<i64>(), 1 => Just(0), 1 => Just(253_402_300_799), 12 => NOW - 100..NOW + 100]
}

fn any_span() -> impl Strategy<Value = u64> {
    prop_oneof![1 => any::<u64>(), 8 => 0..200_u64]
}

#[test]
fn every_flip_of_one_bit_of_a_token_is_refused() {
    for alg in Alg::ALL {
        let token = key(alg).sign("at+jwt", &claims()).expect("a token").into_bytes();
        // The set has one key, so that a changed header cannot hide behind an unknown kid.
        let keys = set(&[key(alg)]);
        let mut executed = 0;
        for place in 0..token.len() * 8 {
            let mut flipped = token.clone();
            flipped[place / 8] ^= 1 << (place % 8);
            if let Ok(text) = str::from_utf8(&flipped) {
                let is_refused = open(text, &keys).is_err() && verify_payload(text, &keys).is_err();
                assert!(is_refused, "{alg}: bit {place} of {text}");
                executed += 1;
            }
        }
        // The eighth bit of a byte makes no text, and a token is text.
        assert_eq!(executed, token.len() * 7, "{alg}");
    }
}

#[test]
fn every_flip_of_one_bit_of_a_signature_is_refused() {
    for alg in Alg::ALL {
        let (key, message) = (key(alg), b"message");
        let token = key.sign_payload("x", message).expect("a token");
        let (signed, signature) = token.rsplit_once('.').expect("a token");
        let signature = crate::support::unb64(signature);
        let verifying = key.verifying_key();
        assert_eq!(verifying.verify_detached(signed.as_bytes(), &signature), Ok(()));
        for place in 0..signature.len() * 8 {
            let mut flipped = signature.clone();
            flipped[place / 8] ^= 1 << (place % 8);
            assert!(verifying.verify_detached(signed.as_bytes(), &flipped).is_err(), "{alg}: bit {place}");
        }
    }
}

#[test]
fn every_beginning_of_a_token_is_refused() {
    let token = es256().sign("at+jwt", &claims()).expect("a token");
    for end in 0..token.len() {
        assert!(refused_by_all(&token[..end], &set(&[es256()])), "{end} bytes");
    }
}
