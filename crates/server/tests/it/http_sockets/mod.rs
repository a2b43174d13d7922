//! Real sockets: slow clients, too many of them, TLS, a second listener, and the end.

mod crowds;
mod http2;
mod refusals;
mod times;
mod tls;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use hallpass_server::app::App;
use hallpass_server::serve::{Bound, Listen, Order, ServeError, Sockets};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::support::TestServer;

fn any_port() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

fn sockets() -> Sockets {
    Sockets {
        listen: any_port().into(),
        operator_listen: None,
        listen_mode: 0o660,
        header_timeout: Duration::from_secs(10),
        keep_alive: Duration::from_secs(75),
        drain_notice: Duration::ZERO,
        drain_timeout: Duration::from_secs(20),
        max_connections: 100,
        connections_per_address: 100,
        tls: None,
    }
}

/// A served server, and the way to give it orders.
struct Served {
    address: SocketAddr,
    /// Its folder lives as long as it is served.
    _server: TestServer,
    orders: mpsc::Sender<Order>,
    done: JoinHandle<Result<(), ServeError>>,
}

impl Served {
    async fn new(sockets: Sockets) -> Self {
        Self::of(TestServer::new().await, sockets.bind().expect("free ports"))
    }

    fn of(server: TestServer, bound: Bound) -> Self {
        let Listen::Tcp(address) = bound.address().expect("an address") else { panic!("it listens on a file") };
        let (orders, told) = mpsc::channel(8);
        let serving = bound.serve(App::new(server.state.clone(), None), told);
        Self { address, _server: server, orders, done: tokio::spawn(serving) }
    }

    async fn stop(self) {
        self.orders.send(Order::Stop).await.expect("it is still serving");
        self.done.await.expect("no panic").expect("no failure");
    }
}

/// Sends text, and reads until the other side closes; gives up after a while.
async fn talk(address: SocketAddr, text: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(text.as_bytes()).await?;
    read(&mut stream).await
}

async fn read(stream: &mut TcpStream) -> io::Result<String> {
    let mut answer = Vec::new();
    tokio::time::timeout(Duration::from_secs(30), stream.read_to_end(&mut answer)).await??;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: auth.example\r\nConnection: close\r\n\r\n")
}

#[tokio::test]
async fn a_client_that_never_ends_its_header_loses_its_connection() {
    let served = Served::new(Sockets { header_timeout: Duration::from_millis(300), ..sockets() }).await;
    let silent = talk(served.address, "").await.expect("closed in time");
    assert_eq!(silent, "");
    let half = talk(served.address, "GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ").await.expect("closed in time");
    assert!(!half.starts_with("HTTP/1.1 200"), "{half}");
    assert!(talk(served.address, &get("/healthz")).await.expect("an answer").starts_with("HTTP/1.1 200"));
    served.stop().await;
}

