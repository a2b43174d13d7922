//! What clients are generated from, word for word: a change here is a change of the contract, and is reviewed.

use hallpass_http::problem::ALL;
use serde_json::{Value, json};

use crate::support::{Answer, Client, PASSWORD, TestServer};

/// Compares with what was reviewed: one file, whichever store the test runs on.
fn reviewed(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[tokio::test]
async fn the_api_description_is_as_reviewed() {
    let server = TestServer::new().await;
    let answered = server.client().get("/openapi.json").send().await.expect(200).json();
    let document = hallpass_http::route::describe("refresh_token");
    assert_eq!(Some(answered), serde_json::from_str(&document).ok(), "the command line prints the same");
    reviewed("openapi", &document);
}

#[test]
fn the_error_codes_are_as_reviewed() {
    let lines: Vec<String> = ALL.iter().map(|kind| format!("{} {}", kind.status.as_u16(), kind.code)).collect();
    reviewed("problems", &lines.join("\n"));
}

#[tokio::test]
async fn every_reference_of_the_api_description_leads_somewhere() {
    let document: serde_json::Value =
        serde_json::from_str(&hallpass_http::route::describe("refresh_token")).expect("JSON");
    let text = document.to_string();
    let mut references = 0;
    for reference in text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(document.pointer(reference).is_some(), "{reference}");
        references += 1;
    }
    assert!(references > 50, "{references}");
}

#[test]
fn the_prose_of_the_api_description_is_in_every_operation() {
    let document: serde_json::Value =
        serde_json::from_str(&hallpass_http::route::describe("refresh_token")).expect("JSON");
    let mut ids = std::collections::BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            assert!(operation["summary"].as_str().is_some_and(|text| text.len() > 3), "{method} {path}");
            assert!(operation["tags"].is_array(), "{method} {path}");
            let id = operation["operationId"].as_str().expect("an operationId").to_owned();
            assert!(ids.insert(id.clone()), "{id} is twice: a generator would make one function of two");
        }
    }
}

/// Headers that every answer has; the rules of every test and the tests of browsers look at them.
const EVERYWHERE: [&str; 10] = [
    "access-control-expose-headers",
    "content-length",
    "content-security-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "referrer-policy",
    "strict-transport-security",
    "vary",
    "x-content-type-options",
    "x-request-id",
];

/// Answers as they go over the wire, without what differs from run to run.
#[derive(Default)]
struct Wire(String);

impl Wire {
    fn tell(&mut self, request: &str, answer: &Answer) {
        let mut lines = vec![format!("> {request}"), format!("< {}", answer.status.as_u16())];
        let mut headers: Vec<_> = answer
            .headers
            .iter()
            .filter(|(name, _)| !EVERYWHERE.contains(&name.as_str()))
            .map(|(name, value)| (name.as_str(), value.to_str().expect("visible ASCII")))
            .map(|(name, value)| format!("< {name}: {}", redacted_header(name, value)))
            .collect();
        headers.sort();
        lines.append(&mut headers);
        if let Some(mut body) = answer.try_json() {
            redact("", &mut body);
            lines.push(serde_json::to_string_pretty(&body).expect("JSON"));
        } else if !answer.body.is_empty() {
            lines.push(answer.text().trim_end().to_owned());
        }
        self.0.push_str(&lines.join("\n"));
        self.0.push_str("\n\n");
    }

    async fn get(&mut self, client: &mut Client, path: &str) -> Answer {
        let answer = client.get(path).bearer().send().await;
        self.tell(&format!("GET {}", redacted_path(path)), &answer);
        answer
    }

