//! Keys and revocations over real HTTP, from an issuer that misbehaves.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hallpass_verify::testing::{NOW, TestIssuer};
use hallpass_verify::{Beyond, Feed, JwksUrl, JwsError, Refusal, Staleness, TokenError, Verifier};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const UNKNOWN: Refusal = Refusal::Invalid(TokenError::Jws(JwsError::UnknownKey));
/// The verifier names the kinds that it knows: an issuer that has more widens their entries to these.
const STREAM: &str = "/revocations/stream?kinds=token,session,user";

/// What happens to a connection once its request was read.
#[derive(Clone)]
enum Script {
    /// These bytes, then the end.
    Says(String),
    /// These bytes, and then nothing, for ever.
    Stalls(String),
    /// A 200 whose body never ends.
    Endless,
}

impl Script {
    fn answer(status: &str, body: &str) -> Self {
        Self::Says(format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len()))
    }

    fn keys(jwks: &str) -> Self {
        Self::answer("200 OK", jwks)
    }
}

/// An issuer's two addresses, each with a script that the test may exchange.
#[derive(Clone)]
struct Host {
    origin: String,
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    jwks: Script,
    stream: Script,
    requests: Vec<String>,
}

impl Host {
    async fn start(jwks: Script, stream: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let host = Self { origin, inner: Arc::new(Mutex::new(Inner { jwks, stream, requests: Vec::new() })) };
        let serving = host.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(serving.clone().serve(connection));
            }
        });
        host
    }

    async fn serve(self, mut connection: TcpStream) {
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            match connection.read(&mut byte).await {
                Ok(1) => request.push(byte[0]),
                _ => return,
            }
        }
        let request = String::from_utf8(request).expect("UTF-8").to_ascii_lowercase();
        let script = {
            let mut inner = self.inner.lock().expect("not poisoned");
            inner.requests.push(request.clone());
            if request.starts_with("get /jwks ") { inner.jwks.clone() } else { inner.stream.clone() }
        };
        match script {
            Script::Says(bytes) => drop(connection.write_all(bytes.as_bytes()).await),
            Script::Stalls(bytes) => {
                drop(connection.write_all(bytes.as_bytes()).await);
                std::future::pending::<()>().await;
            }
            Script::Endless => {
                let mut piece = "HTTP/1.1 200 OK\r\n\r\n".to_owned();
                while connection.write_all(piece.as_bytes()).await.is_ok() {
                    piece = " ".repeat(16 * 1024);
                }
            }
        }
    }

    fn jwks(&self, script: Script) {
        self.inner.lock().expect("not poisoned").jwks = script;
    }

    fn stream(&self, script: Script) {
        self.inner.lock().expect("not poisoned").stream = script;
    }

    /// What was asked for under a path, in small letters.
    fn requests(&self, path: &str) -> Vec<String> {
        let start = format!("get {path} ");
        let inner = self.inner.lock().expect("not poisoned");
        inner.requests.iter().filter(|request| request.starts_with(&start)).cloned().collect()
    }

    fn keys(&self) -> JwksUrl {
        JwksUrl::new(format!("{}/jwks", self.origin)).expect("this machine")
    }
}

/// Server-sent events, on a connection that says no length.
fn events(events: &[&str]) -> String {
    let events: Vec<String> = events.iter().map(|data| format!("event: change\nid: 1\ndata: {data}\n\n")).collect();
    let body = events.concat();
    format!("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n{body}")
}

fn page(cursor: u32, complete: bool, sessions: &[&str]) -> String {
    let entry = |sid: &&str| json!({"kind": "session", "id": sid, "expires_at": NOW + 900});
    let entries: Vec<_> = sessions.iter().map(entry).collect();
    json!({"cursor": cursor.to_string(), "complete": complete, "keys": "1", "entries": entries}).to_string()
}

