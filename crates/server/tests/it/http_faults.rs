//! The store fails: every route that needs it says 503, gives no verdict, and everything is as it was afterwards.

use std::collections::BTreeSet;
use std::time::Duration;

use hallpass_store::Fault;
use serde_json::{Value, json};

use crate::support::visit::server_with_lab;
use crate::support::{Answer, Client, PASSWORD, TestServer};

/// What comes along with a request.
#[derive(Clone, Copy, PartialEq)]
enum With {
    /// The refresh cookie, as with every other.
    Cookie,
    /// An access token.
    Bearer,
    /// What a service client proves itself with.
    Service,
}

/// An operation that needs the store. `{id}` is a user's, `{sid}` a session's of that user, `{session}` another session
/// of the caller's, `{kid}` a key's.
struct Operation {
    method: &'static str,
    path: &'static str,
    with: With,
    body: Option<&'static str>,
}

const fn op(method: &'static str, path: &'static str, with: With, body: Option<&'static str>) -> Operation {
    Operation { method, path, with, body }
}

const NEW_USER: Option<&str> = Some(r#"{"email":"new@example.com","password":"hall-monitor 4711"}"#);
const CREDENTIALS: Option<&str> = Some(r#"{"email":"root@example.com","password":"hall-monitor 4711"}"#);
const CHANGE: Option<&str> = Some(r#"{"current_password":"hall-monitor 4711","new_password":"corridor-warden 1893"}"#);

const OPERATIONS: &[Operation] = &[
    op("POST", "/auth/register", With::Cookie, NEW_USER),
    op("POST", "/auth/login", With::Cookie, CREDENTIALS),
    op("POST", "/auth/refresh", With::Cookie, None),
    op("POST", "/auth/logout", With::Cookie, None),
    op("POST", "/auth/logout-all", With::Bearer, None),
    op("POST", "/auth/password", With::Bearer, CHANGE),
    op("GET", "/auth/me", With::Bearer, None),
    op("GET", "/auth/account/activity", With::Bearer, None),
    op("GET", "/auth/account/export", With::Bearer, None),
    op("GET", "/auth/sessions", With::Bearer, None),
    op("DELETE", "/auth/sessions/{session}", With::Bearer, None),
    op("GET", "/admin/users", With::Bearer, None),
    op("POST", "/admin/users", With::Bearer, NEW_USER),
    op("GET", "/admin/users/{id}", With::Bearer, None),
    op("PATCH", "/admin/users/{id}", With::Bearer, Some(r#"{"status":"suspended"}"#)),
    op("DELETE", "/admin/users/{id}", With::Bearer, None),
    op("POST", "/admin/users/{id}/unlock", With::Bearer, None),
    op("POST", "/admin/users/{id}/logout", With::Bearer, None),
    op("POST", "/admin/users/{id}/password", With::Bearer, None),
    op("GET", "/admin/users/{id}/sessions", With::Bearer, None),
    op("GET", "/admin/sessions/{sid}/timeline", With::Bearer, None),
    op("DELETE", "/admin/users/{id}/sessions/{sid}", With::Bearer, None),
    op("GET", "/admin/keys", With::Bearer, None),
    op("POST", "/admin/keys/rotate", With::Bearer, Some(r#"{"force":true}"#)),
    op("DELETE", "/admin/keys/{kid}", With::Bearer, None),
    op("GET", "/admin/audit", With::Bearer, None),
    op("GET", "/admin/audit/{seq}", With::Bearer, None),
    op("GET", "/admin/stats", With::Bearer, None),
    op("GET", "/admin/stats/history", With::Bearer, None),
    op("GET", "/admin/config", With::Bearer, None),
    op("GET", "/admin/locks", With::Bearer, None),
    op("POST", "/admin/locks/unlock", With::Bearer, Some(r#"{"email":"ada@example.com"}"#)),
    op("GET", "/admin/mail", With::Bearer, None),
    op("GET", "/admin/mail/{session}", With::Bearer, None),
    op("POST", "/admin/mail/{session}/retry", With::Bearer, None),
    op("POST", "/admin/users/{id}/mail/{purpose}", With::Bearer, None),
    op(
        "POST",
        "/auth/email",
        With::Bearer,
        Some(r#"{"new_email":"a@example.net","current_password":"hall-monitor 4711"}"#),
    ),
    op("GET", "/admin/webhooks", With::Bearer, None),
    op("POST", "/admin/webhooks", With::Bearer, Some(r#"{"url":"https://example.com/"}"#)),
    op("GET", "/admin/webhooks/{session}", With::Bearer, None),
    op("PATCH", "/admin/webhooks/{session}", With::Bearer, Some(r#"{"enabled":false}"#)),
    op("DELETE", "/admin/webhooks/{session}", With::Bearer, None),
    op("POST", "/admin/webhooks/{session}/test", With::Bearer, None),
    op("POST", "/admin/webhooks/{session}/replay", With::Bearer, Some(r#"{"since":"2027-01-15T00:00:00Z"}"#)),
    op("POST", "/admin/webhooks/{session}/rotate", With::Bearer, None),
    op("POST", "/auth/device/disown", With::Cookie, Some(r#"{"token":"hpm_x"}"#)),
    op("POST", "/auth/unlock", With::Cookie, Some(r#"{"email":"ada@example.com"}"#)),
    op("POST", "/auth/unlock/confirm", With::Cookie, Some(r#"{"token":"hpm_x"}"#)),
    op("POST", "/auth/email/undo", With::Cookie, Some(r#"{"token":"hpm_x"}"#)),
    op("POST", "/auth/email/verify", With::Bearer, Some(r#"{"code":"12345678"}"#)),
    op("POST", "/auth/email/verify/request", With::Bearer, None),
    op("POST", "/auth/magic", With::Cookie, Some(r#"{"email":"ada@example.com"}"#)),
    op("POST", "/auth/magic/confirm", With::Cookie, Some(r#"{"token":"hpm_x"}"#)),
    op("POST", "/auth/password/forgot", With::Cookie, Some(r#"{"email":"ada@example.com"}"#)),
    op(
        "POST",
        "/auth/password/reset",
        With::Cookie,
        Some(r#"{"token":"hpm_x","new_password":"corridor-warden 1893"}"#),
    ),
    op("GET", "/readyz", With::Cookie, None),
    op("POST", "/oauth/introspect", With::Service, Some("token=x")),
    op("POST", "/oauth/revoke", With::Service, Some("token=x")),
    op("GET", "/revocations", With::Service, None),
    op("GET", "/revocations/stream", With::Service, None),
];

/// What serves without the store: keys and denylist are in memory.
const WITHOUT_STORE: &[&str] = &[
    "GET /.well-known/jwks.json",
    "GET /.well-known/oauth-authorization-server",
    "GET /auth/verify",
    "GET /healthz",
    "GET /metrics",
    "GET /openapi.json",
    "GET /problems/{code}",
];

/// A server with an admin who is logged in twice, a user, and a service client.
struct World {
    server: TestServer,
    root: Client,
    ada: Client,
    places: [(&'static str, String); 6],
    service: String,
}

impl World {
    async fn new() -> Self {
        let server = TestServer::new().await;
        let mut root = server.admin("root@example.com").await;
        let mut other = server.client();
        other.login("root@example.com", PASSWORD).await.expect(200);
        let mut ada = server.user("ada@example.com").await;
        let of_ada = ada.get("/auth/sessions").bearer().send().await.expect(200).json();
        let (client, secret) = server.auth.operator().create_client(&server.ctx(), "payments").await.expect("a client");
        let pair = format!("{}:{}", client.id, secret.expose());
        let sessions = root.get("/auth/sessions").bearer().send().await.expect(200).json();
        let sessions = sessions["sessions"].as_array().expect("sessions").clone();
        let session = sessions.iter().find(|session| session["current"] == false).expect("another session");
        let keys = root.get("/admin/keys").bearer().send().await.expect(200).json();
        let places = [
            ("{id}", server.id_of("ada@example.com").await.to_string()),
            ("{sid}", of_ada["sessions"][0]["id"].as_str().expect("an id").to_owned()),
            ("{session}", session["id"].as_str().expect("an id").to_owned()),
            ("{seq}", "1".to_owned()),
            ("{purpose}", "verify_email".to_owned()),
            ("{kid}", keys["keys"][0]["kid"].as_str().expect("a kid").to_owned()),
        ];
        let service = format!("Basic {}", base64_simd::STANDARD.encode_to_string(pair));
        Self { server, root, ada, places, service }
    }

    async fn ask(&mut self, operation: &Operation) -> Answer {
        let path = self.places.iter().fold(operation.path.to_owned(), |path, (name, value)| path.replace(name, value));
        let method = http::Method::from_bytes(operation.method.as_bytes()).expect("a method");
        let call = self.root.call(method, &path);
        let (call, kind) = match operation.with {
            With::Cookie => (call, "application/json"),
            With::Bearer => (call.bearer(), "application/json"),
            With::Service => (call.header("authorization", &self.service), "application/x-www-form-urlencoded"),
        };
        let call = if let Some(body) = operation.body { call.raw(kind, body) } else { call };
        call.send().await
    }

    /// The store is back, and the work that is always under way finishes what was begun: a key that is to sign.
    async fn recover(&self) {
        self.server.faults.mend();
        self.server.advance(Duration::from_secs(30));
        for _ in 0..2 {
            self.server.auth.background().tick(&self.server.ctx()).await.expect("the store is back");
        }
    }

    /// What an admin sees, and whether everybody still has what they had.
    async fn state(&mut self) -> Value {
        let mut seen = Vec::new();
        for path in ["/admin/users", "/admin/keys", "/admin/audit", "/auth/sessions"] {
            seen.push(self.root.get(path).bearer().send().await.expect(200).json());
        }
        self.ada.me().await.expect(200);
        json!(seen)
    }
}

#[tokio::test]
async fn a_store_that_fails_is_503_on_every_route_and_changes_nothing() {
    for fault in [Fault::Before, Fault::AtCommit] {
        let mut world = World::new().await;
        let before = world.state().await;
        world.server.faults.break_everything(fault);
        for operation in OPERATIONS {
            world.ask(operation).await.refused(503, "unavailable").leaves_cookie();
        }
        world.server.faults.mend();
        assert_eq!(world.state().await, before);
        world.root.refresh().await.expect(200);
        world.root.login("root@example.com", PASSWORD).await.expect(200);
        world.ada.refresh().await.expect(200);
    }
}

#[tokio::test]
async fn whichever_operation_of_the_store_fails_a_route_says_503_and_touches_no_cookie() {
    let mut broken = 0;
    // A stream that begins has no end to wait for.
    for operation in OPERATIONS.iter().filter(|operation| !operation.path.ends_with("/stream")) {
        let mut world = World::new().await;
        world.server.faults.seen();
        let answer = world.ask(operation).await;
        // A value that no mail has carried, and a mail that was never written, are looked for in the store as well.
        let is_missing =
            answer.try_json().is_some_and(|body| body["code"] == "unfit_code" || body["code"] == "not_found");
        let is_good = answer.status.is_success() || is_missing;
        assert!(is_good, "{} {}: {}", operation.method, operation.path, answer.text());
        let names: BTreeSet<&str> = world.server.faults.seen().into_iter().collect();
        assert!(!names.is_empty(), "{} needs no store", operation.path);
        world.server.close().await;
        for name in names {
            for fault in [Fault::Before, Fault::AtCommit] {
                let mut world = World::new().await;
                world.server.faults.break_only(name, fault);
                let answer = world.ask(operation).await;
                // What is done is done: reading what others did meanwhile is left to the next tick.
                let is_done = name == "revocations_since" && operation.method != "GET";
                let status = if is_done { 200..300 } else { 503..504 };
                let said = answer.status.as_u16();
                assert!(status.contains(&said), "{} {} without {name}: {said}", operation.method, operation.path);
                if is_done {
                    continue;
                }
                answer.refused(503, "unavailable").leaves_cookie();
                world.recover().await;
                let after = world.ada.refresh().await;
                assert!(after.status.is_success(), "{} without {name}: {}", operation.path, after.text());
                world.server.close().await;
                broken += 1;
            }
        }
    }
    assert!(broken > 2 * OPERATIONS.len(), "some routes ask more than once: {broken}");
}

#[tokio::test]
async fn every_documented_operation_is_known_to_need_the_store_or_not_to() {
    let server = TestServer::new().await;
    let description = server.client().get("/openapi.json").send().await.expect(200).json();
    let mut documented = BTreeSet::new();
    for (path, item) in description["paths"].as_object().expect("paths") {
        let methods = item.as_object().expect("operations").keys();
        documented.extend(methods.map(|method| format!("{} {path}", method.to_ascii_uppercase())));
    }
    let needing = OPERATIONS.iter().map(|o| format!("{} {}", o.method, o.path.replace("{session}", "{id}")));
    let known: BTreeSet<String> = needing.chain(WITHOUT_STORE.iter().map(|&name| name.to_owned())).collect();
    assert_eq!(documented, known);
}

#[tokio::test]
async fn what_needs_no_store_goes_on_without_it() {
    let server = server_with_lab(1).await;
    let mut root = server.admin("root@example.com").await;
    server.faults.break_everything(Fault::Before);
    for name in WITHOUT_STORE {
        let path = name.trim_start_matches("GET ").replace("{code}", "unavailable");
        root.get(&path).bearer().send().await.expect(200);
    }
    for page in ["/", "/account", "/console", "/docs", "/lab"] {
        root.get(page).send().await.expect(200);
    }
}

#[tokio::test]
async fn a_login_that_the_store_failed_spends_neither_attempt_nor_lock() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    for _ in 0..20 {
        server.faults.break_everything(Fault::Before);
        ada.login("ada@example.com", PASSWORD).await.refused(503, "unavailable");
        server.faults.mend();
    }
    ada.login("ada@example.com", PASSWORD).await.expect(200);
}
