//! What becomes of a handler that panics or takes too long: an answer like every other, which tells nothing.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use hallpass_http::state::AppState;

use crate::support::{Client, PASSWORD, TestServer};

/// A server that waits for hardly anything.
async fn hasty() -> TestServer {
    TestServer::with(|setup| setup.http.request_timeout = Duration::from_millis(200)).await
}

/// The layers of a server around handlers that no route of it has.
fn around(server: &TestServer, handlers: Router<AppState>) -> Client {
    Client::new(hallpass_http::layer::around(handlers, &server.state))
}

async fn panicking() -> String {
    panic!("the password is {PASSWORD}")
}

#[tokio::test]
async fn a_panic_is_one_refused_request_and_its_text_stays_here() {
    let handlers = Router::new().route("/panics", get(panicking)).route("/works", get(async || "works"));
    let server = TestServer::new().await;
    let mut client = around(&server, handlers);
    for _ in 0..3 {
        let answer = client.get("/panics").header("x-request-id", "trace-7").send().await.refused(500, "internal");
        assert!(!answer.text().contains(PASSWORD));
        client.get("/works").send().await.expect(200);
    }
}

#[tokio::test]
async fn a_handler_that_takes_too_long_is_answered_for() {
    let server = hasty().await;
    let mut client = around(&server, Router::new().route("/hangs", get(std::future::pending::<&str>)));
    client.get("/hangs").send().await.refused(503, "timeout");
}

#[tokio::test]
async fn a_body_that_never_ends_does_not_hold_a_request() {
    let server = hasty().await;
    let mut guest = server.client();
    guest.cookie = Some("hpr_whatever".to_owned());
    for path in ["/auth/login", "/auth/refresh", "/auth/logout"] {
        let body = axum::body::Body::new(Endless);
        guest.post(path).raw("application/json", body).send().await.refused(408, "request_timeout").leaves_cookie();
    }
}

/// A body of which nothing ever comes.
struct Endless;

impl axum::body::HttpBody for Endless {
    type Data = bytes::Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<bytes::Bytes>, std::convert::Infallible>>> {
        std::task::Poll::Pending
    }
}
