//! The client against a server on this machine, which it must not call unless it is named.

use std::time::Duration;

use bytes::Bytes;
use hallpass_egress::{Client, Error, Rules};
use hallpass_testbed::https::HttpsServer;
use tokio::net::TcpListener;

fn url(server: &HttpsServer, host: &str) -> String {
    format!("https://{host}:{}/path", server.port)
}

fn client(server: &HttpsServer, allow: &[&str]) -> Client {
    let allow = allow.iter().map(|host| (*host).to_owned()).collect();
    let authorities = vec![server.authority.clone()];
    let rules = Rules { allow, authorities, timeout: Duration::from_millis(1500), max_body: 1000 };
    Client::new(&rules).expect("a client")
}

const ECHO: &str = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{request}";

#[tokio::test]
async fn a_host_on_this_machine_is_not_called_unless_it_is_named() {
    let server = HttpsServer::start(ECHO).await;
    let stranger = client(&server, &["other.example"]);
    let spelt = ["localhost", "LOCALHOST", "127.0.0.1", "0x7f.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "0"];
    for host in spelt {
        assert_eq!(stranger.get(&url(&server, host), &[]).await.err(), Some(Error::NotAllowed), "{host}");
    }
    assert_eq!(server.connections(), 0, "no connection was made");
    let friend = client(&server, &["Localhost"]);
    let answer = friend.get(&url(&server, "localhost"), &[("Add-Padding", "true")]).await.expect("an answer");
    let text = String::from_utf8_lossy(&answer.body).to_lowercase();
    assert!(answer.status.is_success() && text.starts_with("get /path http/1.1"), "{text}");
    assert!(text.contains("add-padding: true") && !text.contains("cookie") && !text.contains("referer"), "{text}");
    let answer = friend.post(&url(&server, "localhost"), &[], Bytes::from_static(b"hello")).await;
    let text = String::from_utf8_lossy(&answer.expect("an answer").body).into_owned();
    assert!(text.starts_with("POST /path HTTP/1.1"), "{text}");
}

#[tokio::test]
async fn only_https_without_a_password_in_the_address_is_called() {
    let server = HttpsServer::start(ECHO).await;
    let friend = client(&server, &["localhost"]);
    let port = server.port;
    for url in [
        format!("http://localhost:{port}/"),
        format!("https://user:secret@localhost:{port}/"),
        format!("https://user@localhost:{port}/"),
        "file:///etc/passwd".to_owned(),
        "localhost".to_owned(),
        String::new(),
    ] {
        assert_eq!(friend.get(&url, &[]).await.err(), Some(Error::BadRequest), "{url}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let redirect = "HTTP/1.1 302 Found\r\nlocation: https://localhost:1/\r\nconnection: close\r\n\r\n";
    let server = HttpsServer::start(redirect).await;
    let answer = client(&server, &["localhost"]).get(&url(&server, "localhost"), &[]).await;
    assert_eq!(answer.expect("an answer").status, 302);
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn an_answer_that_is_too_large_too_late_or_of_a_stranger_is_none() {
    let large = format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{}", "x".repeat(1001));
    let server = HttpsServer::start(&large).await;
    let friend = client(&server, &["localhost"]);
    assert_eq!(friend.get(&url(&server, "localhost"), &[]).await.err(), Some(Error::TooLarge));
    // Its authority is not trusted.
    let rules = Rules { allow: vec!["localhost".to_owned()], ..Rules::default() };
    let refused = Client::new(&rules).expect("a client").get(&url(&server, "localhost"), &[]).await;
    assert_eq!(refused.err(), Some(Error::Unreachable));
    // A server that accepts and stays silent.
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("https://localhost:{}/", silent.local_addr().expect("bound").port());
    assert_eq!(friend.get(&url, &[]).await.err(), Some(Error::Timeout));
}
