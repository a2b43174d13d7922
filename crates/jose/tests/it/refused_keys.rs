//! Public keys, key sets and secrets that are refused.

use aws_lc_rs::digest::{SHA256, digest};
use hallpass_jose::{Alg, Error, Jwk, JwkSet, KeySet, VerifyingKey, is_weak_secret};
use serde_json::{Value, json};

use crate::support::{b64, es256, key, unb64, unhex};

/// The published key of an algorithm with members set; null takes one out.
fn changed(alg: Alg, changes: &Value) -> Value {
    let mut jwk = serde_json::to_value(key(alg).public_jwk()).expect("JSON");
    let members = jwk.as_object_mut().expect("an object");
    members.extend(changes.as_object().expect("an object").clone());
    members.retain(|_, value| !value.is_null());
    jwk
}

fn load(jwk: &Value) -> Result<Alg, Error> {
    VerifyingKey::from_jwk(&Jwk::parse(&jwk.to_string())?).map(|key| key.alg())
}

fn run(rows: &[(Alg, Value, Error)]) -> usize {
    for (alg, changes, error) in rows {
        assert_eq!(load(&changed(*alg, changes)), Err(*error), "{alg}: {changes}");
    }
    rows.len()
}

#[test]
fn public_keys_have_no_private_members() {
    let names = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];
    for alg in [Alg::Rs256, Alg::Es256, Alg::EdDsa] {
        for name in names {
            assert_eq!(load(&changed(alg, &json!({ name: "AA" }))), Err(Error::BadKey), "{alg}: {name}");
        }
    }
}

#[test]
fn a_keys_members_agree_with_each_other() {
    let rows = [
        (Alg::Es256, json!({ "kty": null }), Error::BadKey),
        (Alg::Es256, json!({ "kty": "RSA" }), Error::BadKey),
        (Alg::Es256, json!({ "kty": "OKP" }), Error::UnsupportedAlgorithm),
        (Alg::Es256, json!({ "kty": "ec" }), Error::BadKey),
        (Alg::Es256, json!({ "kty": 1 }), Error::BadKey),
        (Alg::Rs256, json!({ "kty": "EC" }), Error::BadKey),
        (Alg::Es256, json!({ "crv": "P-384" }), Error::BadKey),
        (Alg::Es256, json!({ "crv": "P-384", "alg": null }), Error::BadKey),
        (Alg::Es256, json!({ "crv": "P-521" }), Error::UnsupportedAlgorithm),
        (Alg::Es256, json!({ "crv": "secp256k1" }), Error::UnsupportedAlgorithm),
        (Alg::Es256, json!({ "crv": "p-256" }), Error::UnsupportedAlgorithm),
        (Alg::Es256, json!({ "crv": null }), Error::BadKey),
        (Alg::EdDsa, json!({ "crv": "X25519" }), Error::UnsupportedAlgorithm),
        (Alg::EdDsa, json!({ "crv": "Ed448" }), Error::UnsupportedAlgorithm),
        (Alg::Es256, json!({ "alg": "ES384" }), Error::BadKey),
        (Alg::Es256, json!({ "alg": "RS256" }), Error::BadKey),
        (Alg::Es256, json!({ "alg": "HS256" }), Error::BadKey),
        (Alg::Rs256, json!({ "alg": "HS256" }), Error::BadKey),
        (Alg::Rs256, json!({ "alg": "ES256" }), Error::BadKey),
        (Alg::Rs256, json!({ "alg": "RSA-OAEP" }), Error::UnsupportedAlgorithm),
        (Alg::Rs256, json!({ "alg": "none" }), Error::UnsupportedAlgorithm),
        (Alg::Rs256, json!({ "alg": "rs256" }), Error::UnsupportedAlgorithm),
        (Alg::Rs256, json!({ "alg": ["RS256"] }), Error::BadKey),
        (Alg::EdDsa, json!({ "alg": "ES256" }), Error::BadKey),
        (Alg::Es256, json!({ "use": "enc" }), Error::BadKey),
        (Alg::Es256, json!({ "use": "" }), Error::BadKey),
        (Alg::Es256, json!({ "use": 1 }), Error::BadKey),
        (Alg::Es256, json!({ "key_ops": ["encrypt"] }), Error::BadKey),
        (Alg::Es256, json!({ "key_ops": [] }), Error::BadKey),
        (Alg::Es256, json!({ "key_ops": "verify" }), Error::BadKey),
        (Alg::Es256, json!({ "kid": 1 }), Error::BadKey),
    ];
    assert_eq!(run(&rows), 31);
}

