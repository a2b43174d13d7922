//! The lab's page. Its parts are modules that a browser loads when they are looked at.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;

use super::page::{Shell, render};
use crate::state::AppState;

#[derive(Template)]
#[template(path = "lab.html")]
struct Lab {
    shell: Shell,
}

/// Served only while the lab is open.
pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/lab", get(show))
}

/// `GET /lab`.
async fn show(shell: Shell) -> Response {
    render(&shell.clone(), &Lab { shell })
}
