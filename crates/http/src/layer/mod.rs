//! What happens to every request, whatever its route.

mod awaited;
mod cors;
mod cross_site;
mod framing;
mod headers;
mod observe;
mod problem_body;
mod request_id;
mod turned;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue};
use tower_http::catch_panic::CatchPanicLayer;

use crate::problem::{Problem, registry};
use crate::state::AppState;

pub use self::cross_site::same_origin_only;
pub use self::turned::Turned;

/// Wraps a router. The first layer named here is the innermost.
pub fn around(router: Router<AppState>, state: &AppState) -> Router {
    router
        .layer(from_fn_with_state(state.clone(), awaited::time_out))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(framing::one_host))
        .layer(from_fn(turned::turn_away))
        .layer(from_fn_with_state(state.clone(), problem_body::write_body))
        .layer(from_fn_with_state(cors::layer(&state.http().cors_origins), cors::answer))
        .layer(from_fn_with_state(state.clone(), observe::observe))
        .layer(from_fn_with_state(state.clone(), headers::secure))
        .layer(from_fn_with_state(state.clone(), request_id::assign))
        .layer(from_fn(framing::close_after_chunks))
        .with_state(state.clone())
}

/// Wraps the router of a sandbox: what the router around it does already is left out, and so is the log line.
pub fn within(router: Router<AppState>, state: &AppState) -> Router {
    router
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(state.clone(), problem_body::write_body))
        .layer(from_fn_with_state(state.clone(), request_id::assign))
        .with_state(state.clone())
}

/// A refusal that no layer sees, with all that they would give it.
pub fn refuse(problem: Problem, state: &AppState) -> Response {
    let mut response = problem.into_response();
    problem_body::write(&mut response, state);
    dress(response.headers_mut(), state);
    response
}

/// Gives an answer that no layer sees the headers of every other, and an id of its own, which is returned.
pub fn dress(headers: &mut HeaderMap, state: &AppState) -> String {
    headers::put_on(headers, state.http());
    let id = request_id::fresh(state);
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(request_id::NAME, value);
    }
    id
}

/// A panic is a bug: one request fails, is logged without its text reaching the client, and the server lives on.
#[allow(clippy::needless_pass_by_value, reason = "the signature is the layer's")]
fn panicked(cause: Box<dyn std::any::Any + Send>) -> Response {
    let text = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied());
    tracing::error!(panic = text.unwrap_or("(no text)"), "a handler panicked");
    metrics::counter!("hallpass_panics_total").increment(1);
    Problem::new(&registry::INTERNAL).into_response()
}
