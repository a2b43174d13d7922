//! The real binary moves an installation into another database: whole, beside running servers, through `kill -9`, and
//! never so that a token is good in both.

mod luggage;

use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use hallpass_store::op::transfer::{ReadMarks, ReadPlaces};
use hallpass_store::{Options, Store};
use hallpass_testbed::Postgres;
use serde_json::{Value, json};

use self::luggage::{furnish, unpack};
use crate::process::{Ended, Running, Site, http};
use crate::support::ON_POSTGRES;

const PASSWORD: &str = "hall-monitor 4711";

/// A database to move to or from.
struct Place {
    url: String,
    options: Options,
}

/// From which engine to which; here between files, in the other binary between the engines.
#[derive(Debug, Clone, Copy)]
enum Way {
    FileToFile,
    FileToPostgres,
    PostgresToFile,
}

const WAYS: &[Way] = if ON_POSTGRES { &[Way::FileToPostgres, Way::PostgresToFile] } else { &[Way::FileToFile] };

impl Way {
    fn places(self, site: &Site) -> (Place, Place) {
        let file = |name| Place::file(site, name);
        match self {
            Self::FileToFile => (file("old.db"), file("new.db")),
            Self::FileToPostgres => (file("old.db"), Place::postgres()),
            Self::PostgresToFile => (Place::postgres(), file("new.db")),
        }
    }
}

impl Place {
    fn file(site: &Site, name: &str) -> Self {
        let path = site.path(name);
        Self { url: format!("sqlite:{}", path.display()), options: Options::new(path) }
    }

    fn postgres() -> Self {
        let url = Postgres::schema();
        Self { options: Options::postgres(url.parse().expect("a URL")), url }
    }

    async fn exists(&self) -> bool {
        Store::exists(&self.options).await.expect("answers")
    }

    async fn open(&self) -> Store {
        Store::connect(self.options.clone()).await.expect("opens")
    }

    fn serve(&self, site: &Site) -> Running {
        site.serve_with(&[&format!("database_url={}", self.url)])
    }

    fn run(&self, site: &Site, arguments: &[&str]) -> Ended {
        site.run(&[&["--json", "--database-url", &self.url], arguments].concat())
    }
}

fn migrate(site: &Site, from: &Place, to: &Place, more: &[&str]) -> Ended {
    site.run(&[&["--json", "migrate", "--from", &from.url, "--to", &to.url], more].concat())
}

