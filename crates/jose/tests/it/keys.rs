//! Keys: every form in which they come and go, and those that are refused.

use hallpass_jose::{Alg, Error, Jwk, JwkSet, KeySet, SigningKey, VerifyingKey};
use serde_json::{Value, json};

use crate::support::{b64, es256, key, pem_file};

const ASYMMETRIC: [Alg; 7] = [Alg::Rs256, Alg::Rs384, Alg::Rs512, Alg::Ps256, Alg::Es256, Alg::Es384, Alg::EdDsa];

/// What `signing` signs, `verifying` accepts; they have one name.
fn assert_pair(signing: &SigningKey, verifying: &VerifyingKey, name: &str) {
    assert_eq!((signing.kid(), signing.alg()), (verifying.kid(), verifying.alg()), "{name}");
    let token = signing.sign_payload("x", name.as_bytes()).expect("a token");
    let keys: KeySet = [verifying.clone()].into_iter().collect();
    let payload = hallpass_jose::verify_payload(&token, &keys).map(hallpass_jose::Verified::into_inner);
    assert_eq!(payload.as_deref(), Ok(name.as_bytes()), "{name}");
}

#[test]
fn bytes_make_the_same_key_again() {
    for alg in Alg::ALL {
        let bytes = key(alg).to_bytes().expect("bytes");
        let again = SigningKey::from_bytes(alg, &bytes).expect("a key");
        assert_pair(&again, &key(alg).verifying_key(), alg.as_str());
        assert_eq!(again.to_bytes().expect("bytes"), bytes, "{alg}");
    }
}

#[test]
fn bytes_of_one_kind_make_no_key_of_another() {
    let mut executed = 0;
    for from in ASYMMETRIC {
        let bytes = key(from).to_bytes().expect("bytes");
        for to in ASYMMETRIC {
            let made = SigningKey::from_pkcs8_der(to, &bytes).map(|key| key.alg());
            let expected = if to == from || (to.is_rsa() && from.is_rsa()) { Ok(to) } else { Err(Error::BadKey) };
            assert_eq!(made, expected, "{from} as {to}");
            executed += 1;
        }
        assert_eq!(SigningKey::from_pkcs8_der(Alg::Hs256, &bytes).err(), Some(Error::AlgorithmMismatch));
        assert_eq!(SigningKey::from_bytes(from, &bytes[1..]).err(), Some(Error::BadKey), "{from}, damaged");
    }
    assert_eq!(executed, 49);
}

#[test]
fn public_halves_go_out_and_come_in_as_pem_and_jwk() {
    for alg in ASYMMETRIC {
        let signing = key(alg);
        let pem = signing.public_pem().expect("a public key");
        assert!(pem.starts_with("-----BEGIN PUBLIC KEY-----\n"), "{alg}");
        assert_pair(signing, &VerifyingKey::from_pem(alg, &pem).expect("a key"), "PEM");

        let jwk = signing.public_jwk().expect("a public key");
        let read = Jwk::parse(&serde_json::to_string(&jwk).expect("JSON")).expect("a public key");
        assert_eq!(read, jwk);
        assert_eq!(read.thumbprint(), signing.kid());
        assert_pair(signing, &VerifyingKey::from_jwk(&read).expect("a key"), "JWK");
    }
}

#[test]
fn published_keys_have_public_members_and_no_others() {
    for alg in ASYMMETRIC {
        let jwk = serde_json::to_value(key(alg).public_jwk()).expect("JSON");
        let mut members: Vec<&str> = jwk.as_object().expect("an object").keys().map(String::as_str).collect();
        members.sort_unstable();
        let expected: &[&str] = match alg {
            Alg::Es256 | Alg::Es384 => &["alg", "crv", "kid", "kty", "use", "x", "y"],
            Alg::EdDsa => &["alg", "crv", "kid", "kty", "use", "x"],
            _ => &["alg", "e", "kid", "kty", "n", "use"],
        };
        assert_eq!(members, expected, "{alg}");
        assert_eq!((&jwk["alg"], &jwk["use"]), (&json!(alg.as_str()), &json!("sig")));
    }
}

#[test]
fn a_secret_is_never_published() {
    let secret = key(Alg::Hs256);
    assert_eq!((secret.public_jwk(), secret.public_pem()), (None, None));
    assert_eq!(secret.verifying_key().public_jwk(), None);
    let oct = json!({ "kty": "oct", "k": b64(secret.to_bytes().expect("bytes")), "alg": "HS256" });
    assert_eq!(Jwk::parse(&oct.to_string()), Err(Error::BadKey));
    assert!(serde_json::from_value::<Jwk>(oct.clone()).is_err(), "no value of that type expresses it");
    assert_pair(&SigningKey::from_jwk(&oct.to_string()).expect("a key"), &secret.verifying_key(), "oct");
}