#[tokio::test]
async fn a_header_that_comes_in_drops_is_cut_all_the_same() {
    let served = Served::new(Sockets { header_timeout: Duration::from_millis(300), ..sockets() }).await;
    let stream = TcpStream::connect(served.address).await.expect("a connection");
    let (mut reader, mut writer) = stream.into_split();
    writer.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ").await.expect("written");
    let dribble = tokio::spawn(async move {
        while writer.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let mut answer = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(30), reader.read_to_end(&mut answer)).await;
    assert!(ended.is_ok(), "each drop buys more time");
    assert!(!answer.starts_with(b"HTTP/1.1 2"), "{}", String::from_utf8_lossy(&answer));
    dribble.abort();
    served.stop().await;
}

#[tokio::test]
async fn a_body_without_an_end_is_refused_when_it_is_too_large() {
    let served = Served::new(sockets()).await;
    let stream = TcpStream::connect(served.address).await.expect("a connection");
    let (mut reader, mut writer) = stream.into_split();
    let head = "POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n\
                Transfer-Encoding: chunked\r\n\r\n";
    writer.write_all(head.as_bytes()).await.expect("written");
    let flood = tokio::spawn(async move {
        let chunk = format!("400\r\n{}\r\n", "x".repeat(0x400));
        while writer.write_all(chunk.as_bytes()).await.is_ok() {}
    });
    let mut begin = [0; 12];
    let answered = tokio::time::timeout(Duration::from_secs(30), reader.read_exact(&mut begin)).await;
    answered.expect("it reads on and on").expect("an answer");
    assert_eq!(&begin, b"HTTP/1.1 413");
    flood.abort();
    served.stop().await;
}

#[tokio::test]
async fn a_request_of_two_lengths_is_one_request_or_none() {
    let served = Served::new(sockets()).await;
    let hidden = "GET /healthz HTTP/1.1\r\nHost: a\r\nX-Request-Id: smuggled\r\nConnection: close\r\n\r\n";
    let lengths = [
        format!("Content-Length: 0\r\nContent-Length: {}\r\n", hidden.len()),
        format!("Content-Length: {}\r\nContent-Length: 0\r\n", hidden.len()),
        "Content-Length: +0\r\n".to_owned(),
        "Content-Length: 0, 5\r\n".to_owned(),
        "Transfer-Encoding: gzip\r\n".to_owned(),
        "Transfer-Encoding: chunked, identity\r\n".to_owned(),
        "Transfer-Encoding: \u{b}chunked\r\n".to_owned(),
    ];
    for length in lengths {
        let text = format!("POST /auth/refresh HTTP/1.1\r\nHost: a\r\n{length}\r\n0\r\n\r\n{hidden}");
        let answer = talk(served.address, &text).await.unwrap_or_default();
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{length}: {answer}");
        assert!(!answer.contains("smuggled"), "{length}: {answer}");
    }
    served.stop().await;
}

#[tokio::test]
async fn what_follows_a_request_in_chunks_is_not_read() {
    let served = Served::new(sockets()).await;
    let hidden = "GET /healthz HTTP/1.1\r\nHost: a\r\nX-Request-Id: smuggled\r\nConnection: close\r\n\r\n";
    for length in ["Content-Length: 5\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked"] {
        let text = format!("POST /auth/refresh HTTP/1.1\r\nHost: a\r\n{length}\r\n\r\n0\r\n\r\n{hidden}");
        let answer = talk(served.address, &text).await.expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
        assert!(!answer.contains("smuggled"), "{length}: {answer}");
    }
    let text = format!("POST /auth/refresh HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n{hidden}");
    let answer = talk(served.address, &text).await.expect("two answers");
    assert!(answer.contains("smuggled"), "one request after another is fine otherwise: {answer}");
    served.stop().await;
}

#[tokio::test]
async fn a_request_is_for_one_host() {
    let served = Served::new(sockets()).await;
    for (version, hosts, status) in [
        ("1.1", "Host: auth.example\r\n", "200"),
        ("1.1", "", "400"),
        ("1.1", "Host: auth.example\r\nHost: other.example\r\n", "400"),
        ("1.1", "Host: auth.example\r\nHost: auth.example\r\n", "400"),
        ("1.0", "Host: auth.example\r\nHost: auth.example\r\n", "400"),
        ("1.0", "", "200"),
    ] {
        let text = format!("GET /healthz HTTP/{version}\r\n{hosts}Connection: close\r\n\r\n");
        let answer = talk(served.address, &text).await.expect("an answer");
        assert!(answer.starts_with(&format!("HTTP/{version} {status}")), "{text}: {answer}");
        assert_eq!(answer.contains("bad_request"), status == "400", "{answer}");
    }
    served.stop().await;
}

#[tokio::test]
async fn a_204_has_no_length_on_the_wire() {
    let home = TestServer::new().await;
    let ada = home.user("ada@example.com").await;
    let served = Served::of(home, sockets().bind().expect("free ports"));
    let text = format!(
        "POST /auth/logout HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\r\n",
        ada.token()
    );
    let answer = talk(served.address, &text).await.expect("an answer").to_ascii_lowercase();
    assert!(answer.starts_with("http/1.1 204") && answer.ends_with("\r\n\r\n"), "{answer}");
    assert!(!answer.contains("content-length") && !answer.contains("transfer-encoding"), "RFC 9110 §8.6: {answer}");
    served.stop().await;
}

#[tokio::test]
async fn a_header_beyond_measure_is_refused() {
    let served = Served::new(sockets()).await;
    let long = format!("GET /healthz HTTP/1.1\r\nHost: a\r\nX-Long: {}\r\n\r\n", "x".repeat(100 * 1024));
    let answer = talk(served.address, &long).await.unwrap_or_default();
    assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
    served.stop().await;
}

/// A registration whose header the server has read, and whose body it waits for: it says so (RFC 9110 §10.1.1).
async fn begun(address: SocketAddr, length: usize) -> TcpStream {
    let head = format!(
        "POST /auth/register HTTP/1.1\r\nHost: auth.example\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
    );
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(head.as_bytes()).await.expect("written");
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).await.expect("an answer");
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

#[tokio::test]
async fn told_to_stop_it_finishes_what_has_begun_and_takes_nothing_new() {
    let served = Served::new(sockets()).await;
    let address = served.address;
    let body = r#"{"email":"ada@example.com","password":"hall-monitor 4711"}"#;
    let mut under_way = begun(address, body.len()).await;
    let stopping = tokio::spawn(served.stop());
    let mut refused = false;
    for _ in 0..200 {
        refused = TcpStream::connect(address).await.is_err();
        if refused {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(refused, "it takes new connections while it stops");
    under_way.write_all(body.as_bytes()).await.expect("written");
    let answer = read(&mut under_way).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    stopping.await.expect("it stopped");
}

#[tokio::test]
async fn told_to_stop_it_waits_for_no_request_beyond_its_time() {
    let served = Served::new(Sockets { drain_timeout: Duration::from_millis(200), ..sockets() }).await;
    let mut never_ends = begun(served.address, 1000).await;
    let stopped = tokio::time::timeout(Duration::from_secs(20), served.stop()).await;
    assert!(stopped.is_ok(), "a request without an end holds the server");
    assert!(!read(&mut never_ends).await.unwrap_or_default().starts_with("HTTP/1.1 2"));
}

#[tokio::test]
async fn told_to_stop_twice_it_waits_for_no_request() {
    let served = Served::new(sockets()).await;
    let mut never_ends = begun(served.address, 1000).await;
    served.orders.send(Order::Stop).await.expect("it serves");
    served.orders.send(Order::Stop).await.expect("it drains");
    let ended = tokio::time::timeout(Duration::from_secs(15), served.done).await;
    let ended = ended.expect("a request without an end holds the server").expect("no panic");
    assert!(matches!(ended, Err(ServeError::CutOff)), "{ended:?}");
    assert!(!read(&mut never_ends).await.unwrap_or_default().starts_with("HTTP/1.1 2"));
}

#[tokio::test]
async fn while_it_stops_it_is_not_ready() {
    let server = TestServer::new().await;
    server.client().get("/readyz").send().await.expect(200);
    server.state.drain();
    server.client().get("/readyz").send().await.refused(503, "unavailable");
    server.client().get("/healthz").send().await.expect(200);
}

#[tokio::test]
async fn probes_learn_that_it_stops_before_the_listener_closes() {
    let served = Served::new(Sockets { drain_notice: Duration::from_secs(5), ..sockets() }).await;
    let Served { address, _server, orders, done } = served;
    orders.send(Order::Stop).await.expect("it is still serving");
    let mut seen = String::new();
    while !seen.starts_with("HTTP/1.1 503") {
        seen = talk(address, &get("/readyz")).await.expect("the listener is still open");
    }
    assert!(talk(address, &get("/healthz")).await.expect("an answer").starts_with("HTTP/1.1 200"));
    done.await.expect("no panic").expect("no failure");
    talk(address, &get("/healthz")).await.expect_err("the listener is closed");
}

#[tokio::test]
async fn the_operators_routes_can_have_a_listener_of_their_own() {
    let free = std::net::TcpListener::bind(any_port()).expect("a port").local_addr().expect("an address");
    let served = Served::new(Sockets { operator_listen: Some(free.into()), ..sockets() }).await;
    for path in ["/healthz", "/readyz", "/metrics"] {
        assert!(talk(served.address, &get(path)).await.expect("an answer").starts_with("HTTP/1.1 404"), "{path}");
        assert!(talk(free, &get(path)).await.expect("an answer").starts_with("HTTP/1.1 200"), "{path}");
    }
    for path in ["/.well-known/jwks.json", "/docs"] {
        assert!(talk(served.address, &get(path)).await.expect("an answer").starts_with("HTTP/1.1 200"), "{path}");
        assert!(talk(free, &get(path)).await.expect("an answer").starts_with("HTTP/1.1 404"), "{path}");
    }
    served.stop().await;
}
