//! The access token: in one Authorization header, and nowhere else.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use hallpass_auth::Principal;
use http::header::AUTHORIZATION;
use http::request::Parts;

use super::RequestCtx;
use crate::problem::{Challenge, Problem, registry};
use crate::state::AppState;

/// A verified caller.
#[derive(Debug, Clone)]
pub struct Bearer(pub Arc<Principal>);

impl FromRequestParts<AppState> for Bearer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let token = bearer_token(parts)?.ok_or_else(missing)?;
        let ctx = RequestCtx::of(parts, state);
        Ok(Self(state.auth().authenticate(&ctx, token).await?))
    }
}

fn missing() -> Problem {
    Problem::new(&registry::MISSING_TOKEN).challenge(Challenge::Bare)
}

/// The token of the request, if it carries one. A credential of another scheme is none (RFC 6750 §3.1): it may belong
/// to a proxy in front.
///
/// # Errors
/// `ambiguous_credential` for two headers, a Bearer header without exactly one token, or a token in the query (RFC 6750
/// §2.3 is a leak).
pub fn bearer_token(parts: &Parts) -> Result<Option<&str>, Problem> {
    let ambiguous = || Problem::new(&registry::AMBIGUOUS_CREDENTIAL).challenge(Challenge::InvalidRequest);
    let in_query = parts.uri.query().is_some_and(|q| q.split('&').any(|pair| pair.starts_with("access_token=")));
    let mut headers = parts.headers.get_all(AUTHORIZATION).iter();
    let (first, second) = (headers.next(), headers.next());
    if in_query || second.is_some() {
        return Err(ambiguous());
    }
    let Some(header) = first.map(http::HeaderValue::as_bytes) else { return Ok(None) };
    let (scheme, rest) = header.split_at(header.iter().position(|c| *c == b' ').unwrap_or(header.len()));
    if !scheme.eq_ignore_ascii_case(b"bearer") {
        return Ok(None);
    }
    // RFC 9110 §11.4: one blank or more.
    let token = std::str::from_utf8(rest).map_err(|_| ambiguous())?.trim_start_matches(' ');
    let is_one_token = !token.is_empty() && token.bytes().all(|c| c.is_ascii_graphic() && c != b',');
    if is_one_token { Ok(Some(token)) } else { Err(ambiguous()) }
}
