//! What a service pays for a token: the whole check against the bare primitive, and against the `jsonwebtoken` crate.
//!
//! `cargo bench -p hallpass-verify --all-features --bench verify`. Single thread, best of many rounds, in turns.

use std::hint::black_box;
use std::time::{Duration, Instant};

use hallpass_jose::{SigningKey, VerifyingKey};
use hallpass_verify::testing::{AUDIENCE, ISSUER, NOW};
use hallpass_verify::{Alg, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};

const ROUNDS: usize = 40;
const PER_ROUND: usize = 200;

/// Something that is measured.
type Work<'a> = Box<dyn Fn() + 'a>;

fn main() {
    println!("verify, µs a token (ratio to the bare primitive)\n");
    println!("{:<8} {:>10} {:>18} {:>18} {:>18}", "", "primitive", "hallpass-verify", "cache hit", "jsonwebtoken");
    for alg in [Alg::Hs256, Alg::Rs256, Alg::Es256, Alg::EdDsa] {
        measure(alg);
    }
}

fn measure(alg: Alg) {
    let secret = b"Jq8rWm2ZtY5vXc7nBk4hGf9dSa1lPo3iUe6y";
    let key = if alg.is_symmetric() { SigningKey::from_secret(secret) } else { SigningKey::generate(alg) };
    let key = key.expect("the bench can begin");
    let claims = json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "01890a5d-ac96-774b-bcce-b302099a8057", "role": "user", "iat": NOW,
        "exp": NOW + 900, "jti": "Zm9vYmFyYmF6cXV4MTIzNA", "sid": "01890a5d-ac96-774b-bcce-b302099a8058",
    });
    let token = key.sign("at+jwt", &claims).expect("the bench can begin");
    let (plain, cached) = (verifier(&key, secret, 0), verifier(&key, secret, 100));
    let (signed, signature) = token.rsplit_once('.').expect("the bench can begin");
    let signature = base64_simd::URL_SAFE_NO_PAD.decode_to_vec(signature).expect("the bench can begin");
    let bare: VerifyingKey = key.verifying_key();
    let (theirs, validation) = (decoding_key(&key, secret), validation(alg));
    let works: [Work<'_>; 4] = [
        Box::new(|| bare.verify_detached(black_box(signed.as_bytes()), &signature).expect("the bench can begin")),
        Box::new(|| drop(plain.verify_offline(black_box(&token)).expect("the bench can begin"))),
        Box::new(|| drop(cached.verify_offline(black_box(&token)).expect("the bench can begin"))),
        Box::new(|| {
            drop(jsonwebtoken::decode::<Value>(black_box(&token), &theirs, &validation).expect("the bench can begin"));
        }),
    ];
    let best = in_turns(&works).map(|time| time.as_secs_f64() * 1e6);
    let shown = |index: usize| format!("{:.2} ({:.2}x)", best[index], best[index] / best[0]);
    println!("{:<8} {:>10.2} {:>18} {:>18} {:>18}", alg.as_str(), best[0], shown(1), shown(2), shown(3));
}

/// The best time of each, a round of one after a round of the other, so that a busy machine troubles all alike.
fn in_turns(works: &[Work<'_>; 4]) -> [Duration; 4] {
    let mut best = [Duration::MAX; 4];
    for _ in 0..ROUNDS {
        for (best, work) in best.iter_mut().zip(works) {
            let begun = Instant::now();
            (0..PER_ROUND).for_each(|_| work());
            *best = (*best).min(begun.elapsed() / u32::try_from(PER_ROUND).unwrap_or(1));
        }
    }
    best
}

fn verifier(key: &SigningKey, secret: &[u8], cache: usize) -> Verifier {
    let clock = std::sync::Arc::new(|| NOW);
    let builder = Verifier::builder().issuer(ISSUER).audience(AUDIENCE).clock(clock).cache_tokens(cache);
    match key.public_jwk() {
        Some(jwk) => builder.jwks(&json!({"keys": [jwk]}).to_string()).expect("the bench can begin").build(),
        None => builder.secret(secret).expect("the bench can begin").build(),
    }
}

fn decoding_key(key: &SigningKey, secret: &[u8]) -> DecodingKey {
    match key.public_jwk() {
        Some(jwk) => DecodingKey::from_jwk(&serde_json::from_value(json!(jwk)).expect("the bench can begin"))
            .expect("the bench can begin"),
        None => DecodingKey::from_secret(secret),
    }
}

fn validation(alg: Alg) -> Validation {
    let mut validation = Validation::new(match alg {
        Alg::Hs256 => Algorithm::HS256,
        Alg::Es256 => Algorithm::ES256,
        Alg::EdDsa => Algorithm::EdDSA,
        _ => Algorithm::RS256,
    });
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    // The instant of the bench is not today's; both check the same otherwise.
    validation.validate_exp = false;
    validation
}
