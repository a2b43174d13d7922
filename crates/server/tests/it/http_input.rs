//! Bad input of every kind against every route that takes a body: refused by name, and nothing is lost.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use hyper::body::Frame;
use serde_json::{Value, json};

use crate::support::{Call, Client, PASSWORD, TestServer};

/// Every route with a body: method, path, whether the body may be left out.
const ROUTES: &[(&str, &str, bool)] = &[
    ("POST", "/auth/register", false),
    ("POST", "/auth/login", false),
    ("POST", "/auth/refresh", true),
    ("POST", "/auth/logout", true),
    ("POST", "/auth/password", false),
    ("POST", "/admin/users", false),
    ("PATCH", "/admin/users/{id}", false),
    ("POST", "/admin/keys/rotate", true),
    ("POST", "/admin/locks/unlock", false),
];

fn call<'a>(client: &'a mut Client, (method, path, _): (&str, &str, bool)) -> Call<'a> {
    let path = path.replace("{id}", "01890a5d-ac96-774b-bcce-b302099a8057");
    let call = client.call(http::Method::from_bytes(method.as_bytes()).expect("a method"), &path);
    if path.starts_with("/admin") || path == "/auth/password" { call.bearer() } else { call }
}

/// Bodies that are refused whatever the route.
fn bodies() -> Vec<(&'static str, Vec<u8>, u16, &'static str)> {
    let malformed = |name, text: &str| (name, text.as_bytes().to_vec(), 400, "malformed_json");
    let invalid = |name, text: &str| (name, text.as_bytes().to_vec(), 422, "validation_failed");
    vec![
        malformed("half an object", "{"),
        malformed("no JSON", "email=ada"),
        malformed("a trailing comma", r#"{"email": "a",}"#),
        malformed("single quotes", "{'email': 'a'}"),
        malformed("a comment", "{} // x"),
        malformed("two documents", "{} {}"),
        malformed("NaN", r#"{"email": NaN}"#),
        malformed("a byte order mark", "\u{feff}{}"),
        malformed("a key twice", r#"{"email": "a", "email": "b"}"#),
        malformed("a key twice, once escaped", r#"{"email": "a", "\u0065mail": "b"}"#),
        malformed("a key twice, further down", r#"{"x": {"a": 1, "a": 2}}"#),
        malformed("a lone surrogate", r#"{"email": "\ud800"}"#),
        malformed("a raw control character", "{\"email\": \"a\u{1}\"}"),
        ("bytes that are no UTF-8", b"{\"email\": \"\xff\xfe\"}".to_vec(), 400, "malformed_json"),
        ("deep nesting", [b"{\"a\":".repeat(500), b"1".to_vec(), b"}".repeat(500)].concat(), 400, "malformed_json"),
        invalid("a list", "[]"),
        invalid("null", "null"),
        invalid("a number", "1"),
        invalid("a text", "\"x\""),
        invalid("a field that nobody asked for", r#"{"no_such_field": 1}"#),
        invalid("the prototype", r#"{"__proto__": {"role": "admin"}}"#),
        ("17 KiB", format!("{{\"email\": \"{}\"}}", "a".repeat(17 * 1024)).into_bytes(), 413, "payload_too_large"),
    ]
}

#[tokio::test]
async fn a_bad_body_is_refused_by_name_on_every_route_and_loses_nothing() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    let cookie = root.cookie.clone();
    for route in ROUTES {
        for (name, body, status, code) in bodies() {
            let answer = call(&mut root, *route).raw("application/json", body.clone()).send().await;
            assert_eq!(answer.status.as_u16(), status, "{name} to {}: {}", route.1, answer.text());
            assert_eq!(answer.json()["code"], code, "{name} to {}", route.1);
            answer.leaves_cookie();
            // Without a length, as a stream: the bound holds while it is read.
            let stream = Pieces::of(&body);
            let answer = call(&mut root, *route).raw("application/json", stream).send().await;
            assert_eq!(answer.status.as_u16(), status, "{name} to {} in pieces", route.1);
        }
    }
    assert_eq!(root.cookie, cookie);
    root.me().await.expect(200);
    root.refresh().await.expect(200).sets_cookie();
    assert_eq!(
        root.get("/admin/users").bearer().send().await.expect(200).json()["items"].as_array().map(Vec::len),
        Some(1)
    );
}

/// A body that comes in pieces, and does not say how long it is.
struct Pieces(VecDeque<Bytes>);

impl Pieces {
    fn of(body: &[u8]) -> Body {
        Body::new(Self(body.chunks(1000).map(Bytes::copy_from_slice).collect()))
    }
}

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::convert::Infallible>>> {
        Poll::Ready(self.0.pop_front().map(|piece| Ok(Frame::data(piece))))
    }
}

#[tokio::test]
async fn a_body_of_another_type_is_415_on_every_route() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    for route in ROUTES {
        for kind in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/jsonp",
            "application/json; charset=latin1",
            "text/json",
            "json",
            "",
        ] {
            call(&mut root, *route).raw(kind, "{}").send().await.refused(415, "unsupported_media_type").leaves_cookie();
        }
        let packed = call(&mut root, *route).raw("application/json", "{}").header("content-encoding", "gzip");
        packed.send().await.refused(415, "unsupported_media_type");
        let twice = call(&mut root, *route).raw("application/json", "{}").header("content-type", "text/plain");
        twice.send().await.refused(415, "unsupported_media_type");
        call(&mut root, *route).body("{}").send().await.refused(415, "unsupported_media_type");
    }
    root.refresh().await.expect(200);
}

#[tokio::test]
async fn a_body_that_must_be_there_must_be_there() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    for route in ROUTES.iter().filter(|route| !route.2) {
        let answer = call(&mut root, *route).raw("application/json", "").send().await;
        answer.refused(400, "malformed_json");
    }
}

#[tokio::test]
async fn each_field_is_named_when_it_is_missing_or_of_another_type() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    let id = server.id_of("root@example.com").await;
    let user = format!("/admin/users/{id}");
    let wrong = [json!(5), json!(true), json!([]), json!({}), json!(1.5)];
    let cases: &[(&str, &str, &str, Value)] = &[
        ("POST", "/auth/register", "email", json!({"email": "a@example.com", "password": PASSWORD})),
        ("POST", "/auth/register", "password", json!({"email": "a@example.com", "password": PASSWORD})),
        ("POST", "/auth/login", "email", json!({"email": "a@example.com", "password": PASSWORD})),
        ("POST", "/auth/login", "password", json!({"email": "a@example.com", "password": PASSWORD})),
        ("POST", "/auth/login", "delivery", json!({"email": "a@example.com", "password": PASSWORD})),
        ("POST", "/auth/refresh", "refresh_token", json!({})),
        ("POST", "/auth/logout", "refresh_token", json!({})),
        ("POST", "/auth/password", "current_password", json!({"current_password": "x", "new_password": PASSWORD})),
        ("POST", "/auth/password", "new_password", json!({"current_password": "x", "new_password": PASSWORD})),
        ("POST", "/admin/users", "email", json!({"email": "a@example.com", "password": PASSWORD})),
        ("POST", "/admin/users", "role", json!({"email": "a@example.com", "password": PASSWORD})),
        ("PATCH", &user, "role", json!({})),
        ("PATCH", &user, "status", json!({})),
        ("PATCH", &user, "email", json!({})),
        ("POST", "/admin/keys/rotate", "force", json!({})),
    ];
    for (method, path, field, body) in cases {
        for wrong in &wrong {
            if (*field == "force" && wrong.is_boolean()) || (*field == "delivery" && wrong.is_object()) {
                continue;
            }
            let mut body = body.clone();
            body[field] = wrong.clone();
            let answer = call(&mut root, (method, path, false)).json(&body).send().await.invalid(field);
            assert!(!answer.text().contains("invalid type"), "{}", answer.text());
        }
        let mut without = body.clone();
        if without.as_object_mut().expect("an object").remove(*field).is_some() {
            call(&mut root, (method, path, false)).json(&without).send().await.invalid(field);
        }
    }
}

#[tokio::test]
async fn odd_texts_are_refused_by_the_field_and_never_repeated() {
    let server = TestServer::new().await;
    let mut guest = server.client();
    let long = format!("{}@example.com", "a".repeat(300));
    for email in [
        "",
        "ada",
        "ada@",
        "@example.com",
        "a\0da@example.com",
        "ada@example.com\r\nX: y",
        "ada@exam\u{202e}ple.com",
        &long,
    ] {
        let body = json!({"email": email, "password": PASSWORD});
        let answer = guest.post("/auth/register").json(&body).send().await.invalid("email");
        assert!("ada@example.com".contains(email) || !answer.text().contains(email), "{}", answer.text());
    }
    for password in ["", "short", "nul\0nul\0nul", "password123", &"x".repeat(2000)] {
        let body = json!({"email": "ada@example.com", "password": password});
        let answer = guest.post("/auth/register").json(&body).send().await.invalid("password");
        assert!(password.len() < 6 || !answer.text().contains(password), "{}", answer.text());
    }
    for password in ["пароль-коридор 71", "🗝️ key ring of seven", "e\u{301}cole de nuit 88"] {
        let email = format!("user{}@example.com", password.len());
        guest.post("/auth/register").json(json!({"email": email, "password": password})).send().await.expect(201);
        guest.login(&email, password).await.expect(200);
    }
}

#[tokio::test]
async fn ids_cursors_and_limits_are_checked() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    for id in ["x", "1", "..", "%2e%2e", "%00", "01890a5d-ac96-774b-bcce-b302099a8057", "' OR 1=1 --", "%F0%28%8C%28"] {
        let id = id.replace(' ', "%20").replace('\'', "%27");
        for path in [format!("/admin/users/{id}"), format!("/auth/sessions/{id}"), format!("/admin/keys/{id}")] {
            let method = if path.starts_with("/admin/users") { http::Method::GET } else { http::Method::DELETE };
            root.call(method, &path).bearer().send().await.refused(404, "not_found");
        }
    }
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("cursor=x", "cursor"),
        ("cursor=", "cursor"),
        ("cursor=////", "cursor"),
        ("limit=x", "limit"),
        ("limit=-1", "limit"),
        ("limit=1&limit=2", "limit"),
        ("nothing=1", "nothing"),
    ] {
        root.get(&format!("/admin/users?{query}")).bearer().send().await.invalid(field);
        root.get(&format!("/admin/audit?{query}")).bearer().send().await.invalid(field);
    }
    root.get("/admin/audit?user=x").bearer().send().await.invalid("user");
    root.get("/admin/audit?event=x").bearer().send().await.invalid("event");
    let refused = root.get("/auth/verify?role=not%20a%20role").bearer().send().await.invalid("role");
    assert!(!refused.text().contains("deserialize"), "words of ours: {}", refused.text());
}
