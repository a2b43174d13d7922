//! HTTP/2: without TLS, under floods, and idle.

use std::net::SocketAddr;
use std::time::Duration;

use hallpass_server::serve::Sockets;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Served, get, sockets, talk};

#[tokio::test]
async fn http_2_is_spoken_without_tls_when_the_client_knows() {
    let served = Served::new(sockets()).await;
    let client = reqwest::Client::builder().http2_prior_knowledge().no_proxy().build().expect("a client");
    let answer = client.get(format!("http://{}/healthz", served.address)).send().await.expect("an answer");
    assert_eq!(answer.version(), http::Version::HTTP_2);
    served.stop().await;
}

pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// `GET /healthz` of `localhost`, as HPACK writes it.
pub(super) const GET_HEALTHZ: &[u8] = b"\x82\x86\x04\x08/healthz\x01\x09localhost";

/// A connection that has said what it is.
pub(super) async fn connect(address: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.expect("connected");
    let begin = [PREFACE, &frame(4, 0, 0, &[])].concat();
    stream.write_all(&begin).await.expect("written");
    stream
}

/// A frame of HTTP/2 (RFC 9113 §4.1) on a stream.
pub(super) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a short payload").to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// Sends bytes over and over, until the other side will have no more of them.
async fn flood(address: SocketAddr, piece: impl Fn(u32) -> Vec<u8>) {
    let mut stream = connect(address).await;
    for round in 0..100_000 {
        if stream.write_all(&piece(round)).await.is_err() {
            return;
        }
    }
    panic!("it takes whatever comes");
}

#[tokio::test]
async fn a_flood_of_http_2_ends_its_connection_and_no_other() {
    let served = Served::new(sockets()).await;
    // Streams that are reset as soon as they are opened (CVE-2023-44487).
    flood(served.address, |round| {
        let stream = 2 * round + 1;
        [frame(1, 0x5, stream, GET_HEALTHZ), frame(3, 0, stream, &8_u32.to_be_bytes())].concat()
    })
    .await;
    // A header that never ends (CVE-2024-27316).
    flood(served.address, |round| match round {
        0 => frame(1, 0x1, 1, GET_HEALTHZ),
        _ => frame(9, 0, 1, &b"\x00\x01a\x01b".repeat(50)),
    })
    .await;
    // Pieces of a body that are all empty.
    flood(served.address, |round| match round {
        0 => frame(1, 0x4, 1, GET_HEALTHZ),
        _ => frame(0, 0, 1, &[]).repeat(100),
    })
    .await;
    assert!(talk(served.address, &get("/healthz")).await.expect("an answer").starts_with("HTTP/1.1 200"));
    served.stop().await;
}

/// The next frame: its kind, flags, stream and payload.
pub(super) async fn next(stream: &mut TcpStream) -> Option<(u8, u8, u32, Vec<u8>)> {
    let mut head = [0; 9];
    let read = tokio::time::timeout(Duration::from_secs(30), stream.read_exact(&mut head)).await;
    read.expect("a frame, or the end").ok()?;
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
    let mut payload = vec![0; usize::try_from(length).expect("a length")];
    stream.read_exact(&mut payload).await.ok()?;
    Some((head[3], head[4], u32::from_be_bytes([head[5], head[6], head[7], head[8]]), payload))
}

#[tokio::test]
async fn an_idle_connection_is_told_to_go_though_it_answers_and_sends_pings() {
    let idle = Duration::from_millis(600);
    let served = Served::new(Sockets { keep_alive: idle, ..sockets() }).await;
    let mut stream = connect(served.address).await;
    stream.write_all(&frame(1, 0x5, 1, GET_HEALTHZ)).await.expect("written");
    let mut was_told = false;
    while let Some((kind, flags, _, payload)) = next(&mut stream).await {
        was_told |= kind == 7;
        let answer = match (kind, flags) {
            (6, 0) => frame(6, 1, 0, &payload),
            _ => frame(6, 0, 0, b"are you?"),
        };
        if stream.write_all(&answer).await.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(was_told, "it closes without GOAWAY: a request on its way would be lost");
    served.stop().await;
}

#[tokio::test]
async fn a_connection_that_never_asks_loses_its_place_though_it_sends_pings() {
    let served = Served::new(Sockets { header_timeout: Duration::from_millis(300), ..sockets() }).await;
    let mut stream = connect(served.address).await;
    let mut pings = 0;
    while stream.write_all(&frame(6, 0, 0, b"are you?")).await.is_ok() {
        pings += 1;
        assert!(pings < 600, "it is kept");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    served.stop().await;
}

#[tokio::test]
async fn an_answer_that_is_never_read_holds_no_connection() {
    let world = crate::support::TestServer::with(|setup| setup.http.request_timeout = Duration::from_millis(300)).await;
    let sockets = Sockets { header_timeout: Duration::from_millis(300), ..sockets() };
    let served = Served::of(world, sockets.bind().expect("free ports"));
    let mut stream = TcpStream::connect(served.address).await.expect("connected");
    // SETTINGS_INITIAL_WINDOW_SIZE of zero: the body of the answer cannot be sent.
    let window = [0, 4, 0, 0, 0, 0];
    let begin = [PREFACE, &frame(4, 0, 0, &window), &frame(1, 0x5, 1, GET_HEALTHZ)].concat();
    stream.write_all(&begin).await.expect("written");
    while let Some((kind, flags, _, payload)) = next(&mut stream).await {
        if (kind, flags) == (6, 0) && stream.write_all(&frame(6, 1, 0, &payload)).await.is_err() {
            break;
        }
    }
    served.stop().await;
}
