//! The marks of a request. Its id is the caller's `X-Request-Id` when that is sane, else a new one.

use std::sync::Arc;

use axum::extract::Request;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::extract::{RequestMarks, client_ip};
use crate::state::AppState;

const NAME: HeaderName = HeaderName::from_static("x-request-id");

/// Puts its marks into the request.
pub(super) fn assign(request: &mut Request, state: &AppState) -> RequestMarks {
    let given = request.headers().get(NAME).and_then(|value| value.to_str().ok()).filter(|id| is_sane(id));
    let id = given.map_or_else(|| fresh_id(state), Arc::from);
    let address = client_ip(request.headers(), request.extensions(), &state.http().trusted_proxies);
    let marks = RequestMarks { id, address, caller: Arc::default() };
    request.extensions_mut().insert(marks.clone());
    marks
}

/// Puts an id on an answer.
pub(super) fn put_id_on(headers: &mut HeaderMap, id: &str) {
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(NAME, value);
    }
}

/// An id goes into logs and the audit log: nothing in it may look like anything else there.
fn is_sane(id: &str) -> bool {
    (1..=128).contains(&id.len()) && id.bytes().all(|c| c.is_ascii_alphanumeric() || b"._-".contains(&c))
}

pub(super) fn fresh_id(state: &AppState) -> Arc<str> {
    let mut bytes = [0; 12];
    // Without randomness the id is useless and the request will fail where it matters.
    let _ = state.random().fill(&mut bytes);
    let mut text = [0; 16];
    let text = base64_simd::URL_SAFE_NO_PAD.encode_as_str(&bytes, base64_simd::Out::from_slice(&mut text));
    Arc::from(&*text)
}
