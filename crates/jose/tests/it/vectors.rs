//! Wycheproof and RFC vectors. The number executed is asserted, so that none is skipped in silence.

use hallpass_jose::{Alg, Error, Jwk, JwkSet, KeySet, SigningKey, VerifyingKey, verify_payload};
use serde_json::Value;

use crate::support::{es256, set, unb64, unhex};

fn read(name: &str) -> Value {
    let path = format!("{}/tests/vectors/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).expect("the vectors are here")).expect("JSON")
}

/// Every test of a file, with its group.
fn cases(document: &Value) -> impl Iterator<Item = (&Value, &Value)> {
    let groups = document["testGroups"].as_array().expect("groups");
    groups.iter().flat_map(|group| group["tests"].as_array().expect("tests").iter().map(move |test| (group, test)))
}

fn id(test: &Value) -> u64 {
    test["tcId"].as_u64().expect("an id")
}

/// Secrets that are too well known to be keys, but hold up half of the cases: all zeros, and the one of RFC 7520.
const WELL_KNOWN: [&str; 2] = ["hs256-key", "018c0ae5-4d9b-471b-bfd6-eef314bc7037"];

fn load_secret(key: &Value) -> Result<VerifyingKey, Error> {
    let kid = key["kid"].as_str().unwrap_or_default();
    let read = SigningKey::from_jwk(&key.to_string());
    if WELL_KNOWN.contains(&kid) {
        assert_eq!(read.err(), Some(Error::WeakSecret));
        return VerifyingKey::insecure_for_tests(&unb64(key["k"].as_str().expect("k"))).map(|key| key.with_kid(kid));
    }
    Ok(read?.verifying_key().with_kid(kid))
}

/// The keys of a group as a verifier reads them: a set, a secret, or one public key.
fn load(group: &Value) -> Result<KeySet, Error> {
    let mut key = group.get("public").unwrap_or(&group["private"]);
    if let Some([only]) = key["keys"].as_array().map(Vec::as_slice)
        && only["kty"] == "oct"
    {
        key = only;
    }
    if key.get("keys").is_some() {
        return Ok(KeySet::from_jwks(&JwkSet::parse(&key.to_string())?));
    }
    let key =
        if key["kty"] == "oct" { load_secret(key)? } else { VerifyingKey::from_jwk(&Jwk::parse(&key.to_string())?)? };
    Ok([key].into_iter().collect())
}

/// A token as it travels; some are in JSON serialization.
fn text(token: &Value) -> String {
    token.as_str().map_or_else(|| token.to_string(), str::to_owned)
}

/// Vectors that are marked valid and that this crate refuses on purpose: their ids, and the error.
type Refused = [(&'static [u64], Error)];

/// Runs every JWS of a file but the skipped ones; how many were executed, and how many of these accepted.
fn run_tokens(name: &str, skipped: &[u64], refused: &Refused) -> (usize, usize) {
    let document = read(name);
    let (mut executed, mut accepted) = (0, 0);
    for (group, test) in cases(&document) {
        let id = id(test);
        if skipped.contains(&id) || test.get("jws").is_none() {
            continue;
        }
        let verdict = load(group).and_then(|keys| verify_payload(&text(&test["jws"]), &keys).map(drop));
        let on_purpose = refused.iter().find(|(ids, _)| ids.contains(&id)).map(|(_, error)| *error);
        match on_purpose {
            Some(error) => assert_eq!(verdict, Err(error), "{name} tcId {id}: {}", test["comment"]),
            None => assert_eq!(verdict.is_ok(), test["result"] == "valid", "{name} tcId {id}: {verdict:?}"),
        }
        executed += 1;
        accepted += usize::from(verdict.is_ok());
    }
    (executed, accepted)
}

#[test]
fn wycheproof_json_web_signatures() {
    // Byte for byte the token of 357, which is marked valid, and marked invalid: no verifier can satisfy both.
    const SELF_CONTRADICTORY: [u64; 2] = [367, 370];
    let refused: &Refused = &[
        // An empty payload is no token, RFC 7519 §7.2.
        (&[259, 264, 268, 272], Error::NotCompact),
        // PS384 and PS512 are not offered.
        (&[320, 321, 322, 323, 325, 326, 327, 328], Error::UnsupportedAlgorithm),
        // PS384 under a key for PS256, and ES512 under a key for "ES521".
        (&[346, 350, 347, 351], Error::UnsupportedAlgorithm),
        // A question mark inside a base64url segment, which RFC 7515 §2 forbids.
        (&[372], Error::Base64),
        (&[373], Error::Signature),
    ];
    let run = run_tokens("wycheproof/json_web_signature_test.json", &SELF_CONTRADICTORY, refused);
    assert_eq!(run, (399, 28));
}

#[test]
fn wycheproof_json_web_keys() {
    let refused: &Refused = &[
        // A set of secrets: what is published holds none.
        (&[2], Error::BadKeySet),
        // HS384 and HS512 are not offered.
        (&[14, 15], Error::BadKey),
    ];
    assert_eq!(run_tokens("wycheproof/json_web_key_test.json", &[], refused), (26, 2));
}

#[test]
fn wycheproof_json_web_crypto() {
    let refused: &Refused = &[(&[48], Error::BadKeySet)];
    assert_eq!(run_tokens("wycheproof/json_web_crypto_test.json", &[], refused), (49, 3));
}

#[test]
fn wycheproof_encrypted_tokens_are_refused_whatever_the_key() {
    let keys = set(&[es256()]);
    let mut executed = 0;
    for name in ["wycheproof/json_web_crypto_test.json", "wycheproof/json_web_encryption_test.json"] {
        let document = read(name);
        for (group, test) in cases(&document) {
            let Some(token) = test.get("jwe") else { continue };
            assert!(verify_payload(&text(token), &keys).is_err(), "{name} tcId {}", id(test));
            assert!(load(group).is_err(), "{name} tcId {}: the key is not for signatures", id(test));
            executed += 1;
        }
    }
    assert_eq!(executed, 34 + 139);
}

/// Runs raw signatures with the group's key read from its PEM.
fn run_raw(name: &str, alg: Alg) -> usize {
    let document = read(name);
    let mut executed = 0;
    for (group, test) in cases(&document) {
        let key = VerifyingKey::from_pem(alg, group["publicKeyPem"].as_str().expect("PEM")).expect("a key");
        let bytes = |field: &str| unhex(test[field].as_str().expect("hex"));
        let verdict = key.verify_detached(&bytes("msg"), &bytes("sig")).is_ok();
        assert_eq!(verdict, test["result"] == "valid", "{name} tcId {}: {}", id(test), test["comment"]);
        executed += 1;
    }
    executed
}

#[test]
fn wycheproof_raw_ed25519_and_es256() {
    assert_eq!(run_raw("wycheproof/ed25519_test.json", Alg::EdDsa), 151);
    assert_eq!(run_raw("wycheproof/ecdsa_secp256r1_sha256_p1363_test.json", Alg::Es256), 262);
}

/// The public half of a key document.
fn public(key: &Value) -> String {
    let mut key = key.clone();
    for private in ["d", "p", "q", "dp", "dq", "qi"] {
        key.as_object_mut().expect("a key").remove(private);
    }
    key.to_string()
}

/// The key of an RFC's example; where it names no algorithm, that of its example.
fn key_of_example(vector: &Value) -> Result<VerifyingKey, Error> {
    let key = &vector["key"];
    if key["kty"] == "oct" {
        assert_eq!(SigningKey::from_jwk(&key.to_string()).err(), Some(Error::WeakSecret), "everyone knows it");
        let secret = VerifyingKey::insecure_for_tests(&unb64(key["k"].as_str().expect("k"))).expect("a key");
        return Ok(secret.with_kid(key["kid"].as_str().unwrap_or_default()));
    }
    let alg = vector["alg"].as_str().map(str::to_owned);
    VerifyingKey::from_jwk(&Jwk { alg, ..Jwk::parse(&public(key))? })
}

#[test]
fn rfc_signatures() {
    const UNSUPPORTED: [&str; 2] = ["ES512", "PS384"];
    let document = read("rfc-vectors.json");
    let (mut executed, mut verified) = (0, 0);
    for vector in document["jws"].as_array().expect("vectors") {
        let (id, alg) = (vector["id"].as_str().expect("an id"), vector["alg"].as_str().expect("a name"));
        // An example that is no compact JWS has several keys or none: it is refused whatever the key.
        let key = if vector["key"].is_object() { key_of_example(vector) } else { Ok(es256().verifying_key()) };
        let verdict = key.and_then(|key| verify_payload(&text(&vector["token"]), &[key].into_iter().collect()));
        let valid = vector["expect"] == "valid-signature" && !UNSUPPORTED.contains(&alg);
        assert_eq!(verdict.is_ok(), valid, "{id}: {verdict:?}");
        executed += 1;
        verified += usize::from(verdict.is_ok());
    }
    assert_eq!((executed, verified), (18, 7), "HS256 three times, RS256 twice, ES256 and EdDSA once");
}

#[test]
fn rfc_7638_thumbprints() {
    let document = read("rfc-vectors.json");
    let vectors = document["thumbprints"].as_array().expect("vectors");
    for vector in vectors {
        let jwk = Jwk::parse(&public(&vector["key"])).expect("a public key");
        let expected = vector["thumbprint_sha256"].as_str().expect("text");
        assert_eq!(jwk.thumbprint(), expected, "{}", vector["id"]);
        assert_eq!(VerifyingKey::from_jwk(&Jwk { kid: None, ..jwk }).expect("a key").kid(), expected);
    }
    assert_eq!(vectors.len(), 3);
}