    async fn post(&mut self, client: &mut Client, path: &str, body: Value) -> Answer {
        let call = client.post(path);
        let call = if path.starts_with("/admin") || path == "/auth/password" { call.bearer() } else { call };
        let answer = if body.is_null() { call.send().await } else { call.json(&body).send().await };
        self.tell(&format!("POST {}", redacted_path(path)), &answer);
        answer
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36 && text.split('-').map(str::len).eq([8, 4, 4, 4, 12])
}

fn redacted_path(path: &str) -> String {
    path.split('/').map(|part| if is_uuid(part) { "[id]" } else { part }).collect::<Vec<_>>().join("/")
}

fn redacted_header(name: &str, value: &str) -> String {
    let token = value
        .split_once("hpr_")
        .or_else(|| value.split_once("hp_device="))
        .map(|(_, rest)| rest.split(';').next().unwrap_or_default());
    match (name, token) {
        ("etag", _) => "[etag]".to_owned(),
        (_, Some(token)) => value.replace(token, "[token]"),
        _ if is_uuid(value) => "[id]".to_owned(),
        _ => value.to_owned(),
    }
}

fn redact(name: &str, value: &mut Value) {
    match value {
        Value::Object(members) => members.iter_mut().for_each(|(name, value)| redact(name, value)),
        Value::Array(items) => {
            for item in items.iter_mut() {
                redact(name, item);
            }
            // Keys of one age stand in the order of their names.
            if name == "keys" {
                items.sort_by_key(|key| key["state"].to_string());
            }
        }
        Value::String(text) => {
            let drifts = matches!(name, "kid" | "x" | "jti" | "id" | "request_id" | "next_cursor");
            let new = match text.as_str() {
                text if text.starts_with("eyJ") => "[access token]",
                text if text.starts_with("hpr_") => "[refresh token]",
                text if is_uuid(text) => "[id]",
                text if text.starts_with("user:") => "user:[id]",
                _ if drifts => "[differs]",
                _ => return,
            };
            new.clone_into(text);
        }
        _ => {}
    }
}

#[tokio::test]
async fn answers_of_logins_and_accounts_are_as_reviewed() {
    let server = TestServer::new().await;
    let (mut wire, mut ada) = (Wire::default(), server.client());
    let credentials = json!({"email": "ada@example.com", "password": PASSWORD});
    wire.post(&mut ada, "/auth/register", credentials.clone()).await;
    wire.post(&mut ada, "/auth/login", credentials.clone()).await;
    wire.post(&mut ada, "/auth/refresh", Value::Null).await;
    wire.get(&mut ada, "/auth/me").await;
    wire.get(&mut ada, "/auth/sessions").await;
    wire.get(&mut ada, "/auth/verify").await;
    let change = json!({"current_password": PASSWORD, "new_password": "corridor-warden 1893"});
    wire.post(&mut ada, "/auth/password", change).await;
    wire.post(&mut ada, "/auth/logout", Value::Null).await;
    let mut app = server.client();
    let in_body = json!({"email": "ada@example.com", "password": "corridor-warden 1893", "delivery": "body"});
    let opened = wire.post(&mut app, "/auth/login", in_body).await.json();
    wire.post(&mut app, "/auth/refresh", json!({"refresh_token": opened["refresh_token"]})).await;
    reviewed("logins", &wire.0);
}

#[tokio::test]
async fn answers_to_admins_are_as_reviewed() {
    let server = TestServer::new().await;
    let (mut wire, mut root) = (Wire::default(), server.admin("root@example.com").await);
    let new = json!({"email": "ada@example.com", "password": PASSWORD});
    wire.post(&mut root, "/admin/users", new).await.expect(201);
    let path = format!("/admin/users/{}", server.id_of("ada@example.com").await);
    wire.get(&mut root, &path).await;
    wire.get(&mut root, "/admin/users?limit=1").await;
    let patched = root.patch(&path).bearer().json(json!({"status": "suspended"})).send().await;
    wire.tell("PATCH /admin/users/[id]", &patched);
    for act in ["unlock", "logout"] {
        wire.post(&mut root, &format!("{path}/{act}"), Value::Null).await;
    }
    wire.tell("DELETE /admin/users/[id]", &root.delete(&path).bearer().send().await);
    wire.get(&mut root, "/admin/keys").await;
    wire.post(&mut root, "/admin/keys/rotate", Value::Null).await;
    wire.get(&mut root, "/admin/audit?event=user.suspended").await;
    reviewed("admins", &wire.0);
}

#[tokio::test]
async fn answers_to_verifiers_are_as_reviewed() {
    let server = TestServer::new().await;
    let (mut wire, mut ada) = (Wire::default(), server.user("ada@example.com").await);
    for path in ["/.well-known/jwks.json", "/.well-known/oauth-authorization-server", "/healthz", "/readyz"] {
        wire.get(&mut ada, path).await;
    }
    let (client, secret) = server.auth.operator().create_client(&server.ctx(), "payments").await.expect("a client");
    let pair = format!("{}:{}", client.id, secret.expose());
    let service = format!("Basic {}", base64_simd::STANDARD.encode_to_string(pair));
    let tokens = [ada.token().to_owned(), ada.cookie.clone().expect("a cookie"), "nonsense".to_owned()];
    for path in ["/oauth/introspect", "/oauth/revoke"] {
        for token in &tokens {
            let mut program = server.client();
            let call = program.post(path).header("authorization", &service);
            let call = call.raw("application/x-www-form-urlencoded", format!("token={token}"));
            wire.tell(&format!("POST {path}"), &call.send().await.expect(200));
        }
    }
    let feed = server.client().get("/revocations").header("authorization", &service).send().await;
    wire.tell("GET /revocations", &feed);
    reviewed("verifiers", &wire.0);
}
