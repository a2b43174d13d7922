//! What every page has in common: the frame around it, and the policy that it is shown under.

use askama::Template;
use axum::extract::FromRequestParts;
use axum::response::{Html, IntoResponse, Response};
use base64_simd::URL_SAFE_NO_PAD as BASE64;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use http::request::Parts;
use http::{HeaderName, HeaderValue};

use super::assets;
use crate::problem::{Problem, registry};
use crate::state::AppState;

/// The frame of a page: what its template needs beside its own words.
#[derive(Debug, Clone)]
pub(crate) struct Shell {
    nonce: String,
    path: String,
    has_lab: bool,
    place: Place,
}

/// What the page is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// An auth server with all its pages.
    Server,
    /// A server of the lab alone.
    Lab,
    /// A folder of files, without a server of ours.
    Folder,
}

impl Shell {
    /// The word that marks this answer's own scripts; an injected one cannot know it.
    pub(crate) fn nonce(&self) -> &str {
        &self.nonce
    }

    /// The address of an asset.
    pub(crate) fn asset(&self, name: &str) -> String {
        // A folder may lie below any path.
        if self.is_folder() { format!("assets/{name}") } else { assets::address(name) }
    }

    /// Of the page in a folder, which has no answer whose headers it could be shown under.
    pub(super) const fn of_a_folder() -> Self {
        Self { nonce: String::new(), path: String::new(), has_lab: true, place: Place::Folder }
    }

    /// Where the name of the product leads.
    pub(crate) const fn home(&self) -> &'static str {
        match self.place {
            Place::Server => "/",
            Place::Lab => "/lab",
            Place::Folder => "./",
        }
    }

    /// Whether there is nothing but the lab.
    pub(crate) fn is_alone(&self) -> bool {
        self.place != Place::Server
    }

    /// Whether there is no server.
    pub(crate) fn is_folder(&self) -> bool {
        self.place == Place::Folder
    }

    /// The policy of a page in a folder: whose scripts bear no nonce, since every visitor gets the same file. A page cannot
    /// forbid its framing by itself.
    #[allow(clippy::unused_self, reason = "a template calls methods")]
    pub(crate) const fn folder_policy(&self) -> &'static str {
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; \
         form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    }

    /// Whether the lab is open.
    pub(crate) const fn has_lab(&self) -> bool {
        self.has_lab
    }

    /// Whether this is the page under `path`.
    pub(crate) fn is_at(&self, path: &str) -> bool {
        self.path == path
    }
}

impl FromRequestParts<AppState> for Shell {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let mut bytes = [0; 18];
        // A nonce that can be guessed would be none.
        state.random().fill(&mut bytes).map_err(|_| Problem::new(&registry::INTERNAL))?;
        Ok(Self {
            nonce: BASE64.encode_to_string(bytes),
            path: parts.uri.path().to_owned(),
            has_lab: state.http().has_lab,
            place: if state.http().is_lab_only { Place::Lab } else { Place::Server },
        })
    }
}

/// Shows a page under a policy that knows its nonce.
pub(crate) fn render(shell: &Shell, page: &impl Template) -> Response {
    let text = match page.render() {
        Ok(text) => text,
        Err(error) => {
            tracing::error!(%error, "a page does not render");
            return Problem::new(&registry::INTERNAL).into_response();
        }
    };
    let mut response = Html(text).into_response();
    if let Ok(policy) = HeaderValue::from_str(&policy(shell.nonce())) {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    response.headers_mut().insert(PERMISSIONS_POLICY, NO_DEVICES);
    // The nonce is for this answer alone.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const NO_DEVICES: HeaderValue =
    HeaderValue::from_static("camera=(), display-capture=(), geolocation=(), microphone=()");

/// Scripts with the nonce, and what they import; styles, pictures and data of this origin; nothing else. No script can
/// make markup or code out of text (Trusted Types, and no policy may be made).
fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self'; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
         trusted-types 'none'"
    )
}
