//! CORS: an exact list of origins, none by default.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::Request;
use axum::response::Response;
use futures_util::FutureExt;
use http::header::{ORIGIN, VARY};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use tower::{Layer, ServiceExt, service_fn};
use tower_http::cors::{AllowCredentials, AllowOrigin, CorsLayer};

use crate::gateway_question::is_question;

/// Who may call from another origin: the listed ones, with credentials. No other gets CORS headers, and `null` cannot be
/// listed.
pub(super) struct Cors(CorsLayer);

impl Cors {
    pub(super) fn new(origins: &[String]) -> Self {
        let origins: Vec<HeaderValue> =
            origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()).collect();
        if origins.is_empty() {
            return Self(CorsLayer::new());
        }
        let listed = origins.clone();
        Self(
            CorsLayer::new()
                .allow_origin(AllowOrigin::list(origins))
                .allow_credentials(AllowCredentials::predicate(move |origin, _| listed.contains(origin)))
                .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::DELETE])
                .allow_headers(SENT.map(HeaderName::from_static))
                .expose_headers(READ.map(HeaderName::from_static))
                .max_age(Duration::from_secs(600)),
        )
    }

    /// Whether the request is a preflight, or says which origin it comes from. The others are answered as they are.
    ///
    /// An `OPTIONS` at a gateway's check is no preflight: it is the method of the request that the gateway asks about, and
    /// a friendly answer would let that one through, without a token and with whatever identity its sender has written
    /// into the headers.
    pub(super) fn concerns(request: &Request) -> bool {
        if request.method() == Method::OPTIONS {
            return !is_question(request.uri().path());
        }
        request.headers().contains_key(ORIGIN)
    }

    /// Answers preflights, and tells listed origins that they may read the answer.
    pub(super) async fn answer<F: Future<Output = Response>>(
        &self,
        request: Request,
        mut handle: impl FnMut(Request) -> F,
    ) -> Response {
        let inner = service_fn(|request| handle(request).map(Ok::<_, Infallible>));
        match self.0.layer(inner).oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

/// What decides about CORS headers, for caches on the way.
pub(super) fn vary(headers: &mut HeaderMap) {
    headers.append(VARY, HeaderValue::from_static(DECISIVE));
}

/// As the library writes it on the answers that it sees.
const DECISIVE: &str = "origin, access-control-request-method, access-control-request-headers";
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
