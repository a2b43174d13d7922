//! What the connection has refused already, for want of room.

use axum::extract::Request;

use crate::problem::Problem;

/// In a request's extensions: it is not looked at, and answered with this.
#[derive(Debug, Clone)]
pub struct Turned(pub Problem);

pub(super) fn refusal(request: &mut Request) -> Option<Problem> {
    request.extensions_mut().remove::<Turned>().map(|Turned(problem)| problem)
}
