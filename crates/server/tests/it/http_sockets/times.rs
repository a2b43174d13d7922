//! How long a connection may be silent, and how long a header may take.

use std::time::Duration;

use hallpass_server::serve::Sockets;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Served, read, sockets};

const ASK: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";

/// Reads one answer to `/healthz`, and leaves the connection open.
async fn answer(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\nok\n") {
        let mut byte = [0];
        let read = tokio::time::timeout(Duration::from_secs(30), stream.read_exact(&mut byte)).await;
        if read.expect("an answer in time").is_err() {
            break;
        }
        answer.push(byte[0]);
    }
    String::from_utf8(answer).expect("a text")
}

#[tokio::test]
async fn a_connection_may_be_idle_for_longer_than_a_header_may_take() {
    let served = Served::new(Sockets { header_timeout: Duration::from_millis(200), ..sockets() }).await;
    let mut stream = TcpStream::connect(served.address).await.expect("connected");
    for _ in 0..3 {
        stream.write_all(ASK).await.expect("written");
        let answer = answer(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        tokio::time::sleep(Duration::from_millis(700)).await;
    }
    served.stop().await;
}

#[tokio::test]
async fn an_idle_connection_is_closed_when_its_time_is_up() {
    let served = Served::new(Sockets { keep_alive: Duration::from_millis(300), ..sockets() }).await;
    let mut stream = TcpStream::connect(served.address).await.expect("connected");
    stream.write_all(ASK).await.expect("written");
    assert!(answer(&mut stream).await.starts_with("HTTP/1.1 200"));
    assert_eq!(read(&mut stream).await.expect("closed, not reset"), "");
    served.stop().await;
}

#[tokio::test]
async fn a_header_that_dribbles_after_a_request_is_cut_as_the_first_one_is() {
    let served = Served::new(Sockets { header_timeout: Duration::from_millis(300), ..sockets() }).await;
    let mut stream = TcpStream::connect(served.address).await.expect("connected");
    stream.write_all(ASK).await.expect("written");
    assert!(answer(&mut stream).await.starts_with("HTTP/1.1 200"));
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ").await.expect("written");
    let mut bytes = 0;
    while stream.write_all(b"x").await.is_ok() {
        bytes += 1;
        assert!(bytes < 500, "each byte buys more time");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(read(&mut stream).await.unwrap_or_default(), "");
    served.stop().await;
}

#[tokio::test]
async fn a_request_that_takes_longer_than_both_is_answered() {
    let short = Duration::from_millis(200);
    let served = Served::new(Sockets { header_timeout: short, keep_alive: short, ..sockets() }).await;
    let body = br#"{"email":"ada@example.com","password":"hall-monitor 4711"}"#;
    let mut stream = super::begun(served.address, body.len()).await;
    tokio::time::sleep(Duration::from_millis(900)).await;
    stream.write_all(body).await.expect("written");
    let answer = read(&mut stream).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    served.stop().await;
}
