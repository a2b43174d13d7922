//! The lab's page. Its parts are modules that a browser loads when they are looked at.

use askama::Template;
use axum::Router;
use axum::response::{Redirect, Response};
use axum::routing::get;

use super::page::{Shell, render};
use crate::state::AppState;

#[derive(Template)]
#[template(path = "lab.html")]
pub(super) struct Lab {
    pub(super) shell: Shell,
}

/// Served only while the lab is open.
pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/lab", get(show))
}

/// Of a server of the lab alone.
pub(crate) fn alone() -> Router<AppState> {
    router().route("/", get(async || Redirect::temporary("/lab")))
}

/// `GET /lab`.
async fn show(shell: Shell) -> Response {
    render(&shell.clone(), &Lab { shell })
}
