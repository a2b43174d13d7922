//! Keys and tokens for the tests.

use std::sync::OnceLock;

use hallpass_jose::{Alg, KeySet, SigningKey};

/// One key of each algorithm, made when it is asked for, and once. RSA keys take their time, and are read instead.
pub fn key(alg: Alg) -> &'static SigningKey {
    static KEYS: [OnceLock<SigningKey>; Alg::ALL.len()] = [const { OnceLock::new() }; Alg::ALL.len()];
    let place = Alg::ALL.iter().position(|each| *each == alg).expect("one of all");
    let rsa = || SigningKey::from_pem(alg, &pem_file("rsa2048-pkcs8"));
    KEYS[place].get_or_init(|| if alg.is_rsa() { rsa() } else { SigningKey::generate(alg) }.expect("a key"))
}

pub fn es256() -> &'static SigningKey {
    key(Alg::Es256)
}

pub fn set(keys: &[&SigningKey]) -> KeySet {
    keys.iter().map(|key| key.verifying_key()).collect()
}

pub fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).expect("hex")).collect()
}

pub fn unb64(text: &str) -> Vec<u8> {
    base64_simd::URL_SAFE_NO_PAD.decode_to_vec(text).expect("base64url")
}

pub fn b64(bytes: impl AsRef<[u8]>) -> String {
    base64_simd::URL_SAFE_NO_PAD.encode_to_string(bytes)
}

/// A key that OpenSSL made, see `tests/keys/README.md`.
pub fn pem_file(name: &str) -> String {
    let path = format!("{}/../jose/tests/keys/{name}.pem", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).expect("the keys are here")
}
