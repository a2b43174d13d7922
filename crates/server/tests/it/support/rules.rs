//! What holds for every answer of the server, asserted on every answer of every test.

use std::collections::BTreeSet;

use axum::body::Body;
use http::{Method, Request, StatusCode};
use serde_json::Value;

use super::{Answer, ISSUER, described};

/// What was asked.
pub struct Asked {
    method: Method,
    path: String,
    /// The issuer of whoever answers: the server, or a sandbox of its lab.
    issuer: String,
    request_id: Option<String>,
    /// Whether it asks as a browser does that visits an address.
    is_visit: bool,
}

impl Asked {
    pub fn of(request: &Request<Body>) -> Self {
        let id = request.headers().get("x-request-id").and_then(|value| value.to_str().ok());
        let accept = request.headers().get("accept").and_then(|value| value.to_str().ok());
        let (base, path) = within_sandbox(request.uri().path());
        Self {
            method: request.method().clone(),
            path: path.to_owned(),
            issuer: format!("{ISSUER}{base}"),
            request_id: id.map(str::to_owned),
            is_visit: request.method() == Method::GET && accept.is_some_and(|kinds| kinds.starts_with("text/html,")),
        }
    }
}

/// `/lab/box/{id}/auth/me` is asked of a sandbox, whose answers keep the same rules.
fn within_sandbox(path: &str) -> (&str, &str) {
    let Some(rest) = path.strip_prefix("/lab/box/") else { return ("", path) };
    let Some(at) = rest.find('/') else { return ("", path) };
    let (base, inner) = path.split_at("/lab/box/".len() + at);
    let is_routed = ["/auth/", "/admin/users", "/admin/sessions/", "/admin/audit", "/.well-known/"]
        .iter()
        .any(|part| inner.starts_with(part));
    if is_routed { (base, inner) } else { ("", path) }
}

/// Asserts the rules.
pub fn check(asked: &Asked, answer: &Answer) {
    security_headers(asked, answer);
    request_id(asked, answer);
    cookies(asked, answer);
    secrets_are_not_stored(asked, answer);
    described::check(&asked.method, &asked.path, answer);
    if answer.status.is_client_error() || answer.status.is_server_error() {
        problem(asked, answer);
    }
}

