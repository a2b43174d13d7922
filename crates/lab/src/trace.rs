//! What went over the wire of a sandbox, secrets included: they open nothing else, and seeing them is the lesson.

use std::collections::VecDeque;

use hallpass_model::Timestamp;
use http::{HeaderMap, HeaderName};
use serde::Serialize;

/// Exchanges that are kept.
const KEPT: usize = 80;
/// Bytes of a body that are kept.
const BODY: usize = 2048;
/// Headers that tell something about authentication.
const SHOWN: [&str; 15] = [
    "authorization",
    "cookie",
    "content-type",
    "origin",
    "sec-fetch-site",
    "set-cookie",
    "www-authenticate",
    "retry-after",
    "ratelimit-policy",
    "ratelimit-limit",
    "ratelimit-remaining",
    "ratelimit-reset",
    "x-auth-user",
    "x-auth-role",
    "etag",
];

/// One request and its answer.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Exchange {
    /// Its place, from 1 on.
    seq: u64,
    /// The sandbox's time, RFC 3339.
    at: Timestamp,
    /// Who asked: `browser`, `service` or `thief`.
    actor: &'static str,
    /// What was asked.
    request: Asked,
    /// What was answered.
    response: Answered,
}

/// A request.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Asked {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: String,
}

/// An answer.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Answered {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Asked {
    pub(crate) fn of(parts: &http::request::Parts, body: &[u8]) -> Self {
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        Self {
            method: parts.method.to_string(),
            path: cut(path.as_bytes()),
            headers: shown(&parts.headers),
            body: cut(body),
        }
    }
}

impl Answered {
    pub(crate) fn of(parts: &http::response::Parts, body: &[u8]) -> Self {
        Self { status: parts.status.as_u16(), headers: shown(&parts.headers), body: cut(body) }
    }
}

/// The last exchanges, in their order.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    next: u64,
    kept: VecDeque<Exchange>,
}

impl Trace {
    /// Keeps an exchange; returns its place.
    pub(crate) fn keep(&mut self, at: Timestamp, actor: &'static str, (request, response): (Asked, Answered)) -> u64 {
        self.next += 1;
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(Exchange { seq: self.next, at, actor, request, response });
        self.next
    }

    /// What came after a place.
    pub(crate) fn since(&self, seq: u64) -> Vec<Exchange> {
        self.kept.iter().filter(|exchange| exchange.seq > seq).cloned().collect()
    }
}

fn shown(headers: &HeaderMap) -> Vec<(String, String)> {
    let is_shown = |name: &HeaderName| SHOWN.contains(&name.as_str());
    let text = |value: &http::HeaderValue| cut(value.as_bytes());
    headers.iter().filter(|(name, _)| is_shown(name)).map(|(name, value)| (name.to_string(), text(value))).collect()
}

/// As text, and no longer than is kept.
fn cut(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(BODY)]).into_owned();
    if bytes.len() > BODY { text + "…" } else { text }
}
