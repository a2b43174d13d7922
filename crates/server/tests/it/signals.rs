//! What the running binary does when it gets a signal.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::process::{Running, Site, http};

fn connect(server: &Running) -> TcpStream {
    let stream = TcpStream::connect(server.url("").trim_start_matches("http://")).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");
    stream
}

const BODY: &str = r#"{"email":"ada@example.com","password":"hall-monitor 4711"}"#;

/// A registration whose body the server waits for.
fn begun(server: &Running) -> TcpStream {
    let mut stream = connect(server);
    let length = BODY.len();
    write!(
        stream,
        "POST /auth/register HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\
         Expect: 100-continue\r\nConnection: close\r\n\r\n"
    )
    .expect("written");
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).expect("an answer");
    stream
}

fn until_it_drains(server: &Running) {
    for _ in 0..600 {
        if TcpStream::connect(server.url("").trim_start_matches("http://")).is_err() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("it takes new connections");
}

#[test]
fn each_signal_that_stops_lets_what_has_begun_end() {
    for signal in ["TERM", "INT", "QUIT"] {
        let site = Site::new();
        let mut server = site.serve();
        let mut under_way = begun(&server);
        server.signal(signal);
        until_it_drains(&server);
        under_way.write_all(BODY.as_bytes()).expect("written");
        let mut answer = String::new();
        under_way.read_to_string(&mut answer).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 201"), "{signal}: {answer}");
        assert_eq!(server.ended(), Some(0), "{signal}");
    }
}

#[test]
fn a_second_signal_ends_at_once_and_its_exit_code_says_so() {
    // Longer than the test waits.
    let site = Site::with(&["limits.drain_timeout=10m"]);
    let mut server = site.serve();
    let _never_ends = begun(&server);
    server.signal("TERM");
    until_it_drains(&server);
    server.signal("TERM");
    assert_eq!(server.ended(), Some(1));
    assert!(site.log().contains("a second signal"), "{}", site.log());
}

#[tokio::test]
async fn other_signals_end_nothing() {
    let site = Site::new();
    let server = site.serve();
    for signal in ["HUP", "USR1", "USR2", "HUP"] {
        server.signal(signal);
        tokio::time::sleep(Duration::from_millis(100)).await;
        let answer = http().get(server.url("/healthz")).send().await.expect("it lives");
        assert_eq!(answer.status(), 200, "{signal}");
    }
    assert_eq!(server.stop(), Some(0));
}