fn security_headers(asked: &Asked, answer: &Answer) {
    let of = |name: &str| answer.header(name).unwrap_or_else(|| panic!("{} has no {name}", asked.path));
    assert_eq!(of("x-content-type-options"), "nosniff");
    assert_eq!(of("referrer-policy"), "no-referrer");
    assert_eq!(of("cross-origin-opener-policy"), "same-origin");
    assert_eq!(of("cross-origin-resource-policy"), "same-origin");
    assert!(of("strict-transport-security").starts_with("max-age=31536000"), "a year at least");
    let policy = of("content-security-policy");
    for needed in ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"] {
        assert!(policy.contains(needed), "{policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
    let is_page = answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
    assert_eq!(policy.contains("script-src"), is_page, "only a page runs scripts: {policy}");
    assert_eq!(answer.header("server"), None);
}

fn request_id(asked: &Asked, answer: &Answer) {
    let id = answer.header("x-request-id").expect("a request id");
    let is_sane = |id: &str| {
        (1..=128).contains(&id.len()) && id.bytes().all(|c| c.is_ascii_alphanumeric() || b"._-".contains(&c))
    };
    assert!(is_sane(&id), "{id}");
    if let Some(given) = asked.request_id.as_deref().filter(|given| is_sane(given)) {
        assert_eq!(id, given);
    }
}

/// The prefix and attribute rules of RFC 6265bis, and when the cookie may be touched at all.
fn cookies(asked: &Asked, answer: &Answer) {
    for cookie in answer.cookies() {
        let has = |attribute: &str| cookie.attributes.contains(attribute);
        assert!(has("HttpOnly"), "{cookie:?}");
        assert!(!cookie.attributes.iter().any(|a| a.starts_with("Domain")), "{cookie:?}");
        if cookie.name.starts_with("__") || has("SameSite=None") {
            assert!(has("Secure"), "{cookie:?}");
        }
        if cookie.name.starts_with("__Host-") {
            assert!(has("Path=/"), "{cookie:?}");
        }
        let max_age = cookie.attributes.iter().find_map(|a| a.strip_prefix("Max-Age=")).expect("a Max-Age");
        let max_age: u64 = max_age.parse().expect("seconds");
        assert!(max_age <= 400 * 24 * 3600, "browsers cut it at 400 days");
        let is_refresh = asked.path == "/auth/refresh";
        let is_logout = asked.path.starts_with("/auth/logout");
        // The end of a sandbox takes its cookie along.
        let is_lab_end = asked.method == Method::DELETE && asked.path.starts_with("/lab/box/");
        // What was needed for it is not needed any more.
        let is_unlock = asked.path == "/auth/unlock/confirm" && answer.status.is_success();
        // A login may clear cookies of that name on other paths, beside the one that it sets.
        let is_stray = answer.status.is_success() && answer.refresh_cookie().is_some_and(|kept| !kept.value.is_empty());
        let may_clear = is_logout
            || is_lab_end
            || is_stray
            || is_unlock
            || (is_refresh && answer.status == StatusCode::UNAUTHORIZED);
        assert_eq!(max_age == 0, cookie.value.is_empty(), "{cookie:?}");
        assert!(max_age > 0 || may_clear, "{} {} clears the cookie", asked.path, answer.status);
        assert!(max_age == 0 || answer.status.is_success(), "{} {} sets the cookie", asked.path, answer.status);
        let may_touch = asked.path.starts_with("/auth/") && asked.method == Method::POST;
        assert!(may_touch || is_lab_end, "{}", asked.path);
    }
}

fn secrets_are_not_stored(asked: &Asked, answer: &Answer) {
    let holds_a_token = answer.text().contains("access_token\":\"") || !answer.cookies().is_empty();
    if holds_a_token || asked.path.starts_with("/auth/") || asked.path.starts_with("/admin/") {
        assert_eq!(answer.header("cache-control").as_deref(), Some("no-store"), "{}", asked.path);
    }
    // The lab shows code, the program's own and examples, and a hash that it has just made of nothing secret.
    let is_shown = asked.path.starts_with("/lab/code/")
        || (asked.path.starts_with("/assets/") && asked.path.contains("/js/texts/"))
        || (asked.path.starts_with("/lab/box/") && asked.path.ends_with("/hash"));
    if is_shown {
        return;
    }
    let text = answer.text();
    for internal in ["sqlite", "SELECT", "panicked", "src/", "$2b$", "password_hash", "/home", "rusqlite"] {
        // A validation error names the unknown field that the client itself has sent.
        let is_named = internal == "password_hash" && answer.status == StatusCode::UNPROCESSABLE_ENTITY;
        assert!(!text.contains(internal) || is_named, "{internal} leaks: {text}");
    }
}

/// RFC 9457, with our members.
fn problem(asked: &Asked, answer: &Answer) {
    if asked.method == Method::HEAD {
        return; // it has no body
    }
    let is_page = answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
    // A browser that visits an address without a page is shown one.
    if is_page && asked.is_visit {
        return assert!(matches!(answer.status.as_u16(), 404 | 405), "{} is a page", answer.status);
    }
    assert_eq!(answer.header("content-type").as_deref(), Some("application/problem+json"), "{}", answer.text());
    let body = answer.json();
    let text = |name: &str| body[name].as_str().unwrap_or_else(|| panic!("{name} in {body}")).to_owned();
    let code = text("code");
    assert!(!code.is_empty() && code.bytes().all(|c| c.is_ascii_lowercase() || c == b'_'), "{code}");
    // A request that never reaches its sandbox is answered by the server around it.
    let speakers = [asked.issuer.as_str(), ISSUER].map(|issuer| format!("{issuer}/problems/{code}"));
    assert!(speakers.contains(&text("type")), "{body}");
    assert_eq!(body["status"], answer.status.as_u16());
    assert_eq!(text("error"), text("detail"));
    assert!(!text("title").is_empty());
    let known: BTreeSet<&str> = ["type", "title", "status", "detail", "code", "error", "errors"].into();
    for name in body.as_object().expect("an object").keys() {
        assert!(known.contains(name.as_str()), "{name}");
    }
    assert_eq!(body.get("errors").is_some(), answer.status == StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    for error in body["errors"].as_array().unwrap_or(&Vec::new()) {
        assert!(error["field"].is_string() && error["message"].as_str().is_some_and(|m| !m.is_empty()), "{error}");
        assert_eq!(error.as_object().map(serde_json::Map::len), Some(2));
    }
    waiting(answer, &body);
}

/// `Retry-After` comes with 429 and 503, in whole seconds, never 0.
fn waiting(answer: &Answer, body: &Value) {
    let asks_to_wait = matches!(answer.status.as_u16(), 429 | 503);
    let after = answer.header("retry-after");
    assert_eq!(after.is_some(), asks_to_wait, "{body}");
    if let Some(after) = after {
        assert!(after.parse::<u64>().expect("whole seconds") > 0);
    }
}
