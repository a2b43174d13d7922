//! Refusals before and beside the routes: by the HTTP library, for lack of time, and of what is too large.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Served, read, sockets, talk};
use crate::support::{ISSUER, TestServer};

/// Asserts that an answer is a problem document with the headers that every answer has.
fn is_problem(answer: &str, status: u16, code: &str) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no head: {answer}"));
    let head = head.to_ascii_lowercase();
    assert!(head.starts_with(&format!("http/1.1 {status} ")), "{answer}");
    for header in [
        "content-type: application/problem+json",
        "x-content-type-options: nosniff",
        "referrer-policy: no-referrer",
        "cache-control: no-store",
        "strict-transport-security: max-age=31536000",
        "connection: close",
        "date: ",
        "x-request-id: ",
    ] {
        assert_eq!(head.matches(&format!("\r\n{header}")).count(), 1, "{header}: {answer}");
    }
    let document: serde_json::Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("no document: {answer}"));
    assert_eq!(document["code"], code);
    assert_eq!(document["status"], status);
    assert_eq!(document["type"], format!("{ISSUER}/problems/{code}"));
    assert!(head.contains(&format!("\r\ncontent-length: {}", body.len())), "{answer}");
}

#[tokio::test]
async fn what_the_library_refuses_is_refused_in_words() {
    let served = Served::new(sockets()).await;
    for malformed in [
        "GE T / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHo st: a\r\n\r\n",
        "GET / HTTP/3.7\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: five\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{fc}\u{3}\u{3}\r\n\r\n",
    ] {
        is_problem(&talk(served.address, malformed).await.expect("an answer"), 400, "bad_request");
    }
    let long = format!("GET /healthz HTTP/1.1\r\nHost: a\r\nX-Long: {}\r\n\r\n", "x".repeat(100 * 1024));
    is_problem(&talk(served.address, &long).await.expect("an answer"), 431, "header_too_large");
    let many = format!("GET /healthz HTTP/1.1\r\nHost: a\r\n{}\r\n", "X-Many: x\r\n".repeat(200));
    is_problem(&talk(served.address, &many).await.expect("an answer"), 431, "header_too_large");
    served.stop().await;
}

#[tokio::test]
async fn a_malformed_request_after_a_good_one_does_not_touch_its_answer() {
    let served = Served::new(sockets()).await;
    let both = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGE T / HTTP/1.1\r\n\r\n";
    let answer = talk(served.address, both).await.expect("two answers");
    let (first, second) = answer.split_once("\r\n\r\nok\n").expect("the first answer");
    assert!(first.starts_with("HTTP/1.1 200"), "{answer}");
    is_problem(second, 400, "bad_request");
    served.stop().await;
}

#[tokio::test]
async fn ids_of_what_the_library_refuses_differ() {
    let served = Served::new(sockets()).await;
    let mut ids = std::collections::BTreeSet::new();
    for _ in 0..5 {
        let answer = talk(served.address, "GE T / HTTP/1.1\r\n\r\n").await.expect("an answer");
        let id = answer.lines().find_map(|line| line.strip_prefix("x-request-id: ")).expect("an id");
        assert!(ids.insert(id.to_owned()), "{id} twice");
    }
    served.stop().await;
}

#[tokio::test]
async fn a_body_that_does_not_come_is_the_clients_fault_and_ends_the_connection() {
    let world = TestServer::with(|setup| setup.http.request_timeout = Duration::from_millis(300)).await;
    let served = Served::of(world, sockets().bind().expect("free ports"));
    for framing in ["Content-Length: 100\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"] {
        let text = format!("POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n{framing}");
        let answer = talk(served.address, &text).await.expect("an answer");
        is_problem(&answer, 408, "request_timeout");
    }
    served.stop().await;
}

#[tokio::test]
async fn a_client_that_sends_on_gets_its_413() {
    let served = Served::new(sockets()).await;
    for framing in ["Content-Length: 3000000", "Content-Length: 3000000\r\nConnection: close"] {
        for _ in 0..20 {
            let mut stream = TcpStream::connect(served.address).await.expect("connected");
            let head =
                format!("POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n{framing}\r\n\r\n");
            stream.write_all(head.as_bytes()).await.expect("written");
            // It reads only when it has sent everything, as many clients do.
            let sent = stream.write_all(&vec![b'x'; 3_000_000]).await;
            sent.expect("the server closes while the client sends");
            let answer = read(&mut stream).await.expect("the answer is lost");
            assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("payload_too_large"), "{answer}");
        }
    }
    served.stop().await;
}

#[tokio::test]
async fn a_client_that_sends_without_end_is_not_listened_to_for_long() {
    let served = Served::new(sockets()).await;
    let stream = TcpStream::connect(served.address).await.expect("connected");
    let (mut reader, mut writer) = stream.into_split();
    let head = "POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n\
                Content-Length: 1000000000000\r\n\r\n";
    writer.write_all(head.as_bytes()).await.expect("written");
    let mut sent: usize = 0;
    let piece = vec![b'x'; 64 * 1024];
    while writer.write_all(&piece).await.is_ok() {
        sent += piece.len();
        assert!(sent < 1 << 30, "it reads on and on");
    }
    let mut answer = Vec::new();
    drop(reader.read_to_end(&mut answer).await);
    served.stop().await;
}
