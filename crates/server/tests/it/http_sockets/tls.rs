//! TLS: what is shown, and how a new certificate takes the old one's place.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use hallpass_server::app::App;
use hallpass_server::serve::{Order, Sockets};
use tokio::sync::mpsc;

use super::{Served, any_port, get, sockets, talk};
use crate::support::TestServer;

/// A certificate for `localhost` and its key, in files.
fn certificate(folder: &std::path::Path) -> (rcgen::CertifiedKey<rcgen::KeyPair>, (PathBuf, PathBuf)) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let files = (folder.join("cert.pem"), folder.join("key.pem"));
    std::fs::write(&files.0, made.cert.pem()).expect("written");
    std::fs::write(&files.1, made.signing_key.serialize_pem()).expect("written");
    (made, files)
}

#[tokio::test]
async fn tls_is_spoken_when_a_certificate_is_given() {
    let folder = tempfile::tempdir().expect("a folder");
    let (made, files) = certificate(folder.path());
    let served = Served::new(Sockets { tls: Some(files), ..sockets() }).await;
    let trusted = reqwest::Certificate::from_pem(made.cert.pem().as_bytes()).expect("a certificate");
    let client = reqwest::Client::builder().tls_certs_only([trusted]).no_proxy().build().expect("a client");
    let url = format!("https://localhost:{}/healthz", served.address.port());
    let answer = client.get(url).send().await.expect("an answer");
    assert_eq!(answer.text().await.expect("a text"), "ok\n");
    let plain = talk(served.address, &get("/healthz")).await.unwrap_or_default();
    assert!(!plain.contains("200 OK"), "plain text is served on the TLS port: {plain}");
    served.stop().await;
}

#[tokio::test]
async fn a_client_that_never_shakes_hands_loses_its_connection() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, files) = certificate(folder.path());
    let short = Duration::from_millis(300);
    let served = Served::new(Sockets { tls: Some(files), header_timeout: short, ..sockets() }).await;
    for begin in ["", "\u{16}\u{3}\u{1}"] {
        // Closed or reset: only waiting for ever would be wrong.
        let ended = talk(served.address, begin).await;
        assert!(!ended.is_err_and(|error| error.kind() == io::ErrorKind::TimedOut), "{begin:?}");
    }
    served.stop().await;
}

#[tokio::test]
async fn the_operators_listener_is_plain_when_the_public_one_speaks_tls() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, files) = certificate(folder.path());
    let free = std::net::TcpListener::bind(any_port()).expect("a port").local_addr().expect("an address");
    let served = Served::new(Sockets { tls: Some(files), operator_listen: Some(free.into()), ..sockets() }).await;
    assert!(talk(free, &get("/readyz")).await.expect("an answer").starts_with("HTTP/1.1 200"));
    served.stop().await;
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_is_told_with_its_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, (cert, _)) = certificate(folder.path());
    let missing = folder.path().join("missing.pem");
    let server = TestServer::new().await;
    let bound = Sockets { tls: Some((cert, missing.clone())), ..sockets() }.bind().expect("a port");
    let error = bound.serve(App::new(server.state.clone(), None), mpsc::channel(1).1).await.expect_err("no key");
    assert!(error.to_string().contains(&missing.display().to_string()), "{error}");
}

/// Asks with a handshake of its own, trusting this certificate alone.
async fn is_shown(served: &Served, made: &rcgen::CertifiedKey<rcgen::KeyPair>) -> bool {
    let trusted = reqwest::Certificate::from_pem(made.cert.pem().as_bytes()).expect("a certificate");
    let client = reqwest::Client::builder().tls_certs_only([trusted]).no_proxy().build().expect("a client");
    client.get(format!("https://localhost:{}/healthz", served.address.port())).send().await.is_ok()
}

async fn comes_to_be_shown(served: &Served, made: &rcgen::CertifiedKey<rcgen::KeyPair>) -> bool {
    for _ in 0..300 {
        if is_shown(served, made).await {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    false
}

#[tokio::test]
async fn a_certificate_whose_files_change_is_shown_and_open_connections_stay() {
    let folder = tempfile::tempdir().expect("a folder");
    let (first, files) = certificate(folder.path());
    let served = Served::new(Sockets { tls: Some(files), ..sockets() }).await;
    assert!(is_shown(&served, &first).await);
    let trusted = reqwest::Certificate::from_pem(first.cert.pem().as_bytes()).expect("a certificate");
    let open = reqwest::Client::builder().tls_certs_only([trusted]).no_proxy().build().expect("a client");
    let url = format!("https://localhost:{}/healthz", served.address.port());
    open.get(&url).send().await.expect("an answer");
    let (second, _) = certificate(folder.path());
    assert!(comes_to_be_shown(&served, &second).await, "the new certificate is not shown");
    assert!(!is_shown(&served, &first).await, "the old certificate is shown still");
    // This client does not trust the new one: it is answered over the connection that it has.
    open.get(&url).send().await.expect("an answer over the open connection");
    served.stop().await;
}

#[tokio::test]
async fn half_of_a_new_pair_changes_nothing_and_the_whole_one_is_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let (first, files) = certificate(folder.path());
    let (cert, key) = files.clone();
    let served = Served::new(Sockets { tls: Some(files), ..sockets() }).await;
    let second = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    assert!(is_shown(&served, &first).await, "it has loaded the first pair");
    for half in [second.cert.pem(), second.cert.pem()[..100].to_owned(), String::new()] {
        std::fs::write(&cert, half).expect("written");
        served.orders.send(Order::Reload).await.expect("it serves");
        // Beyond a look at the files, which is due every second.
        tokio::time::sleep(Duration::from_millis(2500)).await;
        assert!(is_shown(&served, &first).await, "half a pair took the certificate away");
    }
    std::fs::write(&cert, second.cert.pem()).expect("written");
    std::fs::write(&key, second.signing_key.serialize_pem()).expect("written");
    assert!(comes_to_be_shown(&served, &second).await, "the whole pair is not shown");
    served.stop().await;
}

#[tokio::test]
async fn an_order_loads_what_a_look_at_the_files_would_not_see() {
    let folder = tempfile::tempdir().expect("a folder");
    let (first, files) = certificate(folder.path());
    let served = Served::new(Sockets { tls: Some(files.clone()), ..sockets() }).await;
    assert!(is_shown(&served, &first).await);
    let (second, _) = certificate(folder.path());
    served.orders.send(Order::Reload).await.expect("it serves");
    assert!(comes_to_be_shown(&served, &second).await);
    served.stop().await;
    let plain = Served::new(sockets()).await;
    plain.orders.send(Order::Reload).await.expect("it serves");
    assert!(talk(plain.address, &get("/healthz")).await.expect("an answer").starts_with("HTTP/1.1 200"));
    plain.stop().await;
}
