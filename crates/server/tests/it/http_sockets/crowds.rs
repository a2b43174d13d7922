//! Too many connections, too many streams, too many header bytes: who is refused, and how.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hallpass_server::serve::Sockets;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::http2::{connect, frame, next};
use super::{Served, get, read, sockets, talk};
use crate::support::TestServer;

/// Connections that have asked once, so that each is sure to hold its place.
async fn settled(address: SocketAddr, count: usize) -> Vec<TcpStream> {
    let mut streams = Vec::new();
    for _ in 0..count {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").await.expect("written");
        let mut begin = [0; 12];
        stream.read_exact(&mut begin).await.expect("an answer");
        assert_eq!(&begin, b"HTTP/1.1 200");
        streams.push(stream);
    }
    streams
}

/// Asks over a connection from this address.
async fn ask_from(ip: [u8; 4], address: SocketAddr, path: &str) -> String {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(SocketAddr::new(IpAddr::from(ip), 0)).expect("an address of this machine");
    let mut stream = socket.connect(address).await.expect("a connection");
    drop(stream.write_all(get(path).as_bytes()).await);
    read(&mut stream).await.unwrap_or_default()
}

#[tokio::test]
async fn beyond_the_cap_health_checks_are_answered_and_others_refused_in_words() {
    let served = Served::new(Sockets { max_connections: 2, ..sockets() }).await;
    let streams = settled(served.address, 2).await;
    for path in ["/healthz", "/readyz"] {
        let answer = talk(served.address, &get(path)).await.expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
    }
    let refused = talk(served.address, &get("/.well-known/jwks.json")).await.expect("an answer").to_ascii_lowercase();
    assert!(refused.starts_with("http/1.1 503"), "{refused}");
    assert!(refused.contains("\"code\":\"overloaded\"") && refused.contains("retry-after: "), "{refused}");
    drop(streams);
    let mut is_served = false;
    for _ in 0..100 {
        is_served = talk(served.address, &get("/.well-known/jwks.json")).await.is_ok_and(|a| a.contains(" 200 OK"));
        if is_served {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(is_served, "the places are not given back");
    served.stop().await;
}

#[tokio::test]
async fn a_connection_beyond_the_cap_is_not_kept() {
    let served = Served::new(Sockets { max_connections: 1, ..sockets() }).await;
    let _first = settled(served.address, 1).await;
    let mut second = settled(served.address, 1).await.remove(0);
    read(&mut second).await.expect("closed in time");
    served.stop().await;
}

#[tokio::test]
async fn one_address_has_a_share_and_takes_no_other_addresses_place() {
    let served = Served::new(Sockets { connections_per_address: 3, ..sockets() }).await;
    let streams = settled(served.address, 3).await;
    assert_eq!(talk(served.address, &get("/healthz")).await.unwrap_or_default(), "");
    let other = ask_from([127, 0, 0, 2], served.address, "/healthz").await;
    assert!(other.starts_with("HTTP/1.1 200"), "{other}");
    drop(streams);
    served.stop().await;
}

#[tokio::test]
async fn a_trusted_proxy_has_no_such_bound() {
    let world = TestServer::with(|setup| {
        setup.http.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a network")];
    });
    let sockets = Sockets { connections_per_address: 1, ..sockets() };
    let served = Served::of(world.await, sockets.bind().expect("free ports"));
    let _streams = settled(served.address, 5).await;
    served.stop().await;
}

#[tokio::test]
async fn the_operators_listener_has_places_of_its_own() {
    let free = std::net::TcpListener::bind(super::any_port()).expect("a port").local_addr().expect("an address");
    let sockets =
        Sockets { operator_listen: Some(free.into()), max_connections: 1, connections_per_address: 1, ..sockets() };
    let served = Served::new(sockets).await;
    let mut held = TcpStream::connect(served.address).await.expect("a connection");
    held.write_all(b"GET /docs HTTP/1.1\r\nHost: a\r\n\r\n").await.expect("written");
    held.read_exact(&mut [0; 12]).await.expect("an answer");
    for _ in 0..3 {
        assert!(talk(free, &get("/readyz")).await.expect("an answer").starts_with("HTTP/1.1 200"));
    }
    served.stop().await;
}

/// A login of which the body is still to come, with one header field that HPACK repeats.
fn half_open(value: &[u8], repetitions: usize) -> Vec<u8> {
    let begin = b"\x83\x86\x04\x0b/auth/login\x01\x09localhost\x00\x0ccontent-type\x10application/json";
    let length = u8::try_from(value.len()).expect("a short value");
    [begin.as_slice(), &[0x40, 1, b'a', length], value, &vec![0xbe; repetitions]].concat()
}

/// The status of the first answer on this stream, by the first byte of its header block.
async fn first_answer(stream: &mut TcpStream, of: u32) -> Option<Vec<u8>> {
    while let Some((kind, _, id, payload)) = next(stream).await {
        if (kind, id) == (1, of) {
            return Some(payload);
        }
    }
    None
}

#[tokio::test]
async fn a_header_that_hpack_blows_up_is_refused_and_its_connection_goes_on() {
    let served = Served::new(sockets()).await;
    let mut stream = connect(served.address).await;
    stream.write_all(&frame(1, 0x5, 1, &half_open(b"", 200))).await.expect("written");
    let header = first_answer(&mut stream, 1).await.expect("an answer");
    // `:status` by its index in the static table, and 431 in Huffman's code.
    assert_eq!(header[..5], [0x48, 0x83, 0x69, 0x90, 0xff]);
    let mut document = Vec::new();
    while let Some((kind, flags, id, payload)) = next(&mut stream).await {
        if (kind, id) == (0, 1) {
            document.extend(payload);
            if flags & 1 == 1 {
                break;
            }
        }
    }
    let document: serde_json::Value = serde_json::from_slice(&document).expect("a problem document");
    assert_eq!(document["code"], "header_too_large");
    stream.write_all(&frame(1, 0x5, 3, super::http2::GET_HEALTHZ)).await.expect("written");
    // `:status: 200` is entry 8 of the static table.
    assert_eq!(first_answer(&mut stream, 3).await.expect("an answer")[0], 0x88);
    served.stop().await;
}

#[tokio::test]
async fn half_open_requests_of_one_address_leave_room_for_those_of_others() {
    let served = Served::new(Sockets { max_connections: 1000, connections_per_address: 1000, ..sockets() }).await;
    let mut streams = Vec::new();
    // Each request holds some ten kilobytes or more; a share of the memory is 16 MiB.
    for _ in 0..40 {
        let mut stream = connect(served.address).await;
        let requests: Vec<u8> = (0..60).flat_map(|n| frame(1, 0x4, 2 * n + 1, &half_open(&[b'x'; 100], 60))).collect();
        // Those that are turned away may be closed already.
        drop(stream.write_all(&requests).await);
        streams.push(stream);
    }
    let other = ask_from([127, 0, 0, 2], served.address, "/.well-known/jwks.json").await;
    assert!(other.starts_with("HTTP/1.1 200"), "{other}");
    // As large as those that are held: whatever is left of the share is too little for it.
    let (long, head) =
        ("x".repeat(14 << 10), "Host: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked");
    let large = format!("POST /auth/login HTTP/1.1\r\n{head}\r\nX-Long: {long}\r\n\r\n0\r\n\r\n");
    let mut is_bounded = false;
    for _ in 0..100 {
        is_bounded = talk(served.address, &large).await.is_ok_and(|answer| answer.starts_with("HTTP/1.1 503"));
        if is_bounded {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(is_bounded, "what one address may hold has no bound");
    drop(streams);
    served.stop().await;
}
