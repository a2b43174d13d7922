//! Where a request begins, where it ends, and whom it is for: what a proxy in front may see otherwise than this server.
//!
//! A request that comes in chunks is the last of its connection (RFC 9112 §6.1): hyper drops a `Content-Length` beside
//! `Transfer-Encoding` before anything sees it. A proxy in front that goes by the length would let an attacker's bytes pass
//! for the next visitor's request (request smuggling); after this answer nothing more is read.

use axum::extract::Request;
use http::header::{CONNECTION, HOST, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderValue, Version};

use crate::problem::{Problem, registry};

pub(super) fn came_in_chunks(request: &Request) -> bool {
    request.version() == Version::HTTP_11 && request.headers().contains_key(TRANSFER_ENCODING)
}

/// The answer with these headers is the last of its connection.
pub(super) fn close(headers: &mut HeaderMap) {
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
}

/// RFC 9112 §3.2: of two hosts a proxy may have gone by the other one.
pub(super) fn refusal(request: &Request) -> Option<Problem> {
    let hosts = request.headers().get_all(HOST).iter().count();
    let is_refused = hosts > 1 || (hosts == 0 && request.version() == Version::HTTP_11);
    is_refused
        .then(|| Problem::new(&registry::BAD_REQUEST).detail("One Host header is expected (RFC 9112, section 3.2)."))
}
