//! Which tokens pass, and what is said to the others.

use hallpass_verify::testing::{AUDIENCE, ISSUER, TestIssuer};
use hallpass_verify::{Alg, JwsError, Refusal, TokenError, TokenType, Verifier};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use serde::Deserialize;
use serde_json::json;

#[test]
fn a_good_token_says_who_and_until_when() {
    let issuer = TestIssuer::new();
    let claims = issuer.verifier().verify_offline(&issuer.token("ada", "admin")).expect("good");
    assert_eq!((claims.subject.as_str(), &*claims.issuer), ("ada", ISSUER));
    assert!(claims.has_role("admin") && !claims.has_role("user"));
    assert_eq!(claims.expires_at - claims.issued_at, 900);
    assert!(claims.id.is_some() && claims.session.is_some());
}

#[test]
fn what_is_not_by_the_issuer_for_us_and_in_time_is_refused() {
    let issuer = TestIssuer::new();
    let (verifier, now) = (issuer.verifier(), issuer.now());
    for (claims, error) in [
        (json!({"iss": "https://other.test"}), TokenError::WrongIssuer),
        (json!({"aud": "https://other.test"}), TokenError::WrongAudience),
        (json!({"aud": ["https://other.test"]}), TokenError::WrongAudience),
        (json!({"aud": null}), TokenError::Claims),
        (json!({"exp": now}), TokenError::Expired),
        (json!({"iat": now - 2000, "exp": now - 1000}), TokenError::Expired),
        (json!({"nbf": now + 10}), TokenError::NotYetValid),
        (json!({"exp": now + 2 * 24 * 3600}), TokenError::LivesTooLong),
        (json!({"exp": "soon"}), TokenError::BadTime),
        (json!({"sub": null}), TokenError::Claims),
        (json!({"sub": 5}), TokenError::Claims),
    ] {
        let token = issuer.token_with(claims.clone());
        assert_eq!(verifier.verify_offline(&token), Err(Refusal::Invalid(error)), "{claims}");
    }
    let other = TestIssuer::new();
    assert_eq!(
        verifier.verify_offline(&other.token("ada", "admin")),
        Err(Refusal::Invalid(TokenError::Jws(JwsError::UnknownKey)))
    );
    assert!(verifier.verify_offline(&issuer.token_with(json!({"aud": ["x", AUDIENCE]}))).is_ok());
}

#[test]
fn every_algorithm_is_verified() {
    for algorithm in Alg::ALL.into_iter().filter(|algorithm| !algorithm.is_symmetric()) {
        let issuer = TestIssuer::with_algorithm(algorithm);
        assert!(issuer.verifier().verify_offline(&issuer.token("ada", "user")).is_ok(), "{algorithm}");
    }
}

#[test]
fn another_issuers_type_and_claims_are_read_when_they_are_asked_for() {
    #[derive(Deserialize)]
    struct Own {
        preferred_username: String,
    }
    let issuer = TestIssuer::new();
    let now = issuer.now();
    let claims =
        json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "1", "iat": now, "exp": now + 60, "preferred_username": "ada"});
    let token = issuer.sign("JWT", &claims);
    let verifier =
        issuer.builder().token_type(TokenType::Jwt).claims::<Own>().jwks(&issuer.jwks()).expect("keys").build();
    assert_eq!(verifier.verify_offline(&token).expect("good").extra.preferred_username, "ada");
    let strict = issuer.verifier();
    assert_eq!(
        strict.verify_offline(&token),
        Err(Refusal::Invalid(TokenError::Jws(JwsError::WrongType))),
        "no ID token passes"
    );
    let without = issuer.sign("JWT", &json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "1", "iat": now, "exp": now + 60}));
    assert!(verifier.verify_offline(&without).is_err(), "a claim of ours is missing");
}

#[test]
fn leeway_and_longest_life_are_as_chosen() {
    let issuer = TestIssuer::new();
    let lenient =
        issuer.builder().leeway(std::time::Duration::from_secs(30)).jwks(&issuer.jwks()).expect("keys").build();
    let strict =
        issuer.builder().max_lifetime(std::time::Duration::from_secs(60)).jwks(&issuer.jwks()).expect("keys").build();
    let token = issuer.token("ada", "user");
    assert_eq!(strict.verify_offline(&token), Err(Refusal::Invalid(TokenError::LivesTooLong)));
    issuer.advance(910);
    assert!(lenient.verify_offline(&token).is_ok());
    issuer.advance(20);
    assert_eq!(lenient.verify_offline(&token), Err(Refusal::Invalid(TokenError::Expired)));
}

#[tokio::test]
async fn one_header_with_one_bearer_token_is_expected() {
    let issuer = TestIssuer::new();
    let (verifier, token) = (issuer.verifier(), issuer.token("ada", "user"));
    let with = |values: &[&str]| {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, value.parse().expect("a value"));
        }
        headers
    };
    let good = format!("Bearer {token}");
    assert!(verifier.verify_headers(&with(&[&good])).await.is_ok());
    assert!(verifier.verify_headers(&with(&[&format!("bearer {token}")])).await.is_ok());
    assert!(verifier.verify_headers(&with(&[&format!("Bearer   {token}")])).await.is_ok());
    for other in [&[][..], &[""], &["Basic YTpi"], &["Basic"], &["Token x"]] {
        assert_eq!(verifier.verify_headers(&with(other)).await, Err(Refusal::Missing), "{other:?}");
    }
    for wrong in [&[good.as_str(), good.as_str()][..], &["Bearer"], &["Bearer "], &["Bearer a, Bearer b"]] {
        assert_eq!(verifier.verify_headers(&with(wrong)).await, Err(Refusal::Ambiguous), "{wrong:?}");
    }
}

#[test]
fn refusals_speak_rfc_6750_and_rfc_9457() {
    for (refusal, status, code, challenge) in [
        (Refusal::Missing, 401, "missing_token", Some("Bearer")),
        (Refusal::Ambiguous, 400, "ambiguous_credential", Some("Bearer error=\"invalid_request\"")),
        (Refusal::Invalid(TokenError::Expired), 401, "invalid_token", Some("Bearer error=\"invalid_token\"")),
        (Refusal::Revoked, 401, "invalid_token", Some("Bearer error=\"invalid_token\"")),
        (Refusal::Forbidden, 403, "forbidden", Some("Bearer error=\"insufficient_scope\"")),
        (Refusal::KeysUnavailable, 503, "unavailable", None),
        (Refusal::RevocationsUnknown, 503, "unavailable", None),
    ] {
        let response = refusal.response::<String>(ISSUER);
        assert_eq!(response.status().as_u16(), status);
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        assert_eq!(header("www-authenticate"), challenge);
        assert_eq!(header("content-type"), Some("application/problem+json"));
        assert_eq!(header("retry-after").is_some(), status == 503);
        let body: serde_json::Value = serde_json::from_str(response.body()).expect("JSON");
        assert_eq!((&body["code"], &body["status"]), (&json!(code), &json!(status)));
        assert_eq!(body["type"], format!("{ISSUER}/problems/{code}"));
        assert_eq!(body["error"], body["detail"]);
    }
    let expired = Refusal::Invalid(TokenError::Expired);
    assert_eq!(expired.document(ISSUER), Refusal::Revoked.document(ISSUER), "no client learns which of the two it is");
}

#[test]
fn a_known_secret_is_no_secret() {
    let refused = Verifier::builder().issuer("a").audience("b").secret(b"your-256-bit-secret-your-256-bit-secret");
    assert_eq!(refused.err(), Some(JwsError::WeakSecret));
}
