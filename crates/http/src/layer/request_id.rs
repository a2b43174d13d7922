//! `X-Request-Id`: the caller's when it is sane, else a new one.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderName, HeaderValue};

use crate::extract::RequestId;
use crate::state::AppState;

pub(super) const NAME: HeaderName = HeaderName::from_static("x-request-id");

/// Assigns the id, and puts it on the answer.
pub(super) async fn assign(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let given = request.headers().get(NAME).and_then(|value| value.to_str().ok()).filter(|id| is_sane(id));
    let id = given.map_or_else(|| fresh(&state), str::to_owned);
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(NAME, value);
    }
    response
}

/// An id goes into logs and the audit log: nothing in it may look like anything else there.
fn is_sane(id: &str) -> bool {
    (1..=128).contains(&id.len()) && id.bytes().all(|c| c.is_ascii_alphanumeric() || b"._-".contains(&c))
}

pub(super) fn fresh(state: &AppState) -> String {
    let mut bytes = [0; 12];
    // Without randomness the id is useless and the request will fail where it matters.
    let _ = state.random().fill(&mut bytes);
    base64_simd::URL_SAFE_NO_PAD.encode_to_string(bytes)
}
