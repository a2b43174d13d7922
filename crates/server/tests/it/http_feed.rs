//! The revocation feed: the set, what came after a cursor, and the stream on a real socket.

use std::time::Duration;

use serde_json::{Value, json};

use crate::process::{Running, Site, http};
use crate::support::{PASSWORD, TestServer};

/// The `Authorization` header of a fresh service client.
async fn service(server: &TestServer) -> String {
    named_service(server, "payments").await
}

async fn named_service(server: &TestServer, name: &str) -> String {
    let (client, secret) = server.auth.operator().create_client(&server.ctx(), name).await.expect("a client");
    format!("Basic {}", base64_simd::STANDARD.encode_to_string(format!("{}:{}", client.id, secret.expose())))
}

async fn read(server: &TestServer, header: &str, query: &str) -> Value {
    let path = format!("/revocations{query}");
    server.client().get(&path).header("authorization", header).send().await.expect(200).json()
}

fn kinds(page: &Value) -> Vec<&str> {
    page["entries"].as_array().expect("entries").iter().map(|entry| entry["kind"].as_str().expect("a kind")).collect()
}

#[tokio::test]
async fn the_set_tells_every_kind_of_entry_and_a_cursor_what_came_after() {
    let server = TestServer::new().await;
    let header = service(&server).await;
    let empty = read(&server, &header, "").await;
    assert_eq!((&empty["complete"], &empty["entries"]), (&json!(true), &json!([])));
    let mut root = server.admin("root@example.com").await;
    let mut ada = server.user("ada@example.com").await;
    ada.post("/auth/logout").bearer().send().await.expect(204);
    let first = read(&server, &header, "").await;
    assert_eq!(kinds(&first), ["session"]);
    let cursor = first["cursor"].as_str().expect("a cursor").to_owned();
    let user = format!("/admin/users/{}", server.id_of("ada@example.com").await);
    ada.login("ada@example.com", PASSWORD).await.expect(200);
    root.patch(&user).bearer().json(json!({"role": "admin"})).send().await.expect(200);
    let after = read(&server, &header, &format!("?since={cursor}")).await;
    assert_eq!((kinds(&after), &after["complete"]), (vec!["user"], &json!(false)));
    assert_eq!(after["entries"][0]["id"], server.id_of("ada@example.com").await.to_string());
    assert!(after["entries"][0]["issued_before"].is_i64());
    assert_eq!(kinds(&read(&server, &header, "").await), ["session", "user"]);
    let cursor = after["cursor"].as_str().expect("a cursor");
    assert_eq!(read(&server, &header, &format!("?since={cursor}")).await["entries"], json!([]));
}

#[tokio::test]
async fn entries_say_when_they_end_and_leave_the_set_hours_later_for_a_clock_may_be_wrong() {
    let server = TestServer::new().await;
    let header = service(&server).await;
    let mut ada = server.user("ada@example.com").await;
    ada.post("/auth/logout").bearer().send().await.expect(204);
    let entry = read(&server, &header, "").await["entries"][0].clone();
    let now = server.ctx().now.secs();
    assert!((960..=962).contains(&(entry["expires_at"].as_i64().expect("a time") - now)), "{entry}");
    server.advance(Duration::from_secs(1800));
    server.auth.background().tick(&server.ctx()).await.expect("ticks");
    assert_eq!(read(&server, &header, "").await["entries"][0], entry, "a reader half an hour behind needs it");
    server.advance(Duration::from_secs(7200));
    server.auth.background().tick(&server.ctx()).await.expect("ticks");
    assert_eq!(read(&server, &header, "").await["entries"], json!([]));
}

#[tokio::test]
async fn a_cursor_from_before_a_restored_backup_gets_the_whole_set() {
    let server = TestServer::new().await;
    let header = service(&server).await;
    assert_eq!(read(&server, &header, "?since=99999").await["complete"], true);
    for query in ["?since=x", "?since=-1", "?since=", "?since=1.5"] {
        let path = format!("/revocations{query}");
        server.client().get(&path).header("authorization", &header).send().await.invalid("since");
    }
}

#[tokio::test]
async fn the_version_of_the_keys_changes_with_the_ring() {
    let server = TestServer::new().await;
    let header = service(&server).await;
    let mut root = server.admin("root@example.com").await;
    let before = read(&server, &header, "").await["keys"].clone();
    server.advance(Duration::from_secs(1));
    root.post("/admin/keys/rotate").bearer().send().await.expect(200);
    assert_ne!(read(&server, &header, "").await["keys"], before);
}

/// A stream, read event by event.
struct Events {
    answer: reqwest::Response,
    text: String,
}