#[test]
fn debug_output_holds_no_secret() {
    for alg in Alg::ALL {
        let expected = format!("SigningKey({alg}, {}, redacted)", key(alg).kid());
        assert_eq!(format!("{:?}", key(alg)), expected);
        assert_eq!(format!("{:?}", key(alg).verifying_key()), format!("VerifyingKey({alg}, {})", key(alg).kid()));
    }
}

#[test]
fn keys_made_by_openssl_are_read() {
    let pairs = [
        (Alg::Rs256, "rsa2048-pkcs8", "rsa2048-public"),
        (Alg::Rs512, "rsa2048-pkcs1", "rsa2048-public"),
        (Alg::Ps256, "rsa2048-pkcs1", "rsa2048-public-pkcs1"),
        (Alg::Es256, "p256-pkcs8", "p256-public"),
        (Alg::Es256, "p256-sec1", "p256-public"),
        (Alg::Es384, "p384-pkcs8", "p384-public"),
        (Alg::Es384, "p384-sec1", "p384-public"),
        (Alg::EdDsa, "ed25519-pkcs8", "ed25519-public"),
    ];
    for (alg, private, public) in pairs {
        let signing = SigningKey::from_pem(alg, &pem_file(private)).expect(private);
        assert_pair(&signing, &VerifyingKey::from_pem(alg, &pem_file(public)).expect(public), private);
        let again = SigningKey::from_bytes(alg, &signing.to_bytes().expect("bytes")).expect(private);
        assert_pair(&again, &signing.verifying_key(), private);
    }
    let alone = SigningKey::from_pem(Alg::Es256, &pem_file("p256-sec1-with-parameters")).expect("a key");
    assert_pair(&alone, &alone.verifying_key(), "with parameters");
}

#[test]
fn the_longest_rsa_key_signs_and_verifies() {
    let longest = SigningKey::from_pem(Alg::Rs256, &pem_file("rsa8192-pkcs8")).expect("a key");
    assert_pair(&longest, &longest.verifying_key(), "8192 bits");
}

#[test]
fn generated_rsa_keys_have_the_length_asked_for() {
    for (bits, len) in [(2048, 256), (3072, 384)] {
        let generated = SigningKey::generate_rsa(Alg::Ps256, bits).expect("a key");
        let signature = generated.sign_payload("x", b"x").expect("a token");
        let signature = signature.rsplit_once('.').map(|(_, signature)| crate::support::unb64(signature).len());
        assert_eq!(signature, Some(len));
    }
    for bits in [0, 512, 1024, 2047, 2049, 16_384] {
        assert_eq!(SigningKey::generate_rsa(Alg::Rs256, bits).err(), Some(Error::WeakKey), "{bits}");
    }
    assert_eq!(SigningKey::generate_rsa(Alg::Es256, 2048).err(), Some(Error::BadKey));
}

#[test]
fn private_files_of_the_wrong_kind_are_refused() {
    let rows = [
        (Alg::Rs256, "p256-pkcs8", Error::BadKey),
        (Alg::Rs256, "p256-sec1", Error::BadKey),
        (Alg::Es256, "rsa2048-pkcs8", Error::BadKey),
        (Alg::Es256, "rsa2048-pkcs1", Error::BadKey),
        (Alg::Es256, "p384-pkcs8", Error::BadKey),
        (Alg::Es256, "p384-sec1", Error::BadKey),
        (Alg::Es384, "p256-pkcs8", Error::BadKey),
        (Alg::Es384, "p256-sec1", Error::BadKey),
        (Alg::Es256, "secp256k1-pkcs8", Error::BadKey),
        (Alg::Es256, "ed25519-pkcs8", Error::BadKey),
        (Alg::EdDsa, "p256-pkcs8", Error::BadKey),
        (Alg::EdDsa, "p256-sec1", Error::BadKey),
        (Alg::EdDsa, "x25519-pkcs8", Error::BadKey),
        (Alg::EdDsa, "ed25519-encrypted", Error::BadKey),
        (Alg::EdDsa, "ed25519-public", Error::BadKey),
        (Alg::Hs256, "ed25519-pkcs8", Error::AlgorithmMismatch),
        (Alg::Rs256, "rsa1024-pkcs8", Error::BadKey),
        (Alg::Rs256, "rsa2048-exponent3", Error::WeakKey),
    ];
    for (alg, file, error) in rows {
        assert_eq!(SigningKey::from_pem(alg, &pem_file(file)).err(), Some(error), "{file} for {alg}");
    }
    let two = pem_file("p256-pkcs8") + &pem_file("p256-sec1");
    for text in ["", "-----BEGIN PRIVATE KEY-----", &two, "-----BEGIN PRIVATE KEY-----\nAA\n-----END PRIVATE KEY-----"]
    {
        assert_eq!(SigningKey::from_pem(Alg::Es256, text).err(), Some(Error::BadKey), "{text}");
    }
}

