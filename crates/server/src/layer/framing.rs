//! A request that comes in chunks is the last of its connection (RFC 9112 §6.1).
//!
//! hyper drops a `Content-Length` beside `Transfer-Encoding` before anybody sees it. A proxy in front that goes by the
//! length would let an attacker's bytes pass for the next visitor's request (request smuggling); after this answer
//! nothing more is read.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::header::{CONNECTION, TRANSFER_ENCODING};
use http::{HeaderValue, Version};

pub(super) async fn close_after_chunks(request: Request, next: Next) -> Response {
    let came_in_chunks = request.version() == Version::HTTP_11 && request.headers().contains_key(TRANSFER_ENCODING);
    let mut response = next.run(request).await;
    if came_in_chunks {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
