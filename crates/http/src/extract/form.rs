//! Form bodies, as the OAuth endpoints take them: each parameter once (RFC 6749 §3.2).

use std::collections::HashMap;

use axum::extract::{FromRequest, Request};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};

use super::body::read;
use crate::problem::{Problem, registry};
use crate::state::AppState;

/// The parameters of a form.
#[derive(Debug)]
pub struct Form(HashMap<String, String>);

impl Form {
    /// A parameter; an empty one counts as left out (RFC 6749 §3.2).
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A parameter that must be there.
    ///
    /// # Errors
    /// 422 naming it.
    pub fn require(&self, name: &str) -> Result<&str, Problem> {
        self.get(name).ok_or_else(|| Problem::invalid(name, "This field is needed."))
    }
}

impl FromRequest<AppState> for Form {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &AppState) -> Result<Self, Problem> {
        let unsupported = || {
            let problem = Problem::new(&registry::UNSUPPORTED_MEDIA_TYPE);
            problem.detail("The body must be application/x-www-form-urlencoded, not compressed.")
        };
        let (parts, body) = request.into_parts();
        let kind = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let is_form = kind
            .split(';')
            .next()
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"));
        if !is_form || parts.headers.contains_key(CONTENT_ENCODING) {
            return Err(unsupported());
        }
        let bytes = read(body).await?;
        let mut form = HashMap::new();
        for (name, value) in form_urlencoded::parse(&bytes) {
            if form.insert(name.to_string(), value.into_owned()).is_some() {
                return Err(Problem::invalid(name, "This field is there twice."));
            }
        }
        Ok(Self(form))
    }
}
