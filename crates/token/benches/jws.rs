//! Signing and verifying an access token: this crate, the bare primitive of `aws-lc-rs`, and `jsonwebtoken`.
//!
//! One thread. The three take turns in batches, so that a noisy moment hits all; of every one the best batch counts.
//! Figures are printed, never asserted. `cargo bench -p hallpass-token --bench jws [-- [--quick] [HS256 …]]`.

use std::hint::black_box;
use std::time::{Duration, Instant};

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED, ECDSA_P384_SHA384_FIXED_SIGNING,
    ED25519, EcdsaKeyPair, Ed25519KeyPair, KeyPair, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512,
    RSA_PSS_2048_8192_SHA256, RSA_PSS_SHA256, RsaEncoding, VerificationAlgorithm,
};
use hallpass_jose::{Alg, KeySet, SigningKey};
use hallpass_token::{AccessClaims, Policy, verify};
use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation};

/// Late enough that `jsonwebtoken`, which reads the clock, finds the token alive.
const NOW: i64 = 4_000_000_000;

/// What is measured, once.
type Work<'a> = Box<dyn FnMut() + 'a>;

fn claims() -> AccessClaims<'static> {
    AccessClaims {
        iss: "https://auth.example".into(),
        aud: "https://api.example".into(),
        sub: "01890a5d-ac96-774b-bcce-b302099a8057".into(),
        role: "user".into(),
        iat: NOW,
        exp: NOW + 900,
        jti: "Zm9vYmFyYmF6cXV4MTIzNA".into(),
        sid: "01890a5d-ac96-774b-bcce-b302099a8058".into(),
        ..AccessClaims::default()
    }
}

fn policy() -> Policy {
    Policy {
        issuer: "https://auth.example".to_owned(),
        audience: "https://api.example".to_owned(),
        typ: "at+jwt",
        leeway_secs: 0,
        max_lifetime_secs: 900,
    }
}

/// The same claims, owned: the other library can lend none.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "they are read, not looked at")]
struct OwnedClaims {
    iss: String,
    aud: String,
    sub: String,
    role: String,
    iat: i64,
    exp: i64,
    jti: String,
    sid: String,
}

/// The primitive's own keys.
#[allow(clippy::large_enum_variant, reason = "there is one at a time")]
enum Raw {
    Rsa(RsaKeyPair, &'static dyn RsaEncoding),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
    Secret(hmac::Key),
}

impl Raw {
    fn new(alg: Alg, bytes: &[u8]) -> Self {
        let rsa = |encoding| Self::Rsa(RsaKeyPair::from_pkcs8(bytes).expect("a key"), encoding);
        let ec = |algorithm| Self::Ec(EcdsaKeyPair::from_pkcs8(algorithm, bytes).expect("a key"));
        match alg {
            Alg::Hs256 => Self::Secret(hmac::Key::new(hmac::HMAC_SHA256, bytes)),
            Alg::Rs256 => rsa(&RSA_PKCS1_SHA256),
            Alg::Rs384 => rsa(&RSA_PKCS1_SHA384),
            Alg::Rs512 => rsa(&RSA_PKCS1_SHA512),
            Alg::Ps256 => rsa(&RSA_PSS_SHA256),
            Alg::Es256 => ec(&ECDSA_P256_SHA256_FIXED_SIGNING),
            Alg::Es384 => ec(&ECDSA_P384_SHA384_FIXED_SIGNING),
            Alg::EdDsa => Self::Ed(Ed25519KeyPair::from_pkcs8(bytes).expect("a key")),
        }
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Rsa(pair, encoding) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(*encoding, &SystemRandom::new(), message, &mut signature).expect("a signature");
                signature
            }
            Self::Ec(pair) => pair.sign(&SystemRandom::new(), message).expect("a signature").as_ref().to_vec(),
            Self::Ed(pair) => pair.sign(message).as_ref().to_vec(),
            Self::Secret(key) => hmac::sign(key, message).as_ref().to_vec(),
        }
    }

    /// Verifies one signature again and again, with the key parsed before.
    fn verifier<'a>(&self, alg: Alg, message: &'a [u8], signature: &'a [u8]) -> Work<'a> {
        let algorithm: &'static dyn VerificationAlgorithm = match alg {
            Alg::Hs256 | Alg::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
            Alg::Rs384 => &RSA_PKCS1_2048_8192_SHA384,
            Alg::Rs512 => &RSA_PKCS1_2048_8192_SHA512,
            Alg::Ps256 => &RSA_PSS_2048_8192_SHA256,
            Alg::Es256 => &ECDSA_P256_SHA256_FIXED,
            Alg::Es384 => &ECDSA_P384_SHA384_FIXED,
            Alg::EdDsa => &ED25519,
        };
        let public = match self {
            Self::Rsa(pair, _) => pair.public_key().as_ref().to_vec(),
            Self::Ec(pair) => pair.public_key().as_ref().to_vec(),
            Self::Ed(pair) => pair.public_key().as_ref().to_vec(),
            Self::Secret(key) => {
                let key = key.clone();
                return Box::new(move || hmac::verify(&key, black_box(message), signature).expect("a good tag"));
            }
        };
        let public = ParsedPublicKey::new(algorithm, public).expect("a key");
        Box::new(move || public.verify_sig(black_box(message), signature).expect("a good signature"))
    }
}

