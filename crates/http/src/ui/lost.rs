//! What a browser sees where a program would get a problem document: an address without anything, or without a page.

use askama::Template;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::header::VARY;
use http::request::Parts;
use http::{HeaderValue, Method};

use super::page::{Shell, render};
use crate::extract::prefers_page;
use crate::problem::{ALL, Kind, Problem, registry};
use crate::state::AppState;

#[derive(Template)]
#[template(path = "lost.html")]
struct Page {
    shell: Shell,
    kind: &'static Kind,
    title: &'static str,
    lead: &'static str,
    /// Listed, where one of them was looked for.
    codes: &'static [&'static Kind],
}

/// The frame of a page, for a caller who would rather read one.
pub(crate) struct Reader(Option<Shell>);

impl FromRequestParts<AppState> for Reader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let is_visit = matches!(parts.method, Method::GET | Method::HEAD) && prefers_page(&parts.headers);
        Ok(Self(if is_visit { Some(Shell::from_request_parts(parts, state).await?) } else { None }))
    }
}

impl Reader {
    /// The refusal, as a page or as the document that every program gets.
    fn refused(self, kind: &'static Kind, page: impl FnOnce(Shell) -> Page) -> Response {
        let refusal = Problem::new(kind).into_response();
        let mut response = match self.0 {
            None => refusal,
            Some(shell) => shown(refusal, &page(shell)),
        };
        response.headers_mut().append(VARY, HeaderValue::from_static("accept"));
        response
    }
}

/// The page in the refusal's place, with its status and with what the layers around read of it.
fn shown(refusal: Response, page: &Page) -> Response {
    let mut response = render(&page.shell, page);
    if response.status().is_success() {
        *response.status_mut() = refusal.status();
        *response.extensions_mut() = refusal.into_parts().0.extensions;
    }
    response
}

/// There is nothing at the address.
pub(crate) async fn not_found(reader: Reader) -> Response {
    reader.refused(&registry::NOT_FOUND, |shell| Page {
        shell,
        kind: &registry::NOT_FOUND,
        title: "There is no such page",
        lead: "The address leads nowhere: it was mistyped, or what it led to has moved.",
        codes: &[],
    })
}

/// There is something, which is not for visiting.
pub(crate) async fn method_not_allowed(reader: Reader) -> Response {
    reader.refused(&registry::METHOD_NOT_ALLOWED, |shell| Page {
        shell,
        kind: &registry::METHOD_NOT_ALLOWED,
        title: "This address is for programs",
        lead: "There is no page here: programs send something to it. The API description says what.",
        codes: &[],
    })
}

/// There is no error of that name.
pub(super) fn no_such_code(reader: Reader) -> Response {
    reader.refused(&registry::NOT_FOUND, |shell| Page {
        shell,
        kind: &registry::NOT_FOUND,
        title: "No error has this code",
        lead: "These are all that this server answers with.",
        codes: ALL,
    })
}
