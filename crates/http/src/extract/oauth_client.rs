//! Service clients: HTTP Basic, or an assertion signed with their own key.

use axum::extract::FromRequestParts;
use base64_simd::STANDARD;
use hallpass_auth::{ClientCredential, ClientPrincipal};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;
use zeroize::Zeroizing;

use super::{Form, RequestCtx};
use crate::problem::{Challenge, Problem, registry};
use crate::state::AppState;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A service client, by its `Authorization` header: Basic, or Bearer with an assertion, for requests without a body.
#[derive(Debug)]
pub struct Service(pub ClientPrincipal);

impl FromRequestParts<AppState> for Service {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let ctx = RequestCtx::of(parts, state);
        service_client(state, &ctx, &parts.headers, None).await.map(Self)
    }
}

/// A service client, by its header or by the assertion in its form. One way at a time (RFC 6749 §2.3).
///
/// # Errors
/// 401 `invalid_client`.
pub async fn service_client(
    state: &AppState,
    ctx: &RequestCtx,
    headers: &HeaderMap,
    form: Option<&Form>,
) -> Result<ClientPrincipal, Problem> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let header = values.next().map(|value| value.to_str().map_err(|_| unknown())).transpose()?;
    let assertion = form.and_then(|form| form.get("client_assertion"));
    let credential = match (header, assertion) {
        (Some(header), None) if values.next().is_none() => header,
        (None, Some(assertion)) => {
            let kind = form.and_then(|form| form.get("client_assertion_type"));
            if kind != Some(ASSERTION_TYPE) {
                return Err(unknown());
            }
            return Ok(state.auth().services().authenticate(ctx, ClientCredential::Assertion(assertion)).await?);
        }
        _ => return Err(unknown()),
    };
    let (scheme, value) = credential.split_once(' ').ok_or_else(unknown)?;
    let value = value.trim_start_matches(' ');
    if scheme.eq_ignore_ascii_case("bearer") {
        return Ok(state.auth().services().authenticate(ctx, ClientCredential::Assertion(value)).await?);
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(unknown());
    }
    let (id, secret) = basic(value).ok_or_else(unknown)?;
    let credential = ClientCredential::Secret { id: &id, secret: &secret };
    Ok(state.auth().services().authenticate(ctx, credential).await?)
}

fn unknown() -> Problem {
    Problem::new(&registry::INVALID_CLIENT).challenge(Challenge::Client)
}

/// RFC 7617, with both halves form-encoded inside (RFC 6749 §2.3.1).
fn basic(value: &str) -> Option<(String, Zeroizing<String>)> {
    let bytes = Zeroizing::new(STANDARD.decode_to_vec(value.trim()).ok()?);
    let (id, secret) = std::str::from_utf8(&bytes).ok()?.split_once(':')?;
    let decode = |text: &str| {
        let pair = format!("x={text}");
        form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned())
    };
    Some((decode(id)?, Zeroizing::new(decode(secret)?)))
}
