//! Pages and their assets, embedded in the binary. They load nothing from outside.

mod assets;
mod folder;
mod lab;
pub(crate) mod lost;
mod page;
mod pages;
pub(crate) mod problem;

use axum::Router;
use axum::routing::get;

use crate::state::AppState;

pub use self::folder::{File, lab_as_files};

/// What every page loads.
fn loaded() -> Router<AppState> {
    Router::new().route("/assets/{version}/{*name}", get(assets::show)).route("/favicon.ico", get(assets::favicon))
}

/// The lab's page, and nothing else.
pub(crate) fn lab_router() -> Router<AppState> {
    loaded().merge(lab::alone()).route("/problems/{code}", get(problem::show))
}

/// The pages and what they load; that of the lab only while it is open.
pub(crate) fn router(has_lab: bool) -> Router<AppState> {
    let pages = Router::new()
        .route("/", get(pages::sign_in))
        .route("/account", get(pages::account))
        .route("/reset", get(pages::reset))
        .route("/undo", get(pages::undo))
        .route("/.well-known/change-password", get(pages::change_password))
        .route("/console", get(pages::console))
        .route("/docs", get(pages::docs))
        .merge(loaded());
    if has_lab { pages.merge(lab::router()) } else { pages }
}