/// The keys as `jsonwebtoken` has them; it parses them anew for every token.
struct Theirs {
    header: Header,
    signing: EncodingKey,
    verifying: DecodingKey,
    validation: Validation,
}

impl Theirs {
    fn new(key: &SigningKey, bytes: &[u8]) -> Self {
        let algorithm = key.alg().as_str().parse().expect("it knows them all");
        let mut validation = Validation::new(algorithm);
        validation.set_issuer(&[policy().issuer]);
        validation.set_audience(&[policy().audience]);
        let header =
            Header { typ: Some("at+jwt".to_owned()), kid: Some(key.kid().to_owned()), ..Header::new(algorithm) };
        let signing = match key.alg() {
            Alg::Hs256 => EncodingKey::from_secret(bytes),
            Alg::Es256 | Alg::Es384 => EncodingKey::from_ec_der(bytes),
            Alg::EdDsa => EncodingKey::from_ed_der(bytes),
            _ => {
                let pem = pem::encode(&pem::Pem::new("PRIVATE KEY", bytes));
                EncodingKey::from_rsa_pem(pem.as_bytes()).expect("a key")
            }
        };
        let verifying = key.public_jwk().map_or_else(
            || DecodingKey::from_secret(bytes),
            |jwk| {
                let jwk = serde_json::to_value(jwk).and_then(serde_json::from_value).expect("a JWK of theirs");
                DecodingKey::from_jwk(&jwk).expect("a key")
            },
        );
        Self { header, signing, verifying, validation }
    }
}

/// The best time for one run of each, over batches that take turns.
fn best(contenders: &mut [Work<'_>], rounds: u32) -> Vec<Duration> {
    let batches: Vec<u32> = contenders.iter_mut().map(|work| batch_size(work)).collect();
    let mut best = vec![Duration::MAX; contenders.len()];
    for _ in 0..rounds {
        for ((work, batch), best) in contenders.iter_mut().zip(&batches).zip(&mut best) {
            *best = (*best).min(time(work, *batch) / *batch);
        }
    }
    best
}

fn time(work: &mut Work<'_>, runs: u32) -> Duration {
    let start = Instant::now();
    for _ in 0..runs {
        work();
    }
    start.elapsed()
}

/// How many runs take about 200 microseconds: long against the clock's own step, short against a scheduler's slice.
fn batch_size(work: &mut Work<'_>) -> u32 {
    let mut runs = 1;
    while time(work, runs) < Duration::from_micros(200) && runs < 1 << 16 {
        runs *= 2;
    }
    runs
}

fn print_row(alg: Alg, operation: &str, best: &[Duration]) {
    let micros = |place: usize| best[place].as_secs_f64() * 1e6;
    let (ours, raw, theirs) = (micros(0), micros(1), micros(2));
    let (against_raw, against_theirs) = (ours / raw, theirs / ours);
    println!("{alg:<6} {operation:<7}{ours:>10.2}{raw:>10.2}{theirs:>14.2}{against_raw:>10.3}{against_theirs:>20.2}");
}

fn run(alg: Alg, rounds: u32) {
    let key = SigningKey::generate(alg).expect("a key");
    let bytes = key.to_bytes().expect("bytes");
    let (raw, theirs, claims, policy) = (Raw::new(alg, &bytes), Theirs::new(&key, &bytes), claims(), policy());
    let keys: KeySet = [key.verifying_key()].into_iter().collect();
    let token = key.sign("at+jwt", &claims).expect("a token");
    let (message, _) = token.rsplit_once('.').expect("a token");
    let signature = raw.sign(message.as_bytes());

    let mut verifying: [Work<'_>; 3] = [
        Box::new(|| {
            let verified = verify(black_box(&token), &keys, &policy, NOW, |claims| black_box(claims).exp);
            verified.expect("a good token");
        }),
        raw.verifier(alg, message.as_bytes(), &signature),
        Box::new(|| {
            let read = jsonwebtoken::decode::<OwnedClaims>(black_box(&token), &theirs.verifying, &theirs.validation);
            drop(black_box(read.expect("a good token")));
        }),
    ];
    print_row(alg, "verify", &best(&mut verifying, rounds));

    let mut signing: [Work<'_>; 3] = [
        Box::new(|| drop(black_box(key.sign("at+jwt", black_box(&claims)).expect("a token")))),
        Box::new(|| drop(black_box(raw.sign(black_box(message.as_bytes()))))),
        Box::new(|| {
            let token = jsonwebtoken::encode(&theirs.header, black_box(&claims), &theirs.signing);
            drop(black_box(token.expect("a token")));
        }),
    ];
    print_row(alg, "sign", &best(&mut signing, rounds));
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let rounds = if arguments.iter().any(|argument| argument == "--quick") { 50 } else { 500 };
    let named: Vec<Alg> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    println!("Microseconds for one access token, the best of {rounds} batches.");
    println!("{:<14}{:>9}{:>10}{:>14}{:>10}{:>20}", "", "ours", "raw", "jsonwebtoken", "ours/raw", "jsonwebtoken/ours");
    for alg in if named.is_empty() { Alg::ALL.to_vec() } else { named } {
        run(alg, rounds);
    }
}
