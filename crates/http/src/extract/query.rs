//! Ids in paths, parameters in queries, cursors of lists.

use std::str::FromStr;

use axum::extract::{FromRequestParts, Path};
use base64_simd::URL_SAFE_NO_PAD;
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::invalid::invalid;
use crate::problem::{Problem, registry};
use crate::state::AppState;

/// An id in the path. A text that is not an id names nothing: 404, as for an unknown id.
#[derive(Debug)]
pub struct Id<T>(pub T);

impl<T: FromStr + Send> FromRequestParts<AppState> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let not_found = || Problem::new(&registry::NOT_FOUND);
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| not_found())?;
        text.parse().map(Self).map_err(|_| not_found())
    }
}

/// Query parameters; unknown and mistyped ones are refused.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<AppState> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        let parameters = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let parameters = serde_urlencoded::Deserializer::new(parameters);
        serde_path_to_error::deserialize(parameters).map(Self).map_err(invalid)
    }
}

/// A cursor: opaque to clients, and nothing but a key to us, so a forged one can only point elsewhere in the list.
#[derive(Debug, Clone, Copy)]
pub struct Cursor;

impl Cursor {
    /// Writes a key.
    pub fn encode(key: &impl ToString) -> String {
        URL_SAFE_NO_PAD.encode_to_string(key.to_string())
    }

    /// Reads a key.
    ///
    /// # Errors
    /// 422 naming `cursor`.
    pub fn decode<K: FromStr>(text: Option<&str>) -> Result<Option<K>, Problem> {
        let Some(text) = text else { return Ok(None) };
        let invalid = || Problem::invalid("cursor", "This is not a cursor of this list.");
        let bytes = URL_SAFE_NO_PAD.decode_to_vec(text).map_err(|_| invalid())?;
        let key = String::from_utf8(bytes).map_err(|_| invalid())?;
        key.parse().map(Some).map_err(|_| invalid())
    }
}
