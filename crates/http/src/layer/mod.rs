//! What happens to every request, whatever its route.
//!
//! One layer, in which a request passes plain functions: a layer of its own for each would cost a box, a clone of the
//! state and several allocations a request.

mod awaited;
mod cors;
mod cross_site;
mod current;
mod framing;
mod headers;
mod marks;
mod observe;
mod panicked;
mod problem_body;
mod series;
mod turned;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;

use self::cors::Cors;
use self::observe::Observed;
use self::series::Series;
use crate::problem::Problem;
use crate::state::AppState;

pub use self::cross_site::same_origin_only;
pub use self::current::current_request;
pub use self::turned::Turned;

/// What the layer needs.
struct Around {
    state: AppState,
    cors: Cors,
    series: Series,
}

/// Wraps a router.
pub fn around(router: Router<AppState>, state: &AppState) -> Router {
    let cors = Cors::new(&state.http().cors_origins);
    let around = Arc::new(Around { state: state.clone(), cors, series: Series::default() });
    router.layer(from_fn_with_state(around, pass)).with_state(state.clone())
}

/// Wraps the router of a sandbox: what the router around it does already is left out, and so is the log line.
pub fn within(router: Router<AppState>, state: &AppState) -> Router {
    router.layer(from_fn_with_state(state.clone(), pass_within)).with_state(state.clone())
}

/// The way of a request, from outside to its route and back.
async fn pass(State(around): State<Arc<Around>>, mut request: Request, next: Next) -> Response {
    let state = &around.state;
    let is_last = framing::came_in_chunks(&request);
    let marks = marks::assign(&mut request, state);
    let observed = Arc::new(Observed::begin(&request, &marks));
    let mut response = current::during(observed.clone(), across_origins(&around, request, next)).await;
    problem_body::write(&mut response, state);
    let mut response = observed.end(response, &around).await;
    headers::put_on(response.headers_mut(), state.http());
    marks::put_id_on(response.headers_mut(), &marks.id);
    if is_last {
        framing::close(response.headers_mut());
    }
    response
}

async fn pass_within(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let marks = marks::assign(&mut request, &state);
    let mut response = panicked::answered(next.run(request)).await;
    problem_body::write(&mut response, &state);
    marks::put_id_on(response.headers_mut(), &marks.id);
    response
}

async fn across_origins(around: &Around, request: Request, next: Next) -> Response {
    if Cors::concerns(&request) {
        return around.cors.answer(request, |request| handle(&around.state, request, next.clone())).await;
    }
    let mut response = handle(&around.state, request, next).await;
    cors::vary(response.headers_mut());
    response
}

/// To the route, unless the request is refused before it.
async fn handle(state: &AppState, mut request: Request, next: Next) -> Response {
    if let Some(problem) = turned::refusal(&mut request).or_else(|| framing::refusal(&request)) {
        return problem.into_response();
    }
    panicked::answered(awaited::in_time(state.http().request_timeout, request, next)).await
}

/// A refusal that the layer does not see, with all that it would give it.
pub fn refuse(problem: Problem, state: &AppState) -> Response {
    let mut response = problem.into_response();
    problem_body::write(&mut response, state);
    dress(response.headers_mut(), state);
    response
}

/// Gives an answer that the layer does not see the headers of every other, and an id of its own, which is returned.
pub fn dress(headers: &mut HeaderMap, state: &AppState) -> Arc<str> {
    headers::put_on(headers, state.http());
    let id = marks::fresh_id(state);
    marks::put_id_on(headers, &id);
    id
}
