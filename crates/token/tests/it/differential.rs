//! Against `jsonwebtoken`, which shares no code with this crate but the primitives: what one signs the other verifies,
//! and what this crate accepts the other accepts.

use hallpass_jose::Alg;
use hallpass_token::{AccessClaims, verify_as};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use proptest::prelude::*;
use serde_json::{Map, Value};

use crate::support::{NOW, any_claims, b64, claims, fixed, key, open, policy, set};

fn algorithm(alg: Alg) -> Algorithm {
    alg.as_str().parse().expect("it knows them all")
}

fn their_signing_key(alg: Alg) -> EncodingKey {
    let bytes = key(alg).to_bytes().expect("bytes");
    let pem = pem::encode(&pem::Pem::new("PRIVATE KEY", bytes.to_vec()));
    match alg {
        Alg::Hs256 => EncodingKey::from_secret(&bytes),
        Alg::Es256 | Alg::Es384 => EncodingKey::from_ec_der(&bytes),
        Alg::EdDsa => EncodingKey::from_ed_der(&bytes),
        _ => EncodingKey::from_rsa_pem(pem.as_bytes()).expect("a key"),
    }
}

/// From our JWK where there is one: the way to a verifier of another make.
fn their_verifying_key(alg: Alg) -> DecodingKey {
    let Some(jwk) = key(alg).public_jwk() else {
        return DecodingKey::from_secret(&key(alg).to_bytes().expect("bytes"));
    };
    let jwk = serde_json::from_value(serde_json::to_value(jwk).expect("JSON")).expect("a JWK of theirs");
    DecodingKey::from_jwk(&jwk).expect("a key")
}

/// Their validation of the same policy, but for the times, which they read from the clock.
fn validation(alg: Alg) -> Validation {
    let mut validation = Validation::new(algorithm(alg));
    validation.set_issuer(&[policy().issuer]);
    validation.set_audience(&[policy().audience]);
    validation.set_required_spec_claims(&["iss", "aud", "exp"]);
    (validation.validate_exp, validation.validate_nbf) = (false, false);
    validation
}

fn they_accept(token: &str, alg: Alg) -> bool {
    decode::<Value>(token, &their_verifying_key(alg), &validation(alg)).is_ok()
}

fn sign_theirs(alg: Alg, claims: &AccessClaims<'_>) -> String {
    let mut header = Header::new(algorithm(alg));
    header.typ = Some("at+jwt".to_owned());
    header.kid = Some(key(alg).kid().to_owned());
    encode(&header, claims, &their_signing_key(alg)).expect("a token")
}

proptest! {
    #![proptest_config(fixed(32))]

    #[test]
    fn what_we_sign_they_verify(claims in any_claims()) {
        for alg in Alg::ALL {
            let token = key(alg).sign("at+jwt", &claims).expect("a token");
            let read = decode::<Value>(&token, &their_verifying_key(alg), &validation(alg)).expect("a good token");
            prop_assert_eq!(&read.claims, &serde_json::to_value(&claims).expect("JSON"));
            prop_assert_eq!(read.header.kid.as_deref(), Some(key(alg).kid()));
        }
    }

    #[test]
    fn what_they_sign_we_verify(claims in any_claims()) {
        for alg in Alg::ALL {
            let token = sign_theirs(alg, &claims);
            let read = open(&token, &set(&[key(alg)]));
            prop_assert_eq!(read.as_ref(), Ok(&claims));
        }
    }
}

/// Values of every member that matters, good and bad; the first of each is good.
const ISSUERS: [&str; 4] = [r#""https://auth.example""#, r#""https://auth.example/""#, "[]", "1"];
const AUDIENCES: [&str; 6] = [
    r#""https://api.example""#,
    r#"["https://other.example","https://api.example"]"#,
    r#""https://other.example""#,
    r#"["https://other.example"]"#,
    "[]",
    r#"["https://api.example",1]"#,
];
const TYPES: [&str; 4] = [r#""at+jwt""#, r#""application/AT+JWT""#, r#""JWT""#, "1"];
const EXTRAS: [&str; 6] =
    ["", r#","crit":["exp"]"#, r#","alg":"none""#, r#","jwk":{}"#, r#","cty":"JWT""#, r#","x":[{}]"#];

fn hmac_token(header: &str, payload: &str) -> String {
    let message = format!("{}.{}", b64(header), b64(payload));
    let secret = key(Alg::Hs256).to_bytes().expect("the secret");
    let signing = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &secret);
    format!("{message}.{}", b64(aws_lc_rs::hmac::sign(&signing, message.as_bytes())))
}

#[test]
fn what_we_accept_they_accept_under_a_good_signature() {
    let (mut executed, mut accepted) = (0, 0);
    let kid = key(Alg::Hs256).kid();
    for (issuer, audience) in ISSUERS.iter().flat_map(|issuer| AUDIENCES.map(|audience| (issuer, audience))) {
        let payload = format!(r#"{{"iss":{issuer},"aud":{audience},"iat":1800000000,"exp":1800000900}}"#);
        for (typ, extra) in TYPES.iter().flat_map(|typ| EXTRAS.map(|extra| (typ, extra))) {
            for alg in ["HS256", "HS512", "ES256", "none"] {
                let header = format!(r#"{{"alg":"{alg}","typ":{typ},"kid":"{kid}"{extra}}}"#);
                let token = hmac_token(&header, &payload);
                executed += 1;
                if verify_as::<Map<String, Value>>(&token, &set(&[key(Alg::Hs256)]), &policy(), NOW).is_ok() {
                    assert!(they_accept(&token, Alg::Hs256), "{header} {payload}");
                    accepted += 1;
                }
            }
        }
    }
    // One issuer, two spellings of the audience, two of the type, and either no further member or a harmless one.
    assert_eq!((executed, accepted), (4 * 6 * 4 * 6 * 4, 2 * 2 * 2));
}

#[test]
fn neither_accepts_a_token_of_which_one_character_changed() {
    for alg in [Alg::Hs256, Alg::Es256, Alg::EdDsa] {
        let token = key(alg).sign("at+jwt", &claims()).expect("a token");
        assert!(they_accept(&token, alg), "{alg}");
        for place in 0..token.len() {
            let other = if token.as_bytes()[place] == b'A' { "B" } else { "A" };
            let changed = format!("{}{other}{}", &token[..place], &token[place + 1..]);
            assert!(open(&changed, &set(&[key(alg)])).is_err(), "{alg}: {place}");
            assert!(!they_accept(&changed, alg), "{alg}: {place}");
        }
    }
}
