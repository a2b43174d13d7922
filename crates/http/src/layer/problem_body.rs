//! Writes the document of a refusal.

use axum::body::Body;
use axum::response::Response;
use http::header::CONTENT_TYPE;

use crate::problem::{DOCUMENT, Problem};
use crate::state::AppState;

/// The code of the problem that a response tells of, for the layers around.
#[derive(Debug, Clone, Copy)]
pub(super) struct Refusal(pub(super) &'static str);

/// Every refusal, from wherever it comes, gets its body here.
pub(super) fn write(response: &mut Response, state: &AppState) {
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        response.extensions_mut().insert(Refusal(problem.code()));
        // A page says it already, in words for people.
        if response.headers().get(CONTENT_TYPE).is_none_or(|kind| kind != DOCUMENT) {
            return;
        }
        let document = problem.document(&state.auth().settings().token.issuer);
        *response.body_mut() = Body::from(serde_json::to_vec(&document).unwrap_or_default());
        // The length that the empty body was given on its way through the router.
        response.headers_mut().remove(http::header::CONTENT_LENGTH);
    }
}
