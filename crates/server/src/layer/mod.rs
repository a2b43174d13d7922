//! What happens to every request, whatever its route.

mod cors;
mod cross_site;
mod framing;
mod headers;
mod observe;
mod request_id;
mod say;

use axum::Router;
use axum::extract::State;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;

use crate::problem::{Problem, registry};
use crate::state::AppState;

pub use self::cross_site::same_origin_only;
pub use self::request_id::RequestId;

/// Wraps a router. The first layer named here is the innermost.
pub fn around(router: Router<AppState>, state: &AppState) -> Router {
    router
        .layer(from_fn_with_state(state.clone(), time_out))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(framing::one_host))
        .layer(from_fn_with_state(state.clone(), say::say))
        .layer(from_fn_with_state(cors::layer(&state.http().cors_origins), cors::answer))
        .layer(from_fn(observe::observe))
        .layer(from_fn_with_state(state.clone(), headers::secure))
        .layer(from_fn_with_state(state.clone(), request_id::assign))
        .layer(from_fn(framing::close_after_chunks))
        .with_state(state.clone())
}

/// Wraps the router of a sandbox: what the router around it does already is left out, and so is the log line.
pub fn within(router: Router<AppState>, state: &AppState) -> Router {
    router
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(state.clone(), say::say))
        .layer(from_fn_with_state(state.clone(), request_id::assign))
        .with_state(state.clone())
}

/// A request that takes too long is answered; what it has begun in the store is finished there.
async fn time_out(State(state): State<AppState>, request: axum::extract::Request, next: Next) -> Response {
    match tokio::time::timeout(state.http().request_timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(&registry::TIMEOUT).retry_after(std::time::Duration::from_secs(2)).into_response(),
    }
}

/// A panic is a bug: one request fails, is logged without its text reaching the client, and the server lives on.
#[allow(clippy::needless_pass_by_value, reason = "the signature is the layer's")]
fn panicked(cause: Box<dyn std::any::Any + Send>) -> Response {
    let text = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied());
    tracing::error!(panic = text.unwrap_or("(no text)"), "a handler panicked");
    metrics::counter!("hallpass_panics_total").increment(1);
    Problem::new(&registry::INTERNAL).into_response()
}