impl Events {
    async fn open(server: &Running, (id, secret): &(String, String), path: &str, last: Option<&str>) -> Self {
        let mut request = http().get(server.url(path)).basic_auth(id, Some(secret));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Self { answer, text: String::new() }
    }

    /// The next event: its name, its id, its data. None when the stream ends.
    async fn next(&mut self) -> Option<(String, String, Value)> {
        while !self.text.contains("\n\n") {
            let chunk =
                tokio::time::timeout(Duration::from_secs(15), self.answer.chunk()).await.expect("an event in time");
            self.text += std::str::from_utf8(&chunk.ok()??).expect("UTF-8");
        }
        let (event, rest) = self.text.split_once("\n\n").expect("just seen");
        let field = |name: &str| {
            let line = event.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
            line.unwrap_or_else(|| panic!("no {name} in {event}")).to_owned()
        };
        let told = (field("event"), field("id"), serde_json::from_str(&field("data")).expect("JSON"));
        self.text = rest.to_string();
        Some(told)
    }

    /// The next event that is no heartbeat.
    async fn news(&mut self) -> (String, String, Value) {
        loop {
            let event = self.next().await.expect("the stream goes on");
            if event.0 != "heartbeat" {
                return event;
            }
        }
    }
}

fn client_of(site: &Site) -> (String, String) {
    let made = site.run(&["--json", "clients", "create", "payments"]).expect(0).json();
    let text = |name: &str| made[name].as_str().expect("a text").to_owned();
    (text("client_id"), text("client_secret"))
}

async fn access_token(server: &Running, email: &str) -> String {
    let body = json!({"email": email, "password": PASSWORD});
    let answer = http().post(server.url("/auth/register")).json(&body).send().await.expect("an answer");
    let body: Value = answer.json().await.expect("JSON");
    body["access_token"].as_str().expect("a token").to_owned()
}

async fn log_out(server: &Running, token: &str) {
    let answer = http().post(server.url("/auth/logout")).bearer_auth(token).send().await.expect("an answer");
    assert_eq!(answer.status().as_u16(), 204);
}

#[tokio::test]
async fn a_stream_tells_the_set_then_each_change_and_resumes_where_it_was_cut() {
    let site = Site::new();
    let mut server = site.serve();
    let client = client_of(&site);
    let tokens = [access_token(&server, "a@example.com").await, access_token(&server, "b@example.com").await];
    log_out(&server, &tokens[0]).await;
    let mut events = Events::open(&server, &client, "/revocations/stream", None).await;
    let (name, _, set) = events.next().await.expect("an event");
    assert_eq!((name.as_str(), kinds(&set), &set["complete"]), ("set", vec!["session"], &json!(true)));
    log_out(&server, &tokens[1]).await;
    let (name, cursor, change) = events.news().await;
    assert_eq!((name.as_str(), kinds(&change), &change["complete"]), ("change", vec!["session"], &json!(false)));
    server.kill();
    assert!(events.next().await.is_none(), "the stream revocation_ttl its server");
    server = site.serve();
    site.run(&["users", "logout", "admin@localhost"]).expect(0);
    let third = access_token(&server, "c@example.com").await;
    log_out(&server, &third).await;
    let mut resumed = Events::open(&server, &client, "/revocations/stream", Some(&cursor)).await;
    let (_, _, missed) = resumed.next().await.expect("an event");
    assert_eq!((kinds(&missed), &missed["complete"]), (vec!["session"], &json!(false)), "only what was missed");
    site.run(&["keys", "rotate", "--force"]).expect(0);
    let (_, _, change) = resumed.news().await;
    assert_ne!(change["keys"], missed["keys"], "a rotation by another process is told");
}

#[tokio::test]
async fn a_revocation_is_told_once_and_heartbeats_keep_their_time() {
    let site = Site::new();
    let server = site.serve();
    let client = client_of(&site);
    let mut events = Events::open(&server, &client, "/revocations/stream", None).await;
    let begun = std::time::Instant::now();
    let (mut told, mut heartbeats) = (0, 0);
    for n in 0..6 {
        log_out(&server, &access_token(&server, &format!("user{n}@example.com")).await).await;
        while told <= n {
            let (name, _, data) = events.next().await.expect("the stream goes on");
            told += kinds(&data).len();
            heartbeats += u64::from(name == "heartbeat");
        }
        // Longer than it takes the server to read its own revocation in the feed.
        tokio::time::sleep(Duration::from_millis(400)).await;
    }
    assert!(heartbeats <= begun.elapsed().as_secs() / 5, "{heartbeats} heartbeats in {:?}", begun.elapsed());
}

