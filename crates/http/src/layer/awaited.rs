//! The time limit of a request, and whose fault it is when it runs out.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::Version;
use hyper::body::{Frame, SizeHint};

use super::framing;
use crate::problem::{Problem, registry};

/// A request that takes too long is answered; what it has begun in the store is finished there. While its body is waited
/// for the client is at fault (408), otherwise the server (503).
pub(super) async fn in_time(limit: Duration, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return tokio::time::timeout(limit, next.run(request)).await.unwrap_or_else(|_| too_slow());
    }
    let is_http1 = request.version() < Version::HTTP_2;
    let is_awaited = Arc::new(AtomicBool::new(false));
    let request = request.map(|body| Body::new(Awaited { body, is_awaited: is_awaited.clone() }));
    if let Ok(response) = tokio::time::timeout(limit, next.run(request)).await {
        return response;
    }
    if !is_awaited.load(Ordering::Relaxed) {
        return too_slow();
    }
    let mut response = Problem::new(&registry::REQUEST_TIMEOUT).into_response();
    if is_http1 {
        // The rest of the body would be taken for the next request.
        framing::close(response.headers_mut());
    }
    response
}

fn too_slow() -> Response {
    Problem::new(&registry::TIMEOUT).retry_after(Duration::from_secs(2)).into_response()
}

/// A body that says whether its next piece is waited for.
struct Awaited {
    body: Body,
    is_awaited: Arc<AtomicBool>,
}

impl HttpBody for Awaited {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        self.is_awaited.store(frame.is_pending(), Ordering::Relaxed);
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
