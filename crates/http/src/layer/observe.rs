//! One span, one log line and one measurement a request. No query, no header, no body: secrets travel in those.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use hallpass_auth::{Caller, Ctx};
use http::header::USER_AGENT;
use tracing::field::{Empty, display};
use tracing::{Instrument, Span};

use super::problem_body::Refusal;
use crate::extract::{RequestCaller, RequestId, client_ip};
use crate::problem::registry;
use crate::state::AppState;

pub(super) async fn observe(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    // The pattern, not the path: a path holds ids, and would make a time series of each.
    let route =
        request.extensions().get::<MatchedPath>().map_or_else(|| "(none)".to_owned(), |p| p.as_str().to_owned());
    let id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let caller = Arc::new(Caller::default());
    let (mut parts, body) = request.into_parts();
    let address = client_ip(&parts, &state.http().trusted_proxies);
    let ip = address.map(display);
    parts.extensions.insert(RequestCaller(caller.clone()));
    // At the level of errors, so that a warning can be joined to its request whatever the filter shows.
    let span = tracing::error_span!(
        target: "hallpass::http", "request", request_id = id.as_str(), %method, route, ip, user = Empty, session = Empty
    );
    let agent = parts.headers.get(USER_AGENT).cloned();
    let response = next.run(Request::from_parts(parts, body)).instrument(span).await;
    // Other refusals are 403, too: a wrong current password, a request from another site.
    if response.extensions().get::<Refusal>().is_some_and(|refusal| refusal.0 == registry::FORBIDDEN.code) {
        let ctx = Ctx {
            now: state.clock().now(),
            random: state.random().clone(),
            ip: address,
            user_agent: agent.map(|agent| String::from_utf8_lossy(agent.as_bytes()).into_owned()),
            request_id: Some(id.clone()),
            caller: caller.clone(),
        };
        state.auth().note_denied(&ctx, method.as_str(), &route).await;
    }
    let (status, took) = (response.status().as_u16(), begun.elapsed());
    state.count_request();
    let label = method_label(&method);
    metrics::counter!("hallpass_http_requests_total", "method" => label, "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    metrics::histogram!("hallpass_http_seconds", "route" => route.clone()).record(took.as_secs_f64());
    let (user, session) = (caller.user().map(display), caller.session().map(display));
    // Outside the span, whose fields it has: a line says each of them once.
    tracing::info!(
        target: "hallpass::http", parent: Span::none(),
        request_id = id, %method, route, status, micros = took.as_micros(), ip, user, session, "request"
    );
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
