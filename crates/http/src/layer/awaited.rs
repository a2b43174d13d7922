//! The time limit of a request, and whose fault it is when it runs out.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::CONNECTION;
use http::{HeaderValue, Version};
use hyper::body::{Frame, SizeHint};

use crate::problem::{Problem, registry};
use crate::state::AppState;

/// A request that takes too long is answered; what it has begun in the store is finished there. While its body is waited
/// for the client is at fault (408), otherwise the server (503).
pub(super) async fn time_out(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let is_http1 = request.version() < Version::HTTP_2;
    let is_awaited = Arc::new(AtomicBool::new(false));
    let request = request.map(|body| Body::new(Awaited { body, is_awaited: is_awaited.clone() }));
    if let Ok(response) = tokio::time::timeout(state.http().request_timeout, next.run(request)).await {
        return response;
    }
    if !is_awaited.load(Ordering::Relaxed) {
        return Problem::new(&registry::TIMEOUT).retry_after(Duration::from_secs(2)).into_response();
    }
    let mut response = Problem::new(&registry::REQUEST_TIMEOUT).into_response();
    if is_http1 {
        // The rest of the body would be taken for the next request.
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
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
