//! The services in `examples/`, started as their READMEs say and called from outside.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use reqwest::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use reqwest::{Client, Response};
use serde_json::{Value, json};

use crate::child::{Program, free_port, in_repository, listening, packaged};
use crate::people::{Person, admin, logout, register};
use crate::process::{Running, Site, http};

/// A server that knows a service client, and what the service is told about it.
struct Installation {
    site: Site,
    server: Running,
    port: u16,
}

impl Installation {
    fn new() -> Self {
        let site = Site::with(&["token.algorithm=ES256", "audience=https://notes.example"]);
        let server = site.serve();
        Self { site, server, port: free_port() }
    }

    /// The environment of the README.
    async fn start(&self, mut command: Command) -> Program {
        let made = self.site.run(&["--json", "clients", "create", "notes"]).expect(0).json();
        let text = |name: &str| made[name].as_str().expect("a text").to_owned();
        command
            .env("HALLPASS_AUDIENCE", "https://notes.example")
            .env("HALLPASS_URL", self.server.url(""))
            .env("HALLPASS_CLIENT_ID", text("client_id"))
            .env("HALLPASS_CLIENT_SECRET", text("client_secret"))
            .env("PORT", self.port.to_string());
        let program = Program::start(command);
        listening(self.port, "the service").await;
        program
    }

    /// Somebody whose token has another key's signature.
    async fn signed_by_another(&self, earlier: &Person) -> Person {
        for attempt in 0..300 {
            let person = register(&self.server, &format!("eve{attempt}@example.com")).await;
            if person.signer() != earlier.signer() {
                return person;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the server does not rotate");
    }
}

/// A caller of the service.
struct Caller {
    client: Client,
    port: u16,
}

impl Caller {
    async fn get(&self, path: &str, header: Option<&str>) -> Response {
        let request = self.client.get(format!("http://127.0.0.1:{}{path}", self.port));
        let request = header.iter().fold(request, |request, header| request.header("authorization", *header));
        request.send().await.expect("an answer")
    }

    async fn with(&self, path: &str, person: &Person) -> Response {
        self.get(path, Some(&format!("Bearer {}", person.token))).await
    }

    /// Waits, for a bounded time, until somebody gets this answer.
    async fn until(&self, person: &Person, expected: u16) {
        let mut status = 0;
        for _ in 0..300 {
            status = self.with("/notes", person).await.status().as_u16();
            if status == expected {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("it stays {status}");
    }
}

/// Who may see what, and that hallpass has the last word.
async fn is_a_good_service(installation: &mut Installation, asks_each_time: bool) {
    let caller = Caller { client: http(), port: installation.port };
    let (ada, bob) = (
        register(&installation.server, "ada@example.com").await,
        register(&installation.server, "bob@example.com").await,
    );
    let root = admin(&installation.server).await;
    caller.until(&ada, 200).await;
    assert_eq!(caller.get("/", None).await.status(), 200);
    for path in ["/notes", "/admin"] {
        let refused = caller.get(path, None).await;
        assert_eq!(
            (refused.status().as_u16(), &refused.headers()[WWW_AUTHENTICATE]),
            (401, &"Bearer".parse().expect("a value"))
        );
        for bad in ["Bearer x.y.z", "Bearer eyJhbGciOiJub25lIn0.e30.", &format!("Bearer {}x", ada.token)] {
            let refused = caller.get(path, Some(bad)).await;
            assert_eq!(refused.status(), 401, "{path} {bad}");
            assert_eq!(refused.headers()[WWW_AUTHENTICATE], "Bearer error=\"invalid_token\"", "{path} {bad}");
        }
        for (odd, challenge) in [("Basic YTpi", "Bearer"), ("Bearer a b", "Bearer error=\"invalid_request\"")] {
            let refused = caller.get(path, Some(odd)).await;
            assert!(matches!(refused.status().as_u16(), 400 | 401), "{path} {odd}");
            assert_eq!(refused.headers()[WWW_AUTHENTICATE], challenge, "{path} {odd}");
        }
    }
    let notes: Value = caller.with("/notes", &ada).await.json().await.expect("JSON");
    assert_eq!(notes, json!({"user": ada.id, "notes": ["water the plants"]}));
    let refused = caller.with("/admin", &ada).await;
    assert_eq!(refused.status(), 403);
    assert_eq!(refused.headers()[WWW_AUTHENTICATE], "Bearer error=\"insufficient_scope\"");
    assert_eq!(caller.with("/admin", &root).await.status(), 200);

    logout(&installation.server, &ada).await;
    caller.until(&ada, 401).await;
    installation.site.run(&["users", "suspend", "bob@example.com"]).expect(0);
    caller.until(&bob, 401).await;
    assert_eq!(caller.with("/admin", &root).await.status(), 200, "the others stay");

    installation.site.run(&["keys", "rotate", "--force"]).expect(0);
    let eve = installation.signed_by_another(&root).await;
    caller.until(&eve, 200).await;
    installation.site.run(&["keys", "revoke", &root.signer()]).expect(0);
    caller.until(&root, 401).await;
    caller.until(&eve, 200).await;

    installation.server.kill();
    let answer = caller.with("/notes", &eve).await;
    assert_eq!(answer.status(), if asks_each_time { 503 } else { 200 });
    assert_eq!(answer.headers().contains_key(RETRY_AFTER), asks_each_time);
    assert_eq!(caller.with("/notes", &ada).await.status(), if asks_each_time { 503 } else { 401 });
}

#[tokio::test]
async fn the_axum_service_lets_the_right_ones_in() {
    let mut installation = Installation::new();
    // Built with this test; `cargo run -p hallpass-example-axum` builds the same file as a crate of its own.
    let binaries = Path::new(env!("CARGO_BIN_EXE_hallpass")).parent().expect("a folder");
    let _program = installation.start(Command::new(binaries.join("examples/notes"))).await;
    is_a_good_service(&mut installation, false).await;
}

#[tokio::test]
async fn the_express_service_lets_the_right_ones_in() {
    let mut installation = Installation::new();
    let folder = packaged("examples/express");
    let mut command = Command::new("node");
    command.arg(folder.path().join("server.js"));
    let _program = installation.start(command).await;
    is_a_good_service(&mut installation, false).await;
}

#[tokio::test]
async fn the_fastapi_service_lets_the_right_ones_in() {
    let mut installation = Installation::new();
    let mut command = Command::new("/usr/bin/python3");
    command.args(["-m", "uvicorn", "main:app", "--log-level", "warning", "--port", &installation.port.to_string()]);
    command.env("PYTHONDONTWRITEBYTECODE", "1").current_dir(in_repository("examples/fastapi"));
    let _program = installation.start(command).await;
    is_a_good_service(&mut installation, true).await;
}
