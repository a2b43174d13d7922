//! From claims to a token and back, with every algorithm.

use hallpass_jose::{Alg, Error as JwsError, KeySet, SigningKey, dangerous, verify_payload};
use hallpass_token::{Error, Policy, verify_as};
use serde_json::{Map, Value, json};

use crate::support::{NOW, claims, es256, key, open, open_under, policy, set, unb64};

#[test]
fn what_a_key_signs_it_verifies_and_nothing_is_lost() {
    for alg in Alg::ALL {
        let token = key(alg).sign("at+jwt", &claims()).expect("a token");
        let keys = set(&[key(alg)]);
        assert_eq!(open(&token, &keys), Ok(claims()), "{alg}");
        let members = verify_as::<Map<String, Value>>(&token, &keys, &policy(), NOW).expect("a good token");
        assert_eq!(json!(*members), serde_json::to_value(claims()).expect("JSON"), "{alg}");
        let payload = verify_payload(&token, &keys).expect("a good token");
        assert_eq!(*payload, serde_json::to_vec(&claims()).expect("JSON"), "{alg}");
    }
}

#[test]
fn the_header_says_what_it_must_and_no_more() {
    for alg in Alg::ALL {
        for typ in ["at+jwt", "JWT", "x\"y"] {
            let token = key(alg).sign(typ, &claims()).expect("a token");
            let header = Value::from(dangerous::decode(&token).expect("a token").header);
            assert_eq!(header, json!({ "alg": alg.as_str(), "kid": key(alg).kid(), "typ": typ }));
        }
    }
}

#[test]
fn a_token_passes_under_its_own_key_only() {
    for alg in Alg::ALL {
        let (one, two) = (key(alg), SigningKey::generate(alg).expect("a key"));
        let token = two.sign("at+jwt", &claims()).expect("a token");
        assert_eq!(open(&token, &set(&[one])), Err(Error::Jws(JwsError::UnknownKey)), "{alg}");
        let impostor: KeySet = [one.verifying_key().with_kid(two.kid())].into_iter().collect();
        assert_eq!(open(&token, &impostor), Err(Error::Jws(JwsError::Signature)), "{alg}");
        assert_eq!(open(&token, &set(&[one, &two])), Ok(claims()), "{alg}");
        assert_eq!(open(&token, &KeySet::default()), Err(Error::Jws(JwsError::UnknownKey)), "{alg}");
    }
}

#[test]
fn one_rsa_key_is_for_one_algorithm() {
    let keys = [Alg::Rs256, Alg::Rs384, Alg::Rs512, Alg::Ps256].map(key);
    assert!(keys.iter().all(|key| key.kid() == keys[0].kid()), "one key, one name");
    for signer in keys {
        let token = signer.sign("at+jwt", &claims()).expect("a token");
        for verifier in keys {
            let expected = if signer.alg() == verifier.alg() {
                Ok(claims())
            } else {
                Err(Error::Jws(JwsError::AlgorithmMismatch))
            };
            assert_eq!(open(&token, &set(&[verifier])), expected, "{} by {}", signer.alg(), verifier.alg());
        }
    }
}

#[test]
fn signatures_are_random_where_they_should_be_and_never_repeat_a_nonce() {
    for alg in Alg::ALL {
        let sign = || key(alg).sign("at+jwt", &claims()).expect("a token");
        let is_random = matches!(alg, Alg::Ps256 | Alg::Es256 | Alg::Es384);
        assert_eq!(sign() != sign(), is_random, "{alg}");
    }
    // r is a function of the nonce: two signatures with one r give the key away.
    let mut seen = std::collections::HashSet::new();
    for counter in 0_u32..2000 {
        let token = es256().sign_payload("x", &counter.to_le_bytes()).expect("a token");
        let signature = token.rsplit_once('.').map(|(_, signature)| unb64(signature)).expect("a token");
        assert!(seen.insert(signature[..32].to_vec()), "a repeated nonce");
    }
}

#[test]
fn a_token_without_a_kid_is_for_a_set_of_one() {
    // RFC 8037 A.4: signed without a kid.
    let token = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    let jwk = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    let jwk = hallpass_jose::Jwk::parse(jwk).expect("a key");
    let its_key = hallpass_jose::VerifyingKey::from_jwk(&jwk).expect("a key");
    let one: KeySet = [its_key.clone()].into_iter().collect();
    assert!(verify_payload(token, &one).is_ok_and(|payload| *payload == b"Example of Ed25519 signing"));
    let two: KeySet = [its_key, es256().verifying_key()].into_iter().collect();
    assert_eq!(verify_payload(token, &two), Err(JwsError::UnknownKey));
    assert_eq!(verify_payload(token, &KeySet::default()), Err(JwsError::UnknownKey));
}

#[test]
fn other_kinds_of_tokens_have_other_types() {
    let kinds = ["at+jwt", "JWT", "logout+jwt"];
    for signed in kinds {
        let token = es256().sign(signed, &claims()).expect("a token");
        for expected in kinds {
            let policy = Policy { typ: expected, ..policy() };
            let verdict = open_under(&policy, &token, &set(&[es256()]), NOW);
            let right = if signed == expected { Ok(claims()) } else { Err(Error::Jws(JwsError::WrongType)) };
            assert_eq!(verdict, right, "{signed} as {expected}");
        }
    }
}

#[test]
fn a_decoded_token_is_what_it_says_true_or_not() {
    let token = key(Alg::EdDsa).sign("at+jwt", &claims()).expect("a token");
    let (signed, _) = token.rsplit_once('.').expect("a token");
    let forged = dangerous::decode(&format!("{signed}.AAEC")).expect("well formed");
    assert_eq!(forged.signature, [0, 1, 2]);
    assert_eq!(Value::from(forged.claims), serde_json::to_value(claims()).expect("JSON"));
    let rows = [
        ("", JwsError::NotCompact),
        ("e30.e30", JwsError::NotCompact),
        ("e30.e30.AA.AA", JwsError::NotCompact),
        ("e30.e30.A", JwsError::Base64),
        ("e30=.e30.AA", JwsError::Base64),
        ("e30.e31.AA", JwsError::Base64),
        ("e30.W10.AA", JwsError::Json),
        ("W10.e30.AA", JwsError::Json),
        ("eyJhIjoxLCJhIjoxfQ.e30.AA", JwsError::Json),
    ];
    for (token, error) in rows {
        assert_eq!(dangerous::decode(token), Err(error), "{token}");
    }
    assert_eq!(dangerous::decode(&"a".repeat(8193)), Err(JwsError::TooLong));
}

#[test]
fn claims_that_are_no_json_are_not_signed() {
    let odd: std::collections::HashMap<Vec<u8>, u8> = [(vec![1], 1)].into_iter().collect();
    assert_eq!(es256().sign("at+jwt", &odd), Err(JwsError::Json));
}