/// Waits, for a bounded time, until a token gets this verdict.
async fn until(verifier: &Verifier, token: &str, expected: Result<(), Refusal>) {
    let mut verdict = Ok(());
    for _ in 0..600 {
        verdict = verifier.verify(token).await.map(|_| ());
        if verdict == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it stays {verdict:?}");
}

#[tokio::test]
async fn a_key_set_that_is_broken_redirected_or_too_large_changes_nothing() {
    let (issuer, stranger) = (TestIssuer::new(), TestIssuer::new());
    let host = Host::start(Script::keys(&issuer.jwks()), Script::Endless).await;
    let verifier = issuer.builder().keys_from(host.keys()).key_cooldown(Duration::ZERO).build();
    let (good, unknown) = (issuer.token("ada", "user"), stranger.token("eve", "admin"));
    until(&verifier, &good, Ok(())).await;
    let elsewhere = "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n";
    let strangers = Script::keys(&stranger.jwks());
    for broken in [
        Script::answer("500 Internal Server Error", &stranger.jwks()),
        Script::answer("204 No Content", ""),
        Script::answer("200 OK", "<html>"),
        Script::answer("200 OK", r#"{"keys":[]}"#),
        Script::answer("200 OK", &format!(r#"{{"keys":[{}"#, &stranger.jwks())),
        Script::Says(format!("HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n{}", stranger.jwks())),
        Script::Says(elsewhere.to_owned()),
        Script::Says("what is this?".to_owned()),
        Script::Says(String::new()),
        Script::Endless,
    ] {
        host.jwks(broken);
        let before = host.requests("/jwks").len();
        assert_eq!(verifier.verify(&unknown).await, Err(UNKNOWN));
        assert!(host.requests("/jwks").len() > before, "it was asked");
        assert!(verifier.verify_offline(&good).is_ok());
    }
    assert!(host.requests("/elsewhere").is_empty(), "a redirect could lead anywhere");
    host.jwks(strangers);
    assert!(verifier.verify(&unknown).await.is_ok());
    assert_eq!(verifier.verify(&good).await, Err(UNKNOWN), "a key that was taken back is gone");
    for request in host.requests("/jwks") {
        assert!(request.contains("cache-control: no-cache"), "a cache on the way may hold the set of before");
    }
}

#[tokio::test]
async fn a_slow_endpoint_holds_nobody_whose_key_is_known_and_the_others_for_a_while_only() {
    let (issuer, stranger) = (TestIssuer::new(), TestIssuer::new());
    let host = Host::start(Script::keys(&issuer.jwks()), Script::Endless).await;
    let verifier = issuer.builder().keys_from(host.keys()).key_cooldown(Duration::ZERO).build();
    let good = issuer.token("ada", "user");
    until(&verifier, &good, Ok(())).await;
    for slow in [String::new(), "HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n{".to_owned()] {
        host.jwks(Script::Stalls(slow));
        let before = host.requests("/jwks").len();
        let (waiting, unknown) = (verifier.clone(), stranger.token("eve", "admin"));
        let waiting = tokio::spawn(async move { waiting.verify(&unknown).await });
        while host.requests("/jwks").len() == before {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(verifier.verify(&good).await.is_ok());
        assert!(!waiting.is_finished(), "the endpoint has not answered");
        assert_eq!(waiting.await.expect("no panic"), Err(UNKNOWN));
    }
}

#[tokio::test]
async fn a_stream_that_is_cut_is_resumed_where_it_ended_and_half_an_event_is_none() {
    let issuer = TestIssuer::new();
    let half = format!("{}data: {}", events(&[&page(7, true, &["first"])]), page(8, false, &["half"]));
    let host = Host::start(Script::keys(&issuer.jwks()), Script::Says(half)).await;
    let staleness = Staleness { at_most: Duration::from_secs(3600), beyond: Beyond::Refuse };
    let feed = Feed::new(&host.origin, "client", "secret").expect("this machine");
    let verifier = issuer.builder().keys_from(host.keys()).revocation_feed(feed, staleness).build();
    let token = |sid: &str| issuer.token_with(json!({"sid": sid}));
    until(&verifier, &token("first"), Err(Refusal::Revoked)).await;
    assert!(verifier.verify(&token("half")).await.is_ok());
    assert_eq!(verifier.cursor().as_deref(), Some("7"));
    let unheard_of = page(9, false, &["x"]).replace("session", "planet");
    for garbage in ["{", &unheard_of] {
        host.stream(Script::Says(events(&[garbage])));
        let asked = host.requests(STREAM).len();
        while host.requests(STREAM).len() < asked + 2 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(verifier.cursor().as_deref(), Some("7"), "{garbage}");
    }
    host.stream(Script::Stalls(events(&[&page(9, false, &["second"])])));
    until(&verifier, &token("second"), Err(Refusal::Revoked)).await;
    until(&verifier, &token("first"), Err(Refusal::Revoked)).await;
    let requests = host.requests(STREAM);
    assert!(!requests[0].contains("last-event-id"), "{}", requests[0]);
    for resumed in &requests[1..] {
        assert!(resumed.contains("last-event-id: 7\r\n"), "{resumed}");
    }
    // "client:secret"; letters of the test's host are small.
    assert!(requests.iter().all(|request| request.contains("authorization: basic y2xpzw50onnly3jlda==\r\n")));
}

#[tokio::test]
async fn when_the_clock_was_set_back_the_whole_set_is_read_again() {
    let issuer = TestIssuer::new();
    let set = events(&[&page(7, true, &["gone"])]);
    let host = Host::start(Script::keys(&issuer.jwks()), Script::Says(set.clone())).await;
    let staleness = Staleness { at_most: Duration::from_secs(3600), beyond: Beyond::Refuse };
    let feed = Feed::new(&host.origin, "client", "secret").expect("this machine");
    let verifier = issuer.builder().keys_from(host.keys()).revocation_feed(feed, staleness).build();
    let gone = issuer.token_with(json!({"sid": "gone"}));
    until(&verifier, &gone, Err(Refusal::Revoked)).await;
    issuer.advance(3600);
    host.stream(Script::Says(events(&[&page(8, false, &[])])));
    while verifier.stats().revocations > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    issuer.advance(-3600);
    assert_eq!(verifier.verify(&gone).await, Err(Refusal::RevocationsUnknown));
    while verifier.cursor().is_some() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    host.stream(Script::Stalls(set));
    until(&verifier, &gone, Err(Refusal::Revoked)).await;
    let requests = host.requests(STREAM);
    assert!(!requests[requests.len() - 1].contains("last-event-id"), "from the beginning");
}