#[test]
fn algorithms_may_be_left_out_or_spelt_as_rfc_9864_does() {
    let natural = [(Alg::Rs256, Alg::Rs256), (Alg::Es256, Alg::Es256), (Alg::Es384, Alg::Es384)];
    for (alg, expected) in natural {
        assert_eq!(load(&changed(alg, &json!({ "alg": null, "use": null, "kid": null }))), Ok(expected));
    }
    assert_eq!(load(&changed(Alg::EdDsa, &json!({ "alg": "Ed25519" }))), Ok(Alg::EdDsa));
    assert_eq!(load(&changed(Alg::Rs256, &json!({ "alg": "PS256" }))), Ok(Alg::Ps256));
    assert_eq!(load(&changed(Alg::Es256, &json!({ "key_ops": ["verify"], "ext": true }))), Ok(Alg::Es256));
}

#[test]
fn points_are_on_their_curve_and_of_full_width() {
    let jwk = changed(Alg::Es256, &json!({}));
    let coordinate = |name: &str| unb64(jwk[name].as_str().expect("text"));
    let (x, y) = (coordinate("x"), coordinate("y"));
    let mut off = y.clone();
    off[31] ^= 1;
    let rows = [
        (Alg::Es256, json!({ "y": b64(&off) }), Error::BadKey),
        (Alg::Es256, json!({ "x": b64(&y), "y": b64(&x) }), Error::BadKey),
        (Alg::Es256, json!({ "x": b64([0; 32]), "y": b64([0; 32]) }), Error::BadKey),
        (Alg::Es256, json!({ "x": b64([255; 32]) }), Error::BadKey),
        (Alg::Es256, json!({ "x": "", "y": "" }), Error::BadKey),
        (Alg::Es256, json!({ "y": "" }), Error::BadKey),
        (Alg::Es256, json!({ "y": null }), Error::BadKey),
        (Alg::Es256, json!({ "x": b64(&x[1..]) }), Error::BadKey),
        (Alg::Es256, json!({ "x": b64([&[0], x.as_slice()].concat()) }), Error::BadKey),
        (Alg::Es256, json!({ "x": format!("{}=", b64(&x)) }), Error::Base64),
        (Alg::Es256, json!({ "x": "not base64url" }), Error::Base64),
        (Alg::Es256, json!({ "x": 1 }), Error::BadKey),
        (Alg::EdDsa, json!({ "x": b64([7; 31]) }), Error::BadKey),
        (Alg::EdDsa, json!({ "x": b64([7; 33]) }), Error::BadKey),
        (Alg::EdDsa, json!({ "x": "" }), Error::BadKey),
        (Alg::EdDsa, json!({ "x": null }), Error::BadKey),
    ];
    assert_eq!(run(&rows), 16);
}

#[test]
fn ed25519_points_of_small_order_are_refused() {
    let (zeros, ones) = ("0".repeat(62), "f".repeat(60));
    let encodings = [
        format!("00{zeros}"),
        format!("01{zeros}"),
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05".to_owned(),
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a".to_owned(),
        format!("ec{ones}7f"),
        format!("ed{ones}7f"),
        format!("ee{ones}7f"),
    ];
    let mut executed = 0;
    for encoding in &encodings {
        for sign in [0, 0x80] {
            let mut point = unhex(encoding);
            point[31] |= sign;
            assert_eq!(load(&changed(Alg::EdDsa, &json!({ "x": b64(&point) }))), Err(Error::WeakKey), "{encoding}");
            executed += 1;
        }
    }
    assert_eq!(executed, 14);
}

