//! `GET /problems/{code}`: what an error code means, and what to do about it.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};

use super::Problem;
use super::registry::{self, Kind};
use crate::extract::Id;

#[derive(Template)]
#[template(path = "problem.html")]
struct Page {
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
pub async fn show(Id(code): Id<String>) -> Response {
    let Some(kind) = registry::find(&code) else {
        return Problem::new(&registry::NOT_FOUND).into_response();
    };
    match (Page { kind }).render() {
        Ok(page) => Html(page).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page does not render");
            Problem::new(&registry::INTERNAL).into_response()
        }
    }
}
