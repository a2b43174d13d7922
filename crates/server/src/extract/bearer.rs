//! The access token: in one Authorization header, and nowhere else.

use axum::extract::FromRequestParts;
use hallpass_auth::Principal;
use http::header::AUTHORIZATION;
use http::request::Parts;

use super::RequestCtx;
use crate::problem::{Challenge, Problem, registry};
use crate::state::AppState;

/// A verified caller.
#[derive(Debug, Clone)]
pub struct Bearer(pub Principal);

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

/// The token of the request, if it carries one.
///
/// # Errors
/// `ambiguous_credential` for two headers, another scheme, or a token in the query (RFC 6750 §2.3 is a leak).
pub fn bearer_token(parts: &Parts) -> Result<Option<&str>, Problem> {
    let ambiguous = || Problem::new(&registry::AMBIGUOUS_CREDENTIAL).challenge(Challenge::InvalidRequest);
    let in_query = parts.uri.query().is_some_and(|q| q.split('&').any(|pair| pair.starts_with("access_token=")));
    let mut headers = parts.headers.get_all(AUTHORIZATION).iter();
    let (first, second) = (headers.next(), headers.next());
    if in_query || second.is_some() {
        return Err(ambiguous());
    }
    let Some(header) = first else { return Ok(None) };
    let (scheme, token) = header.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(ambiguous)?;
    let is_one_token = !token.is_empty() && token.bytes().all(|c| c.is_ascii_graphic() && c != b',');
    if scheme.eq_ignore_ascii_case("bearer") && is_one_token { Ok(Some(token)) } else { Err(ambiguous()) }
}