#[test]
fn weak_rsa_keys_are_refused() {
    let modulus = |bytes: usize| {
        let mut n = vec![0xc5; bytes];
        n[bytes - 1] |= 1;
        b64(n)
    };
    let n = unb64(changed(Alg::Rs256, &json!({}))["n"].as_str().expect("text"));
    let mut even = n.clone();
    even[255] &= 0xfe;
    let mut short = n.clone();
    short[0] = 0x7f;
    let rows = [
        (Alg::Rs256, json!({ "n": modulus(64) }), Error::WeakKey),
        (Alg::Rs256, json!({ "n": modulus(128) }), Error::WeakKey),
        (Alg::Rs256, json!({ "n": modulus(255) }), Error::WeakKey),
        (Alg::Rs256, json!({ "n": b64(&short) }), Error::WeakKey),
        (Alg::Rs256, json!({ "n": modulus(1025) }), Error::WeakKey),
        (Alg::Rs256, json!({ "n": modulus(2048) }), Error::WeakKey),
        (Alg::Rs256, json!({ "n": b64(&even) }), Error::BadKey),
        (Alg::Rs256, json!({ "n": b64([&[0], n.as_slice()].concat()) }), Error::BadKey),
        (Alg::Rs256, json!({ "n": "" }), Error::BadKey),
        (Alg::Rs256, json!({ "n": null }), Error::BadKey),
        (Alg::Rs256, json!({ "e": "" }), Error::BadKey),
        (Alg::Rs256, json!({ "e": null }), Error::BadKey),
        (Alg::Rs256, json!({ "e": b64([1]) }), Error::WeakKey),
        (Alg::Rs256, json!({ "e": b64([3]) }), Error::WeakKey),
        (Alg::Rs256, json!({ "e": b64([17]) }), Error::WeakKey),
        (Alg::Rs256, json!({ "e": b64([255, 255]) }), Error::WeakKey),
        (Alg::Rs256, json!({ "e": b64([0, 255, 255]) }), Error::BadKey),
        (Alg::Rs256, json!({ "e": b64([1, 0, 0]) }), Error::WeakKey),
        (Alg::Rs256, json!({ "e": b64([1, 0, 2]) }), Error::WeakKey),
        (Alg::Rs256, json!({ "e": b64([255; 9]) }), Error::WeakKey),
        (Alg::Ps256, json!({ "n": modulus(128) }), Error::WeakKey),
    ];
    assert_eq!(run(&rows), 21);
}

