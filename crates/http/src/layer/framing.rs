//! Where a request begins, where it ends, and whom it is for: what a proxy in front may see otherwise than this server.
//!
//! A request that comes in chunks is the last of its connection (RFC 9112 §6.1): hyper drops a `Content-Length` beside `Transfer-Encoding` before anybody sees it. A proxy in front that goes by the
//! length would let an attacker's bytes pass for the next visitor's request (request smuggling); after this answer
//! nothing more is read.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{CONNECTION, HOST, TRANSFER_ENCODING};
use http::{HeaderValue, Version};

use crate::problem::{Problem, registry};

pub(super) async fn close_after_chunks(request: Request, next: Next) -> Response {
    let came_in_chunks = request.version() == Version::HTTP_11 && request.headers().contains_key(TRANSFER_ENCODING);
    let mut response = next.run(request).await;
    if came_in_chunks {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// RFC 9112 §3.2: of two hosts a proxy may have gone by the other one.
pub(super) async fn one_host(request: Request, next: Next) -> Response {
    let hosts = request.headers().get_all(HOST).iter().count();
    if hosts > 1 || (hosts == 0 && request.version() == Version::HTTP_11) {
        let problem =
            Problem::new(&registry::BAD_REQUEST).detail("One Host header is expected (RFC 9112, section 3.2).");
        return problem.into_response();
    }
    next.run(request).await
}
