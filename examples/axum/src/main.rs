//! A small complete service behind hallpass: anybody is welcome, users see their notes, admins see more.

#![allow(clippy::disallowed_methods, reason = "a program reads its environment")]

use std::env::var;
use std::error::Error;
use std::time::Duration;

use axum::routing::get;
use axum::{Json, Router};
use hallpass_verify::axum::{Authenticated, RequireRole, Role};
use hallpass_verify::{Beyond, Feed, JwksUrl, Staleness, Verifier};
use serde_json::{Value, json};

struct Admin;

impl Role for Admin {
    const NAMES: &'static [&'static str] = &["admin"];
}

async fn welcome() -> &'static str {
    "Welcome. Notes are for users."
}

async fn notes(Authenticated(claims): Authenticated) -> Json<Value> {
    Json(json!({"user": claims.subject, "notes": ["water the plants"]}))
}

async fn admin(admin: RequireRole<Admin>) -> Json<Value> {
    Json(json!({"user": admin.claims.subject, "notes_of_everybody": 1}))
}

/// Keys and revocations come from hallpass; no request waits for it.
fn verifier() -> Result<Verifier, Box<dyn Error>> {
    let issuer = var("HALLPASS_ISSUER").unwrap_or_else(|_| "http://localhost:8080".to_owned());
    let audience = var("HALLPASS_AUDIENCE").unwrap_or_else(|_| issuer.clone());
    // Where hallpass is reached from here, when that is not what its tokens say.
    let url = var("HALLPASS_URL").unwrap_or_else(|_| issuer.clone());
    let feed = Feed::new(&url, var("HALLPASS_CLIENT_ID")?, var("HALLPASS_CLIENT_SECRET")?)?;
    Ok(Verifier::builder()
        .issuer(issuer)
        .audience(audience)
        .keys_from(JwksUrl::new(format!("{url}/.well-known/jwks.json"))?)
        .revocation_feed(feed, Staleness { at_most: Duration::from_secs(60), beyond: Beyond::Refuse })
        .build())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let service = Router::new()
        .route("/", get(welcome))
        .route("/notes", get(notes))
        .route("/admin", get(admin))
        .with_state(verifier()?);
    let port = var("PORT").unwrap_or_else(|_| "3000".to_owned());
    let socket = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("listening on http://{}", socket.local_addr()?);
    axum::serve(socket, service).await?;
    Ok(())
}
