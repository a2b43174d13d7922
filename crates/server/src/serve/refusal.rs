//! What hyper refuses by itself, before there is a request: it writes a bare status, and this puts a document there.

use bytes::{Bytes, BytesMut};
use http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use memchr::memmem;

use hallpass_http::layer;
use hallpass_http::problem::{Kind, Problem, registry};
use hallpass_http::state::AppState;

/// More than hyper's bare answer has.
const LONGEST: usize = 256;

/// Makes the documents.
#[derive(Clone)]
pub(super) struct Refusals(AppState);

impl Refusals {
    pub(super) const fn new(state: AppState) -> Self {
        Self(state)
    }

    /// What is to be written instead of these bytes, if a refusal of the library's is at their end.
    pub(super) fn instead_of(&self, bytes: &[u8]) -> Option<Bytes> {
        let (begin, refusal) = bare(bytes)?;
        let kind = kind_of(refusal)?;
        let (headers, body) = self.document(kind);
        let (status_line, rest) = refusal.split_at(memmem::find(refusal, b"\r\n")? + 2);
        let mut answer = BytesMut::from(&bytes[..begin]);
        answer.extend_from_slice(status_line);
        for line in rest.split_inclusive(|byte| *byte == b'\n').filter(|line| line.starts_with(b"date:")) {
            answer.extend_from_slice(line);
        }
        for (name, value) in &headers {
            for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
                answer.extend_from_slice(part);
            }
        }
        answer.extend_from_slice(b"\r\n");
        answer.extend_from_slice(&body);
        Some(answer.freeze())
    }

    fn document(&self, kind: &'static Kind) -> (HeaderMap, Vec<u8>) {
        let mut headers = HeaderMap::new();
        let id = layer::dress(&mut headers, &self.0);
        let document = Problem::new(kind).document(&self.0.auth().settings().token.issuer);
        let body = serde_json::to_vec(&document).unwrap_or_default();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
        let status = kind.status.as_u16();
        tracing::info!(target: "hallpass::http", request_id = &*id, status, "no request: its header cannot be read");
        metrics::counter!("hallpass_http_unreadable_total", "status" => status.to_string()).increment(1);
        (headers, body)
    }
}

/// Where hyper's own refusal begins, and the refusal. The server's answers carry an `X-Request-Id`; hyper's have a
/// length of zero, a date, and perhaps `connection: close`.
fn bare(bytes: &[u8]) -> Option<(usize, &[u8])> {
    if !bytes.ends_with(b"\r\n\r\n") {
        return None;
    }
    let from = bytes.len().saturating_sub(LONGEST);
    let begin = from + memmem::rfind(&bytes[from..], b"HTTP/1.")?;
    let refusal = &bytes[begin..];
    let has = |text: &str| memmem::find(refusal, text.as_bytes()).is_some();
    let is_bare = has("content-length: 0\r\n") && !has("x-request-id:");
    is_bare.then_some((begin, refusal))
}

/// The kind of problem that a status line tells.
fn kind_of(refusal: &[u8]) -> Option<&'static Kind> {
    match refusal.get(8..12)? {
        b" 400" => Some(&registry::BAD_REQUEST),
        b" 414" | b" 431" => Some(&registry::HEADER_TOO_LARGE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_library_refuses_is_replaced() {
        let refusal = b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\ndate: now\r\n\r\n";
        assert_eq!(bare(refusal), Some((0, &refusal[..])));
        let after = [b"HTTP/1.1 200 OK\r\nx-request-id: a\r\ncontent-length: 2\r\n\r\n{}", &refusal[..]].concat();
        assert_eq!(bare(&after), Some((after.len() - refusal.len(), &refusal[..])));
        let own = b"HTTP/1.1 400 Bad Request\r\nx-request-id: a\r\ncontent-length: 0\r\ndate: now\r\n\r\n";
        assert_eq!(bare(own), None);
        assert_eq!(bare(b"HTTP/1.1 100 Continue\r\n\r\n"), None);
        assert_eq!(bare(b"\r\n\r\n"), None);
        assert_eq!(bare(b""), None);
    }
}
