//! JSON bodies: of the right type, of one spelling, with no unknown field.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use super::invalid::invalid;
use crate::problem::{Problem, registry};
use crate::state::AppState;

/// The largest body, in bytes.
const MAX_BODY: usize = 16 * 1024;

/// A body that must be there.
#[derive(Debug)]
pub struct Body<T>(pub T);

/// A body that may be left out.
#[derive(Debug)]
pub struct OptionalBody<T>(pub Option<T>);

impl<T: DeserializeOwned> FromRequest<AppState> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &AppState) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        check_type(&parts.headers)?;
        read(body).await.and_then(|bytes| parse(&bytes)).map(Self)
    }
}

impl<T: DeserializeOwned> FromRequest<AppState> for OptionalBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &AppState) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let bytes = read(body).await?;
        if bytes.is_empty() {
            return Ok(Self(None));
        }
        check_type(&parts.headers)?;
        parse(&bytes).map(|value| Self(Some(value)))
    }
}

/// JSON only: a form or plain text is what a page of another site can send without asking (OWASP CSRF).
fn check_type(headers: &HeaderMap) -> Result<(), Problem> {
    let unsupported = || Problem::new(&registry::UNSUPPORTED_MEDIA_TYPE);
    if headers.contains_key(CONTENT_ENCODING) {
        return Err(unsupported());
    }
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let (Some(only), None) = (types.next(), types.next()) else { return Err(unsupported()) };
    let text = only.to_str().map_err(|_| unsupported())?.to_ascii_lowercase();
    let mut parts = text.split(';').map(str::trim);
    let is_json = parts.next() == Some("application/json");
    let is_utf8 = parts
        .all(|parameter| parameter.strip_prefix("charset=").is_none_or(|charset| charset.trim_matches('"') == "utf-8"));
    if is_json && is_utf8 { Ok(()) } else { Err(unsupported()) }
}

/// The whole body.
///
/// # Errors
/// `payload_too_large`, `bad_request`.
pub async fn read(body: axum::body::Body) -> Result<Bytes, Problem> {
    match Limited::new(body, MAX_BODY).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Problem::new(&registry::PAYLOAD_TOO_LARGE)),
        Err(_) => Err(Problem::new(&registry::BAD_REQUEST).detail("The body ended early.")),
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let document = hallpass_jose::parse_strict(bytes).map_err(|_| Problem::new(&registry::MALFORMED_JSON))?;
    if !document.is_object() {
        return Err(Problem::new(&registry::VALIDATION_FAILED).field("", "A JSON object is expected."));
    }
    serde_path_to_error::deserialize(document).map_err(invalid)
}