#[test]
fn a_set_with_a_doubtful_key_is_refused() {
    let (one, two) = (changed(Alg::Es256, &json!({})), changed(Alg::EdDsa, &json!({})));
    let secret = json!({ "kty": "oct", "k": b64([7; 32]), "kid": "secret" });
    let private = changed(Alg::EdDsa, &json!({ "d": b64([7; 32]) }));
    let twin = changed(Alg::EdDsa, &json!({ "kid": es256().kid() }));
    let rows = [
        (json!({ "keys": [one, one] }).to_string(), Error::BadKeySet),
        (json!({ "keys": [one, twin] }).to_string(), Error::BadKeySet),
        (json!({ "keys": [secret] }).to_string(), Error::BadKeySet),
        (json!({ "keys": [one, secret] }).to_string(), Error::BadKeySet),
        (json!({ "keys": [one, private] }).to_string(), Error::BadKey),
        (json!({ "keys": [one, changed(Alg::EdDsa, &json!({ "x": null }))] }).to_string(), Error::BadKey),
        (json!({ "keys": one }).to_string(), Error::BadKeySet),
        (json!({ "keys": null }).to_string(), Error::BadKeySet),
        (json!({}).to_string(), Error::BadKeySet),
        (json!([one, two]).to_string(), Error::Json),
        (format!(r#"{{"keys":[{one}],"keys":[{two}]}}"#), Error::Json),
        (String::new(), Error::Json),
    ];
    for (text, error) in &rows {
        assert_eq!(JwkSet::parse(text), Err(*error), "{text}");
    }
    assert_eq!(rows.len(), 12);
}

#[test]
fn a_set_leaves_out_kinds_of_keys_that_are_not_understood() {
    let good = changed(Alg::Es256, &json!({}));
    let newer = json!({ "kty": "AKP", "alg": "ML-DSA-65", "pub": "AA", "kid": "pq" });
    let curve = changed(Alg::Es256, &json!({ "crv": "P-521", "alg": "ES512", "kid": "521" }));
    let encrypts = changed(Alg::Rs256, &json!({ "use": "enc", "alg": "RSA-OAEP" }));
    let set = json!({ "keys": [newer, good, curve, encrypts] }).to_string();
    let keys = KeySet::from_jwks(&JwkSet::parse(&set).expect("a set"));
    assert_eq!(keys.len(), 1);
    assert!(keys.get(es256().kid()).is_some());
    assert_eq!(JwkSet::parse(r#"{"keys":[]}"#), Ok(JwkSet::default()));
}

#[test]
fn secrets_that_can_be_guessed_are_refused() {
    let published = [
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
        "hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg",
        "FdFYFzERwC2uCBB46pZQi4GG85LujR8obt-KWRBICVQ",
        "GawgguFyGrWKav7AX4VKUg",
    ];
    let mut weak: Vec<Vec<u8>> = published.iter().map(|text| unb64(text)).collect();
    weak.extend(published.iter().map(|text| text.as_bytes().to_vec()));
    let typed = [
        "",
        "secret",
        "changeme",
        "password",
        "your-256-bit-secret",
        "a-string-secret-at-least-256-bits-long",
        "your-secret-key-change-in-production",
        "my-super-secret-jwt-token-with-at-least-32-characters",
        "PLEASE-CHANGE-ME-PLEASE-CHANGE-ME-1",
        "01234567890123456789012345678901",
        "correct horse battery staple again",
        "CorrectHorseBatteryStapleCorrectHorse",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "abababababababababababababababababab",
        "Tr0ub4dor&3Tr0ub4dor&3Tr0ub4dor&3",
        "my_jwt_key_for_2026_of_the_website",
        "qwertyuiopasdfghjklzxcvbnm123456",
    ];
    weak.extend(typed.iter().map(|text| text.as_bytes().to_vec()));
    weak.extend([vec![0; 32], vec![255; 64], [1, 2, 3, 4].repeat(16)]);
    weak.push(digest(&SHA256, b"31 bytes").as_ref()[..31].to_vec());
    for secret in &weak {
        assert!(is_weak_secret(secret), "{}", String::from_utf8_lossy(secret));
        assert_eq!(VerifyingKey::from_secret(secret).err(), Some(Error::WeakSecret));
    }
    assert_eq!(weak.len(), 4 + 4 + 17 + 3 + 1);
}

#[test]
fn random_secrets_are_accepted_however_they_are_written() {
    for seed in 0_u32..5000 {
        let raw = digest(&SHA256, &seed.to_le_bytes());
        let raw = raw.as_ref();
        let digits = raw.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let hex: String = digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect();
        let standard = base64_simd::STANDARD.encode_to_string(raw);
        for secret in [raw, hex.as_bytes(), standard.as_bytes(), b64(raw).as_bytes()] {
            assert!(!is_weak_secret(secret), "{}", String::from_utf8_lossy(secret));
        }
    }
}
