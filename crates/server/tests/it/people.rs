//! Whoever logs in at a running server.

use serde_json::{Value, json};

use crate::process::{Running, http};
use crate::support::PASSWORD;

/// Somebody with an access token.
pub struct Person {
    pub token: String,
    pub id: String,
    pub session: String,
}

impl Person {
    /// The `kid` of the key that signed.
    pub fn signer(&self) -> String {
        let header = hallpass_jose::dangerous::decode(&self.token).expect("a token").header;
        header["kid"].as_str().expect("a kid").to_owned()
    }
}

/// Registers.
pub async fn register(server: &Running, email: &str) -> Person {
    enter(server, "/auth/register", email, PASSWORD).await
}

/// Logs the first admin in.
pub async fn admin(server: &Running) -> Person {
    let (email, password) = server.first_admin().expect("a first start");
    enter(server, "/auth/login", &email, &password).await
}

async fn enter(server: &Running, path: &str, email: &str, password: &str) -> Person {
    let body = json!({"email": email, "password": password});
    let answer = http().post(server.url(path)).json(&body).send().await.expect("an answer");
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    let body: Value = answer.json().await.expect("JSON");
    let token = body["access_token"].as_str().expect("a token").to_owned();
    let claims = hallpass_jose::dangerous::decode(&token).expect("a token").claims;
    let text = |name: &str| claims[name].as_str().expect("a claim").to_owned();
    Person { id: text("sub"), session: text("sid"), token }
}

/// Ends the session.
pub async fn logout(server: &Running, person: &Person) {
    let answer = http().post(server.url("/auth/logout")).bearer_auth(&person.token).send().await.expect("an answer");
    assert_eq!(answer.status(), 204);
}