#[tokio::test]
async fn a_stream_of_a_revoked_client_ends_and_a_heartbeat_says_that_nothing_has_happened() {
    let site = Site::new();
    let server = site.serve();
    let client = client_of(&site);
    let mut events = Events::open(&server, &client, "/revocations/stream", None).await;
    events.next().await.expect("the set");
    let (name, _, data) = events.next().await.expect("an event");
    assert_eq!((name.as_str(), &data["entries"]), ("heartbeat", &json!([])));
    site.run(&["clients", "revoke", &client.0]).expect(0);
    let mut more = 0;
    while events.next().await.is_some() {
        more += 1;
        assert!(more < 3, "the stream goes on");
    }
}

#[tokio::test]
async fn open_streams_do_not_hold_up_the_end_of_the_server() {
    let site = Site::new();
    let server = site.serve();
    let client = client_of(&site);
    let mut events = Events::open(&server, &client, "/revocations/stream", None).await;
    events.next().await.expect("the set");
    assert_eq!(server.stop(), Some(0));
    while events.next().await.is_some() {}
}

/// Logs in and out without a pause: entries of the feed, one after the other.
async fn traffic(url: String, running: std::sync::Arc<std::sync::atomic::AtomicBool>) -> usize {
    let (client, body) = (http(), json!({"email": "busy@example.com", "password": PASSWORD}));
    let mut count = 0;
    while running.load(std::sync::atomic::Ordering::Relaxed) {
        let answer = client.post(format!("{url}/auth/login")).json(&body).send().await.expect("an answer");
        let token = answer.json::<Value>().await.expect("JSON")["access_token"].as_str().expect("a token").to_owned();
        client.post(format!("{url}/auth/logout")).bearer_auth(&token).send().await.expect("an answer");
        count += 1;
    }
    count
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_client_is_cut_off_while_there_is_news_on_every_replica() {
    let site = Site::new();
    let servers = [site.serve(), site.serve()];
    let client = client_of(&site);
    access_token(&servers[0], "busy@example.com").await;
    let mut streams = Vec::new();
    for server in &servers {
        let mut events = Events::open(server, &client, "/revocations/stream", None).await;
        events.next().await.expect("the set");
        streams.push(events);
    }
    let running = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
    let busy = tokio::spawn(traffic(servers[0].url(""), running.clone()));
    for events in &mut streams {
        events.news().await;
    }
    site.run(&["clients", "revoke", &client.0]).expect(0);
    let revoked = std::time::Instant::now();
    let mut after = 0;
    for events in &mut streams {
        while let Some((name, ..)) = events.next().await {
            after += usize::from(name == "change");
            assert!(after < 200, "a revoked client goes on reading: {:?} and {after} events", revoked.elapsed());
        }
    }
    println!("cut off on both replicas after {:?} and {after} events", revoked.elapsed());
    running.store(false, std::sync::atomic::Ordering::Relaxed);
    assert!(busy.await.expect("the traffic") > 0);
}

/// Places for readers of the feed in all, and how many of them one client may have.
const PLACES: (usize, usize) = (1024, 128);

#[tokio::test]
async fn one_client_cannot_take_every_place_for_readers() {
    let server = TestServer::new().await;
    let greedy = service(&server).await;
    let modest = named_service(&server, "orders").await;
    let mut open = Vec::new();
    while let Ok(stream) = server.stream("/revocations/stream", &greedy).await {
        open.push(stream);
        assert!(open.len() <= PLACES.0, "there is no bound");
    }
    assert_eq!(open.len(), PLACES.1);
    let refused = server.stream("/revocations/stream", &greedy).await.expect_err("refused");
    assert!(refused.refused(429, "too_many_streams").detail().contains("128"));
    // The set itself can still be read, and another client finds a place.
    read(&server, &greedy, "").await;
    let other = server.stream("/revocations/stream", &modest).await.expect("a place");
    // A place is given back when its reader has gone.
    open.pop();
    let mut again = server.stream("/revocations/stream", &greedy).await;
    for _ in 0..600 {
        if again.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        again = server.stream("/revocations/stream", &greedy).await;
    }
    assert!(again.is_ok(), "the place stays taken");
    drop((open, other, again));
}

#[tokio::test]
async fn when_every_place_is_taken_the_refusal_says_so() {
    let server = TestServer::with(|setup| setup.http.streams_per_client = PLACES.0).await;
    let header = service(&server).await;
    let mut open = Vec::new();
    for _ in 0..PLACES.0 {
        open.push(server.stream("/revocations/stream", &header).await.expect("a place"));
    }
    let modest = named_service(&server, "orders").await;
    let refused = server.stream("/revocations/stream", &modest).await.expect_err("refused");
    assert!(!refused.refused(503, "overloaded").detail().contains("login"));
}