async fn post(server: &Running, path: &str, body: Value) -> (u16, Value) {
    let answer = http().post(server.url(path)).json(&body).send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

async fn register(server: &Running, email: &str) -> Value {
    let body = json!({"email": email, "password": PASSWORD});
    assert_eq!(post(server, "/auth/register", body).await.0, 201);
    login(server, email).await
}

async fn login(server: &Running, email: &str) -> Value {
    let body = json!({"email": email, "password": PASSWORD, "delivery": "body"});
    let (status, session) = post(server, "/auth/login", body).await;
    assert_eq!(status, 200, "{session}");
    session
}

async fn refresh(server: &Running, token: &Value) -> (u16, Value) {
    post(server, "/auth/refresh", json!({"refresh_token": token})).await
}

async fn me(server: &Running, session: &Value) -> u16 {
    let token = session["access_token"].as_str().expect("a token");
    http().get(server.url("/auth/me")).bearer_auth(token).send().await.expect("an answer").status().as_u16()
}

fn rows(moved: &Value, table: &str) -> u64 {
    let tables = moved["tables"].as_array().expect("tables");
    let found = tables.iter().find(|row| row["table"] == table).expect("the table");
    assert_eq!(found["sha256"].as_str().map(str::len), Some(64));
    found["rows"].as_u64().expect("a number")
}

async fn moves_whole(site: &Site, from: &Place, to: &Place) {
    let luggage = furnish(site, from).await;
    let copied = migrate(site, from, to, &["--copy-only"]).expect(0).json();
    assert_eq!((&copied["moved"], &copied["resumed"]), (&json!(false), &json!(false)));
    let early = to.run(site, &["users", "list"]).expect(1);
    assert!(early.error() == "cannot_start" && early.stderr.contains("unfinished copy"), "{}", early.stderr);
    from.run(site, &["users", "list"]).expect(0);
    let moved = migrate(site, from, to, &[]).expect(0).json();
    assert_eq!((&moved["moved"], &moved["resumed"], &moved["signing_keys"]), (&json!(true), &json!(true), &json!(2)));
    assert_eq!((rows(&moved, "users"), rows(&moved, "sessions"), rows(&moved, "service_clients")), (3, 4, 1));
    assert!(rows(&moved, "audit_log") > 8 && rows(&moved, "account_attempts") == 1);
    for command in [&["users", "list"][..], &["serve"]] {
        let refused = from.run(site, command).expect(1);
        // A server may have logged before it refuses to start.
        let told = &refused.stderr;
        assert!(told.contains("\"cannot_start\"") && told.contains("has moved to"), "{told}");
    }
    let again = migrate(site, from, to, &[]).expect(1);
    assert!(again.error() == "cannot_move" && again.stderr.contains("already"), "{}", again.stderr);
    site.run(&["--json", "migrate", "--from", &from.url, "--give-up"]).expect(1);
    unpack(site, to, &luggage).await;
}

#[tokio::test]
async fn an_installation_moves_whole_and_the_old_database_is_closed_for_good() {
    for way in WAYS {
        let site = Site::with(&["token.refresh_grace=0s"]);
        let (from, to) = way.places(&site);
        moves_whole(&site, &from, &to).await;
    }
}

/// A user who refreshes without a rest, from the first answer to the first that is none.
async fn restless(base: String, mut token: Value, rotations: Arc<AtomicU32>) -> Value {
    let http = http();
    loop {
        let request = http.post(format!("{base}/auth/refresh")).json(&json!({"refresh_token": token}));
        let Ok(answer) = request.send().await else { return token };
        match answer.status().as_u16() {
            200 => {
                let Ok(body) = answer.json::<Value>().await else { return token };
                token = body["refresh_token"].clone();
                rotations.fetch_add(1, Ordering::Relaxed);
            }
            // Closed for the move: nothing has happened to the token.
            503 => tokio::time::sleep(Duration::from_millis(20)).await,
            other => panic!("a live session got {other}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn beside_a_busy_server_no_session_is_lost_and_the_server_stops_by_itself() {
    for way in WAYS {
        let site = Site::new();
        let (from, to) = way.places(&site);
        moves_beside_a_busy_server(&site, &from, &to).await;
    }
}

async fn moves_beside_a_busy_server(site: &Site, from: &Place, to: &Place) {
    let mut server = from.serve(site);
    let mut working = Vec::new();
    for n in 0..6 {
        let session = register(&server, &format!("user{n}@example.com")).await;
        let rotations = Arc::new(AtomicU32::new(0));
        let work = restless(server.url(""), session["refresh_token"].clone(), rotations.clone());
        working.push((tokio::spawn(work), rotations));
    }
    while working.iter().any(|(_, rotations)| rotations.load(Ordering::Relaxed) == 0) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let child = spawn(site, &["--json", "migrate", "--from", &from.url, "--to", &to.url]);
    let ended = tokio::task::spawn_blocking(move || Ended::of(child.wait_with_output().expect("it ends")));
    let moved = ended.await.expect("joins").expect(0).json();
    assert_eq!(moved["moved"], true);
    assert_eq!(server.ended(), Some(1), "the old server goes on");
    assert!(site.log().contains("the database has moved"), "{}", site.log());
    let mut tokens = Vec::new();
    for (work, _) in working {
        tokens.push(work.await.expect("no session was refused"));
    }
    let server = to.serve(site);
    for token in tokens {
        let (status, body) = refresh(&server, &token).await;
        assert_eq!(status, 200, "an acknowledged token is lost: {body}");
    }
}

fn spawn(site: &Site, arguments: &[&str]) -> Child {
    let mut command = site.command(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs")
}

/// Users enough for a copy of many pages.
fn crowd(site: &Site, place: &Place, users: u32) {
    let hash = "$2b$10$abcdefghijklmnopqrstuuLzJ3cPw0H0hU8vG8rXyq1F1yTtZcS6e";
    let line = |n| format!("{{\"email\": \"user{n}@example.com\", \"password_hash\": \"{hash}\"}}\n");
    let file = site.write("crowd.jsonl", &(0..users).map(line).collect::<String>());
    place.run(site, &["migrate"]).expect(0);
    place.run(site, &["users", "import", &file]).expect(0);
}

async fn kills_and_resumes(site: &Site, from: &Place, to: &Place) {
    crowd(site, from, 12_000);
    let (mut places, mut kills) = (Vec::new(), 0);
    let moved = loop {
        let mut child = spawn(site, &["--json", "migrate", "--from", &from.url, "--to", &to.url]);
        let has_ended = loop {
            if child.try_wait().expect("a child").is_some() {
                break true;
            }
            let reached = reached(to).await;
            if kills < 3 && reached != places {
                places = reached;
                break false;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        };
        if has_ended {
            break Ended::of(child.wait_with_output().expect("it ends")).expect(0).json();
        }
        child.kill().expect("it was running");
        child.wait().expect("it ends");
        kills += 1;
    };
    assert!(kills > 0, "it was never killed");
    assert_eq!((&moved["moved"], &moved["resumed"]), (&json!(true), &json!(true)));
    assert_eq!(rows(&moved, "users"), 12_000);
    // None, when the last kill came when only the end was left.
    let first = moved["passes"][0].as_u64().unwrap_or_default();
    assert!(first < 24_000, "it began from the beginning: {moved}");
    let listed = to.run(site, &["users", "list", "--limit", "100000"]).expect(0).json();
    assert_eq!(listed.as_array().map(Vec::len), Some(12_000));
}

/// How far the copy has come, as it notes itself.
async fn reached(to: &Place) -> Vec<String> {
    if !to.exists().await {
        return Vec::new();
    }
    let store = to.open().await;
    let places = store.read(ReadPlaces).await.expect("reads");
    store.close().await;
    let mut places: Vec<String> =
        places.iter().map(|(table, place)| format!("{table:?} {:?}", place.clone())).collect();
    places.sort();
    places
}

#[tokio::test]
async fn killed_again_and_again_it_goes_on_where_it_was() {
    for way in WAYS {
        let site = Site::new();
        let (from, to) = way.places(&site);
        kills_and_resumes(&site, &from, &to).await;
    }
}

#[tokio::test]
async fn a_move_that_was_killed_while_the_source_was_closed_can_be_finished_or_given_up() {
    for way in WAYS {
        let site = Site::new();
        let (from, to) = way.places(&site);
        is_killed_while_closed(&site, &from, &to).await;
    }
}

async fn is_killed_while_closed(site: &Site, from: &Place, to: &Place) {
    crowd(site, from, 2_000);
    let mut child = spawn(site, &["--json", "migrate", "--from", &from.url, "--to", &to.url]);
    let source = from.open().await;
    let marks = loop {
        let marks = source.read(ReadMarks).await.expect("reads");
        if marks.outgoing.is_some() {
            break marks;
        }
        assert!(child.try_wait().expect("a child").is_none(), "it ended, and the source was never closed");
        tokio::time::sleep(Duration::from_millis(2)).await;
    };
    child.kill().expect("it was running");
    child.wait().expect("it ends");
    // It may have come as far as the word that decides; then only the end is left.
    let is_moved = source.read(ReadMarks).await.expect("reads").is_moved;
    source.close().await;
    let refused = from.run(site, &["users", "list"]).expect(1);
    assert!(refused.stderr.contains("closed for a move to") || is_moved, "{}: {marks:?}", refused.stderr);
    assert!(to.run(site, &["users", "list"]).expect(1).stderr.contains("unfinished copy"));
    let other = Place::file(site, "other.db");
    assert_eq!(migrate(site, from, &other, &[]).expect(1).error(), "cannot_move");
    assert_eq!(migrate(site, from, to, &["--copy-only"]).expect(1).error(), "cannot_move");
    if !is_moved {
        site.run(&["--json", "migrate", "--from", &from.url, "--give-up"]).expect(0);
        from.run(site, &["users", "create", "late@example.com", "--generate"]).expect(0);
    }
    let moved = migrate(site, from, to, &[]).expect(0).json();
    assert_eq!((&moved["resumed"], rows(&moved, "users")), (&json!(true), if is_moved { 2_000 } else { 2_001 }));
    to.run(site, &["users", "list"]).expect(0);
}

#[tokio::test]
async fn what_would_mix_two_installations_or_lose_one_is_refused_and_changes_nothing() {
    let site = Site::new();
    let (from, to) = (Place::file(&site, "old.db"), Place::file(&site, "new.db"));
    // Neither is there: the way round is asked for, and nothing is made.
    let nothing = migrate(&site, &from, &to, &[]).expect(1);
    assert_eq!(nothing.error(), "no_master_key");
    from.run(&site, &["migrate"]).expect(0);
    assert_eq!(migrate(&site, &to, &from, &[]).expect(1).error(), "no_database");
    assert!(!site.path("new.db").exists());
    assert_eq!(migrate(&site, &from, &from, &[]).expect(2).error(), "usage");
    assert_eq!(site.run(&["--json", "migrate", "--from", &from.url]).expect(2).error(), "usage");
    site.run(&["migrate", "--to", &from.url]).expect(2);
    // Somebody lives there, whether with the same master key or with another.
    to.run(&site, &["migrate"]).expect(0);
    let occupied = migrate(&site, &from, &to, &[]).expect(1);
    assert!(occupied.error() == "cannot_move" && occupied.stderr.contains("in use"), "{}", occupied.stderr);
    // The copy of one installation does not become that of another.
    let (copy, stranger) = (Place::file(&site, "copy.db"), Place::file(&site, "stranger.db"));
    migrate(&site, &from, &copy, &["--copy-only"]).expect(0);
    let foreign = migrate(&site, &to, &copy, &[]).expect(1);
    assert!(foreign.stderr.contains("another installation"), "{}", foreign.stderr);
    assert!(migrate(&site, &copy, &stranger, &[]).expect(1).stderr.contains("unfinished copy"));
    // Under another master key nothing that is sealed could be opened.
    let key = site.path("hallpass-data/master.key");
    let own = std::fs::read(&key).expect("the key");
    std::fs::write(&key, "Jq8rWm2ZtY5vXc7nBk4hGf9dSa1lPo3iUe6yTr2WqA0\n").expect("written");
    let wrong = migrate(&site, &from, &stranger, &[]).expect(1);
    assert!(wrong.error() == "cannot_move" && wrong.stderr.contains("master key"), "{}", wrong.stderr);
    std::fs::write(&key, own).expect("written");
    from.run(&site, &["users", "list"]).expect(0);
    to.run(&site, &["users", "list"]).expect(0);
}

#[test]
fn a_password_in_a_url_is_repeated_nowhere() {
    let site = Site::new();
    site.run(&["migrate"]).expect(0);
    let secret = "hunter2hunter2";
    for url in [
        format!("postgres://hallpass:{secret}@127.0.0.1:1/hallpass?connect_timeout=1"),
        format!("postgres://127.0.0.1:1/hallpass?user=hallpass&password={secret}&connect_timeout=1"),
        format!("mysql://hallpass:{secret}@127.0.0.1:1/hallpass"),
        format!("postgres://hallpass:{secret}@:x:/"),
    ] {
        let own = format!("sqlite:{}", site.path("hallpass-data/hallpass.db").display());
        for json in [&["--json"][..], &[]] {
            for (from, to) in [(&own, &url), (&url, &own)] {
                let refused = site.run(&[json, &["migrate", "--from", from, "--to", to]].concat());
                assert!(refused.code > 0, "{refused:?}");
                assert!(!refused.stderr.contains(secret) && !refused.stdout.contains(secret), "{refused:?}");
            }
        }
    }
}
