//! What users, an attacker and a service have in the hand when the installation moves, and what they find in the new one.

use serde_json::{Value, json};

use super::{Place, me, post, refresh, register};
use crate::process::{Running, Site, http};

async fn feed(server: &Running, client: &Value, query: &str) -> Value {
    let (id, secret) = (client["client_id"].as_str().expect("an id"), client["client_secret"].as_str());
    let request = http().get(server.url(&format!("/revocations{query}"))).basic_auth(id, secret);
    request.send().await.expect("an answer").json().await.expect("JSON")
}

/// What a user has in the hand when the installation moves.
pub(super) struct Luggage {
    live: Value,
    spent: Value,
    ended: Value,
    client: Value,
    cursor: String,
    keys: String,
    kid: Value,
}

/// Fills an installation with something of every kind.
pub(super) async fn furnish(site: &Site, place: &Place) -> Luggage {
    place.run(site, &["migrate"]).expect(0);
    let client = place.run(site, &["clients", "create", "orders"]).expect(0).json();
    let server = place.serve(site);
    let first = register(&server, "ada@example.com").await;
    let (status, live) = refresh(&server, &first["refresh_token"]).await;
    assert_eq!(status, 200);
    let ended = register(&server, "ben@example.com").await;
    let logout = json!({"refresh_token": ended["refresh_token"]});
    assert_eq!(post(&server, "/auth/logout", logout).await.0, 204);
    for _ in 0..5 {
        post(&server, "/auth/login", json!({"email": "eve@example.com", "password": "wrong"})).await;
    }
    let told = feed(&server, &client, "").await;
    let text = |name: &str| told[name].as_str().expect("text").to_owned();
    let (cursor, keys) = (text("cursor"), text("keys"));
    assert_eq!(told["entries"].as_array().map(Vec::len), Some(1));
    let jwks: Value =
        http().get(server.url("/.well-known/jwks.json")).send().await.expect("keys").json().await.expect("JSON");
    assert_eq!(server.stop(), Some(0));
    Luggage { live, spent: first["refresh_token"].clone(), ended, client, cursor, keys, kid: jwks["keys"].clone() }
}

/// Everything is as it was, in the other database.
pub(super) async fn unpack(site: &Site, place: &Place, luggage: &Luggage) {
    let server = place.serve(site);
    assert_eq!(server.first_admin(), None, "the users are gone");
    let jwks: Value =
        http().get(server.url("/.well-known/jwks.json")).send().await.expect("keys").json().await.expect("JSON");
    assert_eq!(jwks["keys"], luggage.kid);
    assert_eq!(me(&server, &luggage.live).await, 200, "an access token from before is refused");
    assert_eq!(me(&server, &luggage.ended).await, 401, "a revoked access token is good again");
    assert_eq!(refresh(&server, &luggage.ended["refresh_token"]).await.0, 401);
    let (status, next) = refresh(&server, &luggage.live["refresh_token"]).await;
    assert_eq!(status, 200, "a session is lost: {next}");
    let locked = json!({"email": "eve@example.com", "password": "wrong"});
    assert_eq!(post(&server, "/auth/login", locked).await.1["code"], "account_locked");
    let query = format!("?since={}", luggage.cursor);
    let told = feed(&server, &luggage.client, &query).await;
    assert_eq!((&told["complete"], &told["entries"], &told["keys"]), (&json!(false), &json!([]), &json!(luggage.keys)));
    // The thief comes with the token that was spent before the move.
    let (status, refused) = refresh(&server, &luggage.spent).await;
    assert_eq!((status, refused["code"].as_str()), (401, Some("token_reuse")));
    assert_eq!(me(&server, &next).await, 401, "the family revocation_ttl the theft");
    let told = feed(&server, &luggage.client, &query).await;
    assert_eq!(told["entries"].as_array().map(Vec::len), Some(1), "the reader missed a revocation: {told}");
    assert_eq!(server.stop(), Some(0));
}
