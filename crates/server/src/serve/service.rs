//! From hyper's requests to the router's: what comes in is weighed, what goes out is watched.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use http::request::Parts;
use http::{HeaderName, Request, Response};
use hyper::body::{Body as _, Frame, Incoming, SizeHint};
use tower::ServiceExt;

use super::activity::{Activity, InFlight};
use super::limit::{Held, Place};
use crate::extract::LocalProxy;
use crate::layer::Turned;
use crate::problem::{Problem, registry};
use crate::route::OPERATOR_PATHS;

/// What a request costs beside its header and body: a task, a stream, an answer.
const REQUEST: usize = 8 << 10;
/// What a header field costs beside its name and value, in the table that it is kept in.
const FIELD: usize = 128;
/// Header fields of a request, and their size as HTTP/2 counts it (RFC 9113 §6.5.2).
const MOST_FIELDS: usize = 100;
const MOST_HEADER_BYTES: usize = 16 << 10;
/// The largest body that any route reads.
const LARGEST_BODY: u64 = 16 << 10;

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(super) enum Peer {
    /// An address.
    Remote(SocketAddr),
    /// A proxy on this machine, over a socket that only it may open.
    Local,
}

/// The requests of one connection.
pub(super) struct Requests {
    pub(super) router: Router,
    pub(super) peer: Peer,
    pub(super) place: Arc<Place>,
    pub(super) activity: Arc<Activity>,
}

impl hyper::service::Service<Request<Incoming>> for Requests {
    type Response = Response<Answer>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let in_flight = self.activity.begin(request.version() == http::Version::HTTP_2);
        let (mut parts, body) = request.into_parts();
        let held = self.weigh(&mut parts, &body);
        match self.peer {
            Peer::Remote(address) => drop(parts.extensions.insert(ConnectInfo(address))),
            Peer::Local => drop(parts.extensions.insert(LocalProxy)),
        }
        let body = Body::new(Upload { has_ended: body.is_end_stream(), body, activity: self.activity.clone() });
        let answer = self.router.clone().oneshot(Request::from_parts(parts, body));
        Box::pin(async move {
            let response = answer.await?;
            Ok(response.map(|body| Answer { body, in_flight, _held: held }))
        })
    }
}

impl Requests {
    /// Memory for the request; one for which there is none, or that is too much for anyone, is turned away before
    /// anything looks at it.
    fn weigh(&self, parts: &mut Parts, body: &Incoming) -> Option<Held> {
        let bytes = header_bytes(parts) + parts.headers.len() * FIELD + body_bytes(body) + REQUEST;
        let held = self.place.hold(bytes);
        if held.is_none() {
            // What it holds is not counted anywhere: it must not wait for a client that does not read.
            self.activity.close_soon();
        }
        let is_crowded = held.is_none() || self.place.is_spare();
        let refusal = if is_too_large(parts) {
            Some(Problem::new(&registry::HEADER_TOO_LARGE))
        } else if is_crowded && !OPERATOR_PATHS.contains(&parts.uri.path()) {
            Some(crowded())
        } else {
            None
        };
        if let Some(problem) = refusal {
            turn_away(parts, problem);
        }
        held
    }
}

fn crowded() -> Problem {
    let problem = Problem::new(&registry::OVERLOADED);
    problem.detail("The server has as many requests as it can hold.").retry_after(Duration::from_secs(2))
}

/// The header is not kept while the refusal is on its way, but for the name that the client has given the request.
fn turn_away(parts: &mut Parts, problem: Problem) {
    const ID: HeaderName = HeaderName::from_static("x-request-id");
    let id = parts.headers.remove(ID);
    parts.headers = id.into_iter().map(|id| (ID, id)).collect();
    parts.extensions.insert(Turned(problem));
}

fn is_too_large(parts: &Parts) -> bool {
    parts.headers.len() > MOST_FIELDS || header_bytes(parts) > MOST_HEADER_BYTES
}

fn header_bytes(parts: &Parts) -> usize {
    let field = |(name, value): (&HeaderName, &http::HeaderValue)| name.as_str().len() + value.len() + 32;
    parts.uri.path_and_query().map_or(0, |path| path.as_str().len()) + parts.headers.iter().map(field).sum::<usize>()
}

fn body_bytes(body: &Incoming) -> usize {
    let bytes = body.size_hint().upper().unwrap_or(LARGEST_BODY).min(LARGEST_BODY);
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

/// A request's body, which says so when it was not read to its end.
struct Upload {
    body: Incoming,
    activity: Arc<Activity>,
    has_ended: bool,
}

impl hyper::body::Body for Upload {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        self.has_ended = frame.is_none() || self.body.is_end_stream();
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if !self.has_ended {
            self.activity.leave_unread();
        }
    }
}

/// A body on its way to the client, with what its request holds.
pub(super) struct Answer {
    body: Body,
    in_flight: InFlight,
    _held: Option<Held>,
}

impl hyper::body::Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        self.in_flight.goes_on();
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
