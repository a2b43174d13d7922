//! `GET /problems/{code}`: what an error code means, and what to do about it.

use askama::Template;
use axum::response::Response;

use super::lost::{self, Reader};
use super::page::{Shell, render};
use crate::extract::Id;
use crate::problem::registry::{self, Kind};

#[derive(Template)]
#[template(path = "problem.html")]
struct Page {
    shell: Shell,
    kind: &'static Kind,
}

/// The page of one code.
#[utoipa::path(
    get,
    path = "/problems/{code}",
    tag = "meta",
    params(("code" = String, Path, description = "An error code")),
    responses((status = 200, description = "What the code means", content_type = "text/html"),
              (status = 404, description = "not_found"))
)]
pub(crate) async fn show(shell: Shell, reader: Reader, Id(code): Id<String>) -> Response {
    match registry::find(&code) {
        Some(kind) => render(&shell.clone(), &Page { shell, kind }),
        None => lost::no_such_code(reader),
    }
}
