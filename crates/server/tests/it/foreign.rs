//! Other languages' libraries, really run: the scripts of `tests/e2e/clients`, each in front of a live server, while its
//! keys are imported, rotated and revoked.

use std::process::Command;
use std::time::Duration;

use hallpass_jose::{Alg, SigningKey, dangerous};
use serde_json::{Map, Value, json};

use crate::child::{Program, node, python};
use crate::people::{Person, register};
use crate::process::{Running, Site, http};

const ISSUER: &str = "http://localhost:8080";
const AUDIENCE: &str = "https://api.example";

/// A way to start a client.
type Client = fn() -> Command;

const JOSE: Client = || node("tests/e2e/clients/jose.mjs");
const JSONWEBTOKEN: Client = || node("tests/e2e/clients/jsonwebtoken.mjs");
const EXPRESS_JWT: Client = || node("tests/e2e/clients/express-jwt.mjs");
const PYJWT: Client = || python("tests/e2e/clients/with_pyjwt.py");
const AUTHLIB: Client = || python("tests/e2e/clients/with_authlib.py");
const JWCRYPTO: Client = || python("tests/e2e/clients/with_jwcrypto.py");

macro_rules! with {
    ($($name:ident($client:expr, $alg:expr, $trial:ident);)*) => {
        $(#[tokio::test] async fn $name() { $trial($client, $alg).await; })*
    };
}

with! {
    jose_verifies_rs256(JOSE, Alg::Rs256, verifies);
    jose_verifies_es256(JOSE, Alg::Es256, verifies);
    jose_verifies_eddsa(JOSE, Alg::EdDsa, verifies);
    jsonwebtoken_with_jwks_rsa_verifies_rs256(JSONWEBTOKEN, Alg::Rs256, verifies);
    jsonwebtoken_with_jwks_rsa_verifies_es256(JSONWEBTOKEN, Alg::Es256, verifies);
    jsonwebtoken_knows_no_eddsa_and_refuses_it(JSONWEBTOKEN, Alg::EdDsa, refuses_all);
    express_jwt_verifies_rs256(EXPRESS_JWT, Alg::Rs256, verifies);
    express_jwt_verifies_es256(EXPRESS_JWT, Alg::Es256, verifies);
    express_jwt_knows_no_eddsa_and_refuses_it(EXPRESS_JWT, Alg::EdDsa, refuses_all);
    pyjwt_verifies_rs256(PYJWT, Alg::Rs256, verifies);
    pyjwt_verifies_es256(PYJWT, Alg::Es256, verifies);
    pyjwt_verifies_eddsa(PYJWT, Alg::EdDsa, verifies);
    authlib_verifies_rs256(AUTHLIB, Alg::Rs256, verifies);
    authlib_verifies_es256(AUTHLIB, Alg::Es256, verifies);
    authlib_verifies_eddsa(AUTHLIB, Alg::EdDsa, verifies);
    jwcrypto_verifies_rs256(JWCRYPTO, Alg::Rs256, verifies);
    jwcrypto_verifies_es256(JWCRYPTO, Alg::Es256, verifies);
    jwcrypto_verifies_eddsa(JWCRYPTO, Alg::EdDsa, verifies);
}

/// Accepts what is good and nothing else, and follows the keys.
async fn verifies(client: Client, alg: Alg) {
    let installation = Installation::new(alg);
    let mut verifier = installation.verifier(client);
    let ada = register(&installation.server, "ada@example.com").await;
    accepts(&mut verifier, &ada.token, &ada.id).await;

    // A key of which the test has the private half: from here on it can be the server's clumsy twin.
    let twin = installation.import_key(alg).await;
    let claims = dangerous::decode(&ada.token).expect("a token").claims;
    let good = twin.sign("at+jwt", &claims).expect("signed");
    accepts(&mut verifier, &good, &ada.id).await;
    for (what, token) in bad_tokens(&twin, &claims, &ada.token) {
        refuses(&mut verifier, &token, what);
    }
    accepts(&mut verifier, &good, &ada.id).await;

    // The third rotation signs with a key that was announced after all that the client has fetched.
    let bob = installation.rotate_until_unknown(&ada).await;
    accepts(&mut verifier, &bob.token, &bob.id).await;
    accepts(&mut verifier, &ada.token, &ada.id).await;

    installation.revoke_key_of(&ada).await;
    // Its memory of the key set is gone, as it is when that has grown old.
    let mut verifier = installation.verifier(client);
    refuses(&mut verifier, &ada.token, "a revoked key");
    accepts(&mut verifier, &bob.token, &bob.id).await;
}

/// A library that lacks the algorithm: another one accepts the same token from the same server.
async fn refuses_all(client: Client, alg: Alg) {
    let installation = Installation::new(alg);
    let ada = register(&installation.server, "ada@example.com").await;
    refuses(&mut installation.verifier(client), &ada.token, "an algorithm that it lacks");
    accepts(&mut installation.verifier(JOSE), &ada.token, &ada.id).await;
}

/// Waits, for a bounded time, until a token is accepted: fetching the key set has its pauses.
async fn accepts(verifier: &mut Program, token: &str, sub: &str) {
    let mut said = Value::Null;
    for _ in 0..150 {
        said = verifier.ask(&json!({"token": token}));
        if said["ok"] == true {
            assert_eq!(said["sub"], sub);
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("it is refused: {said}");
}

#[track_caller]
fn refuses(verifier: &mut Program, token: &str, what: &str) {
    let said = verifier.ask(&json!({"token": token}));
    assert_eq!(said["ok"], false, "{what} is accepted: {said}");
    assert!(said["error"].as_str().is_some_and(|error| !error.is_empty()), "{what}: {said}");
}

/// Each differs from a good token in one thing.
fn bad_tokens(twin: &SigningKey, claims: &Map<String, Value>, of_server: &str) -> Vec<(&'static str, String)> {
    let but = |name: &str, value: Value| {
        let mut claims = claims.clone();
        if value.is_null() {
            claims.remove(name)
        } else {
            claims.insert(name.to_owned(), value)
        };
        claims
    };
    let sign = |claims: &Map<String, Value>| twin.sign("at+jwt", claims).expect("signed");
    let issued = claims["iat"].as_i64().expect("a number");
    let segments: Vec<&str> = of_server.split('.').collect();
    let raised = encoded(&Value::Object(but("role", json!("admin"))));
    let stranger = SigningKey::generate(twin.alg()).expect("a key");
    vec![
        ("a changed claim", format!("{}.{raised}.{}", segments[0], segments[2])),
        ("no signature", format!("{}.{}.", segments[0], segments[1])),
        ("another issuer", sign(&but("iss", json!("http://localhost:8081")))),
        ("no issuer", sign(&but("iss", Value::Null))),
        ("another audience", sign(&but("aud", json!("https://other.example")))),
        ("no audience", sign(&but("aud", Value::Null))),
        ("a token that has expired", sign(&but("exp", json!(issued - 1)))),
        ("a token without end", sign(&but("exp", Value::Null))),
        ("a token of another type", twin.sign("JWT", claims).expect("signed")),
        ("a key that is not published", stranger.sign("at+jwt", claims).expect("signed")),
        ("no algorithm", by_nobody(twin.kid(), claims)),
        ("the public key as a secret", by_the_public_key(twin, claims)),
    ]
}

fn encoded(value: &Value) -> String {
    base64_simd::URL_SAFE_NO_PAD.encode_to_string(value.to_string())
}

fn by_nobody(kid: &str, claims: &Map<String, Value>) -> String {
    let header = json!({"alg": "none", "typ": "at+jwt", "kid": kid});
    format!("{}.{}.", encoded(&header), encoded(&Value::Object(claims.clone())))
}

/// The confusion of algorithms: what everybody may read taken for a shared secret (RFC 8725 §2.1).
fn by_the_public_key(twin: &SigningKey, claims: &Map<String, Value>) -> String {
    let header = json!({"alg": "HS256", "typ": "at+jwt", "kid": twin.kid()});
    let text = format!("{}.{}", encoded(&header), encoded(&Value::Object(claims.clone())));
    let secret = twin.public_pem().expect("a public key");
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret.as_bytes());
    let tag = aws_lc_rs::hmac::sign(&key, text.as_bytes());
    format!("{text}.{}", base64_simd::URL_SAFE_NO_PAD.encode_to_string(tag))
}

/// A live server whose keys have this algorithm.
struct Installation {
    site: Site,
    server: Running,
    alg: Alg,
}

impl Installation {
    fn new(alg: Alg) -> Self {
        let site = Site::with(&[&format!("token.algorithm={alg}"), &format!("audience={AUDIENCE}")]);
        let server = site.serve();
        Self { site, server, alg }
    }

    fn verifier(&self, client: Client) -> Program {
        let told = json!({
            "issuer": ISSUER,
            "audience": AUDIENCE,
            "jwks": self.server.url("/.well-known/jwks.json"),
            "algorithm": self.alg.as_str(),
        });
        let mut command = client();
        command.arg(told.to_string());
        Program::start(command)
    }

    async fn published(&self) -> Vec<String> {
        let answer = http().get(self.server.url("/.well-known/jwks.json")).send().await.expect("an answer");
        let set: Value = answer.json().await.expect("JSON");
        set["keys"].as_array().expect("keys").iter().map(|key| key["kid"].as_str().expect("a kid").to_owned()).collect()
    }

    /// Waits, for a bounded time, until the server has heard of what the command line did.
    async fn until_published(&self, kid: &str, expected: bool) {
        for _ in 0..300 {
            if self.published().await.iter().any(|known| known == kid) == expected {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the server does not hear of {kid}");
    }

    async fn import_key(&self, alg: Alg) -> SigningKey {
        let key = SigningKey::generate(alg).expect("a key");
        let pem = pem::encode(&pem::Pem::new("PRIVATE KEY", key.to_bytes().expect("bytes").to_vec()));
        let file = self.site.write("twin.pem", &pem);
        self.site.run(&["keys", "import", &file, "--algorithm", alg.as_str()]).expect(0);
        self.until_published(key.kid(), true).await;
        key
    }

    /// Rotates until a key signs that stood nowhere when this was called: somebody with a token of it.
    async fn rotate_until_unknown(&self, earlier: &Person) -> Person {
        let known = self.published().await;
        assert!(known.contains(&earlier.signer()));
        for _ in 0..known.len() {
            self.site.run(&["keys", "rotate", "--force"]).expect(0);
        }
        for attempt in 0..300 {
            let person = register(&self.server, &format!("bob{attempt}@example.com")).await;
            if !known.contains(&person.signer()) {
                return person;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the server does not rotate");
    }

    async fn revoke_key_of(&self, person: &Person) {
        let kid = person.signer();
        self.site.run(&["keys", "revoke", &kid]).expect(0);
        self.until_published(&kid, false).await;
    }
}
