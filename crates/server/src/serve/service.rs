//! From hyper's requests to the router's: what comes in is weighed, what goes out is watched.

use std::convert::Infallible;
use std::future::ready;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, Uri};
use hyper::body::{Body as _, Frame, Incoming, SizeHint};
use hyper::service::Service;
use tower::ServiceExt;

use super::accept::Front;
use super::activity::{Activity, InFlight};
use super::limit::{Held, Place};
use hallpass_http::extract::LocalProxy;
use hallpass_http::layer::{self, Turned};
use hallpass_http::problem::{Problem, registry};
use hallpass_http::route::OPERATOR_PATHS;

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
    pub(super) front: Arc<Front>,
    pub(super) peer: Peer,
    pub(super) place: Arc<Place>,
    pub(super) activity: Arc<Activity>,
}

impl Service<Request<Incoming>> for Requests {
    type Response = Response<Answer>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let in_flight = self.activity.begin(request.version() == http::Version::HTTP_2);
        let held = match self.hold(&request) {
            Memory::Held(held) => Some(held),
            Memory::NotCounted => None,
            Memory::Full => return self.refuse(request, in_flight),
        };
        let (mut parts, body) = request.into_parts();
        if let Some(problem) = self.refusal(&parts) {
            turn_away(&mut parts, problem);
        }
        match self.peer {
            Peer::Remote(address) => drop(parts.extensions.insert(ConnectInfo(address))),
            Peer::Local => drop(parts.extensions.insert(LocalProxy)),
        }
        let body = if body.is_end_stream() {
            Body::empty()
        } else {
            Body::new(Upload { has_ended: false, body, activity: self.activity.clone() })
        };
        let answer = self.front.router.clone().oneshot(Request::from_parts(parts, body));
        Box::pin(async move {
            let response = answer.await?;
            Ok(response.map(|body| Answer { body, in_flight, _held: held }))
        })
    }
}

/// Whether there is memory for a request.
enum Memory {
    Held(Held),
    NotCounted,
    Full,
}

impl Requests {
    /// Memory for the request. A probe that finds none is answered all the same, and not counted.
    fn hold(&self, request: &Request<Incoming>) -> Memory {
        let (headers, body) = (request.headers(), request.body());
        let bytes = header_bytes(request.uri(), headers) + headers.len() * FIELD + body_bytes(body) + REQUEST;
        let held = self.place.hold(bytes);
        if held.is_none() {
            // What is not counted must not wait for a client that does not read.
            self.activity.close_soon();
        }
        match held {
            Some(held) => Memory::Held(held),
            None if is_probe(request.uri()) => Memory::NotCounted,
            None => Memory::Full,
        }
    }

    /// Answers at once, for there may be thousands: the router would keep some kilobytes for each until its turn comes.
    fn refuse(&self, request: Request<Incoming>, in_flight: InFlight) -> <Self as Service<Request<Incoming>>>::Future {
        metrics::counter!("hallpass_requests_refused_total").increment(1);
        if !request.body().is_end_stream() {
            self.activity.leave_unread();
        }
        drop(request);
        let response = layer::refuse(crowded(), &self.front.state);
        Box::pin(ready(Ok(response.map(|body| Answer { body, in_flight, _held: None }))))
    }

    /// Why a request is not looked at.
    fn refusal(&self, parts: &Parts) -> Option<Problem> {
        if parts.headers.len() > MOST_FIELDS || header_bytes(&parts.uri, &parts.headers) > MOST_HEADER_BYTES {
            return Some(Problem::new(&registry::HEADER_TOO_LARGE));
        }
        (self.place.is_spare() && !is_probe(&parts.uri)).then(crowded)
    }
}

fn is_probe(uri: &Uri) -> bool {
    OPERATOR_PATHS.contains(&uri.path())
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

fn header_bytes(uri: &Uri, headers: &HeaderMap) -> usize {
    let field = |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len() + 32;
    uri.path_and_query().map_or(0, |path| path.as_str().len()) + headers.iter().map(field).sum::<usize>()
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
