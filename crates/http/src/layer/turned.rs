//! What the connection has refused already, for want of room.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::problem::Problem;

/// In a request's extensions: it is not looked at, and answered with this.
#[derive(Debug, Clone)]
pub struct Turned(pub Problem);

pub(super) async fn turn_away(mut request: Request, next: Next) -> Response {
    match request.extensions_mut().remove::<Turned>() {
        Some(Turned(problem)) => problem.into_response(),
        None => next.run(request).await,
    }
}
