//! CORS: an exact list of origins, none by default.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderName, HeaderValue, Method};
use tower::{Layer, ServiceExt};
use tower_http::cors::{AllowCredentials, AllowOrigin, CorsLayer};

use crate::gateway_question::is_question;

/// Answers preflights, and tells listed origins that they may read the answer.
///
/// An `OPTIONS` at a gateway's check is none: it is the method of the request that the gateway asks about, and a
/// friendly answer would let that one through, without a token and with whatever identity its sender has written into
/// the headers.
pub(super) async fn answer(State(cors): State<CorsLayer>, request: Request, next: Next) -> Response {
    if request.method() == Method::OPTIONS && is_question(request.uri().path()) {
        return next.run(request).await;
    }
    match cors.layer(next).oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// The listed origins may call with credentials; no other gets CORS headers. `null` cannot be listed.
pub(super) fn layer(origins: &[String]) -> CorsLayer {
    let origins: Vec<HeaderValue> = origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()).collect();
    if origins.is_empty() {
        return CorsLayer::new();
    }
    let listed = origins.clone();
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_credentials(AllowCredentials::predicate(move |origin, _| listed.contains(origin)))
        .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::DELETE])
        .allow_headers(SENT.map(HeaderName::from_static))
        .expose_headers(READ.map(HeaderName::from_static))
        .max_age(Duration::from_secs(600))
}

/// What a page may send: what the routes read, and what tracing in a browser adds to every request (W3C Trace Context,
/// Baggage). A preflight that refuses those would refuse the whole page.
const SENT: [&str; 6] = ["authorization", "content-type", "x-request-id", "traceparent", "tracestate", "baggage"];
/// What a page may read of an answer.
const READ: [&str; 7] = [
    "x-request-id",
    "retry-after",
    "www-authenticate",
    "ratelimit-policy",
    "ratelimit-limit",
    "ratelimit-remaining",
    "ratelimit-reset",
];
