//! Readers of the feed: the kinds that they name, and the reads of the store that they share.

use axum::body::Body;
use bytes::Bytes;
use hallpass_store::Fault;
use http_body_util::BodyExt;
use serde_json::{Value, json};

use crate::support::TestServer;

async fn service(server: &TestServer) -> String {
    let (client, secret) = server.auth.operator().create_client(&server.ctx(), "payments").await.expect("a client");
    format!("Basic {}", base64_simd::STANDARD.encode_to_string(format!("{}:{}", client.id, secret.expose())))
}

/// The next event of a stream: its name and its data. None when the stream ends.
async fn next(stream: &mut Body) -> Option<(String, Value)> {
    let frame = tokio::time::timeout(std::time::Duration::from_secs(15), stream.frame()).await.expect("in time")?;
    let event: Bytes = frame.expect("no error").into_data().expect("data");
    let text = std::str::from_utf8(&event).expect("UTF-8");
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).expect("a field").to_owned();
    Some((field("event: "), serde_json::from_str(&field("data: ")).expect("JSON")))
}

#[tokio::test]
async fn a_reader_that_names_every_kind_gets_what_one_without_names_gets_and_names_of_the_future_are_ignored() {
    let server = TestServer::new().await;
    let header = service(&server).await;
    let mut ada = server.user("ada@example.com").await;
    ada.post("/auth/logout").bearer().send().await.expect(204);
    let read = async |query: &str| {
        let path = format!("/revocations{query}");
        server.client().get(&path).header("authorization", &header).send().await.expect(200).json()
    };
    let plain = read("").await;
    assert_eq!(plain["entries"][0]["kind"], "session");
    for query in ["?kinds=token,session,user", "?kinds=user,client_session,token,,session"] {
        assert_eq!(read(query).await, plain, "{query}");
        let mut stream = server.stream(&format!("/revocations/stream{query}"), &header).await.expect("a stream");
        assert_eq!(next(&mut stream).await, Some(("set".to_owned(), plain.clone())), "{query}");
    }
    let cursor = plain["cursor"].as_str().expect("a cursor");
    assert_eq!(read(&format!("?kinds=token,session,user&since={cursor}")).await["entries"], json!([]));
}

#[tokio::test]
async fn a_reader_that_lacks_a_kind_which_nothing_can_stand_in_for_is_refused_and_learns_which() {
    let server = TestServer::new().await;
    let header = service(&server).await;
    for (kinds, missing) in [
        ("user", "token, session."),
        ("token,user", ": session."),
        ("", "token, session, user."),
        ("Token,session,user", ": token."),
        ("client_session", "token, session, user."),
    ] {
        for path in ["/revocations", "/revocations/stream"] {
            let path = format!("{path}?kinds={kinds}");
            let mut client = server.client();
            let request = client.get(&path).header("authorization", &header).header("last-event-id", "0");
            let refused = request.send().await.invalid("kinds");
            let message = refused.json()["errors"][0]["message"].as_str().expect("a message").to_owned();
            assert!(message.ends_with(missing), "{path}: {message}");
        }
    }
}

/// As many streams as one client may have, each behind its first event.
async fn waiting(server: &TestServer) -> Vec<Body> {
    let header = service(server).await;
    let mut streams = Vec::new();
    for _ in 0..128 {
        let mut stream = server.stream("/revocations/stream", &header).await.expect("a place");
        assert_eq!(next(&mut stream).await.expect("an event").0, "set");
        streams.push(stream);
    }
    streams
}

#[tokio::test]
async fn one_read_of_the_store_serves_every_reader_that_waits_at_the_same_place() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    let mut streams = waiting(&server).await;
    server.faults.seen();
    ada.post("/auth/logout").bearer().send().await.expect(204);
    for stream in &mut streams {
        let (name, data) = next(stream).await.expect("an event");
        assert_eq!((name.as_str(), &data["entries"][0]["kind"]), ("change", &json!("session")));
    }
    let reads = server.faults.seen().iter().filter(|name| **name == "revocations_since").count();
    // The readers are woken by the commit and by the server's own look at the feed; each is a read, and a heartbeat may
    // come due meanwhile. None of it grows with the number of readers.
    assert!((1..=6).contains(&reads), "{reads} reads for {} readers", streams.len());
}

#[tokio::test]
async fn heartbeats_that_are_due_together_share_a_read_of_the_store() {
    let server = TestServer::new().await;
    let mut streams = waiting(&server).await;
    server.faults.seen();
    for stream in &mut streams {
        assert_eq!(next(stream).await.expect("an event").0, "heartbeat");
    }
    let reads = server.faults.seen().iter().filter(|name| **name == "revocations_since").count();
    assert!((1..streams.len() / 4).contains(&reads), "{reads} reads for {} heartbeats", streams.len());
}

#[tokio::test]
async fn a_store_that_cannot_be_read_ends_every_stream_and_none_gets_a_heartbeat() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    let mut streams = waiting(&server).await;
    server.faults.break_only("revocations_since", Fault::Before);
    ada.post("/auth/logout").bearer().send().await.expect(204);
    for stream in &mut streams {
        assert_eq!(next(stream).await, None, "the server does not know what is revoked");
    }
}
