//! Pages and their assets, embedded in the binary. They load nothing from outside.

use askama::Template;
use axum::Router;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

use crate::problem::{Problem, registry};
use crate::state::AppState;

const CSS: &str = include_str!("../../assets/hallpass.css");
const DOCS_JS: &str = include_str!("../../assets/docs.js");

#[derive(Template)]
#[template(path = "docs.html")]
struct Docs;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/docs", get(docs))
        .route("/assets/hallpass.css", get(async || asset("text/css; charset=utf-8", CSS)))
        .route("/assets/docs.js", get(async || asset("text/javascript; charset=utf-8", DOCS_JS)))
}

async fn docs() -> Response {
    match Docs.render() {
        Ok(page) => Html(page).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page does not render");
            Problem::new(&registry::INTERNAL).into_response()
        }
    }
}

fn asset(kind: &'static str, text: &'static str) -> Response {
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "public, max-age=300")], text).into_response()
}