#[test]
fn public_files_of_the_wrong_kind_are_refused() {
    let rows = [
        (Alg::Rs256, "p256-public", Error::BadKey),
        (Alg::Rs256, "rsa1024-public", Error::WeakKey),
        (Alg::Es256, "rsa2048-public", Error::BadKey),
        (Alg::Es256, "p384-public", Error::BadKey),
        (Alg::Es256, "p256-public-compressed", Error::BadKey),
        (Alg::Es256, "ed25519-public", Error::BadKey),
        (Alg::Es384, "p256-public", Error::BadKey),
        (Alg::EdDsa, "p256-public", Error::BadKey),
        (Alg::Hs256, "p256-public", Error::AlgorithmMismatch),
        (Alg::Es256, "p256-pkcs8", Error::BadKey),
        (Alg::EdDsa, "ed25519-pkcs8", Error::BadKey),
    ];
    for (alg, file, error) in rows {
        assert_eq!(VerifyingKey::from_pem(alg, &pem_file(file)).err(), Some(error), "{file} for {alg}");
    }
    assert_eq!(VerifyingKey::from_pem(Alg::Es256, "").err(), Some(Error::BadKey));
}

#[test]
fn private_jwks_say_what_they_are_for() {
    let k = b64(key(Alg::Hs256).to_bytes().expect("bytes"));
    let secret = |more: Value| {
        let mut jwk = json!({ "kty": "oct", "k": k });
        jwk.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        SigningKey::from_jwk(&jwk.to_string()).map(|key| key.alg())
    };
    assert_eq!(secret(json!({ "alg": "HS256", "use": "sig", "key_ops": ["sign", "verify"] })), Ok(Alg::Hs256));
    let wrong = [
        json!({ "alg": "HS384" }),
        json!({ "alg": "A256KW" }),
        json!({ "alg": "ES256" }),
        json!({ "alg": "none" }),
        json!({ "alg": 1 }),
        json!({ "use": "enc" }),
        json!({ "key_ops": ["encrypt"] }),
        json!({ "key_ops": "sign" }),
        json!({ "k": 1 }),
        json!({ "k": null }),
    ];
    for more in wrong {
        assert_eq!(secret(more.clone()), Err(Error::BadKey), "{more}");
    }
    assert_eq!(secret(json!({ "k": "" })), Err(Error::WeakSecret));
    let public = serde_json::to_string(&es256().public_jwk()).expect("JSON");
    assert_eq!(SigningKey::from_jwk(&public).err(), Some(Error::BadKey), "a public key signs nothing");
    for text in ["", "[]", "null", r#"{"kty":"EC","kty":"oct"}"#] {
        assert_eq!(SigningKey::from_jwk(text).err(), Some(Error::Json), "{text}");
    }
    for text in ["{}", r#"{"kty":1}"#, r#"{"kty":"AKP"}"#] {
        assert_eq!(SigningKey::from_jwk(text).err(), Some(Error::BadKey), "{text}");
    }
}

#[test]
fn a_key_goes_by_the_name_that_its_issuer_gives_it() {
    let renamed = es256().verifying_key().with_kid("2026-11");
    assert_eq!(renamed.kid(), "2026-11");
    assert_eq!(renamed.public_jwk().and_then(|jwk| jwk.kid).as_deref(), Some("2026-11"));
    let set = JwkSet::new(vec![renamed.public_jwk().expect("a public key")]);
    let keys = KeySet::from_jwks(&set);
    assert_eq!((keys.len(), keys.is_empty()), (1, false));
    assert!(keys.get("2026-11").is_some_and(|key| key.alg() == Alg::Es256));
    assert!(keys.get(es256().kid()).is_none());
}
