//! Pages and their assets, embedded in the binary. They load nothing from outside.

mod assets;
mod lab;
mod page;
mod pages;

use axum::Router;
use axum::routing::get;

use crate::state::AppState;

pub(crate) use self::lab::router as lab_router;
pub(crate) use self::page::{Shell, render};

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/", get(pages::sign_in))
        .route("/account", get(pages::account))
        .route("/console", get(pages::console))
        .route("/docs", get(pages::docs))
        .route("/assets/{version}/{*name}", get(assets::show))
        .route("/favicon.ico", get(assets::favicon))
}
