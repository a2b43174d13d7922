//! One log line and one measurement a request. No query, no header, no body: secrets travel in those.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;

use super::request_id::RequestId;

pub(super) async fn observe(request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    // The pattern, not the path: a path holds ids, and would make a time series of each.
    let route =
        request.extensions().get::<MatchedPath>().map_or_else(|| "(none)".to_owned(), |p| p.as_str().to_owned());
    let id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let response = next.run(request).await;
    let (status, took) = (response.status().as_u16(), begun.elapsed());
    let label = method_label(&method);
    metrics::counter!("hallpass_http_requests_total", "method" => label, "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    metrics::histogram!("hallpass_http_seconds", "route" => route.clone()).record(took.as_secs_f64());
    tracing::info!(target: "hallpass::http", request_id = id, %method, route, status, micros = took.as_micros(), "request");
    response
}

/// A client may invent methods without end; a label may not.
fn method_label(method: &http::Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
