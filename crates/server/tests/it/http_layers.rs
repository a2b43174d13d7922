//! What becomes of a handler that panics or takes too long: an answer like every other, which tells nothing.

use std::time::Duration;

use axum::Router;
use axum::routing::get;

use crate::support::{Client, PASSWORD, TestServer};

/// The layers of the server around handlers that no route of it has.
async fn server(handlers: Router<hallpass_server::state::AppState>) -> (TestServer, Client) {
    let server = TestServer::with(|setup| setup.http.request_timeout = Duration::from_millis(200)).await;
    let client = Client::new(hallpass_server::layer::around(handlers, &server.state));
    (server, client)
}

async fn panicking() -> String {
    panic!("the password is {PASSWORD}")
}

#[tokio::test]
async fn a_panic_is_one_refused_request_and_its_text_stays_here() {
    let handlers = Router::new().route("/panics", get(panicking)).route("/works", get(async || "works"));
    let (_server, mut client) = server(handlers).await;
    for _ in 0..3 {
        let answer = client.get("/panics").header("x-request-id", "trace-7").send().await.refused(500, "internal");
        assert!(!answer.text().contains(PASSWORD));
        client.get("/works").send().await.expect(200);
    }
}

#[tokio::test]
async fn a_handler_that_takes_too_long_is_answered_for() {
    let (_server, mut client) = server(Router::new().route("/hangs", get(std::future::pending::<&str>))).await;
    client.get("/hangs").send().await.refused(503, "timeout");
}

#[tokio::test]
async fn a_body_that_never_ends_does_not_hold_a_request() {
    let server = TestServer::with(|setup| setup.http.request_timeout = Duration::from_millis(200)).await;
    let mut ada = server.user("ada@example.com").await;
    for path in ["/auth/login", "/auth/refresh", "/auth/logout"] {
        let body = axum::body::Body::new(Endless);
        ada.post(path).raw("application/json", body).send().await.refused(503, "timeout").leaves_cookie();
    }
    ada.refresh().await.expect(200);
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
