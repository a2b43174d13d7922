//! The routes: a file a resource. A handler parses, calls one use case, renders.

mod account;
mod admin_audit;
mod admin_keys;
mod admin_users;
mod dto;
mod gateway;
mod jwks;
mod login;
mod meta;
mod operator;
mod refresh;
mod sessions;

use axum::Router;
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;

use crate::problem::{Problem, page, registry};
use crate::state::AppState;
use crate::{layer, openapi, ui};

pub use self::dto::{RateLimited, TokenAnswer};

/// Every public route, with its part of the API description.
pub(crate) fn documented(state: &AppState) -> OpenApiRouter<AppState> {
    openapi::base()
        .merge(login::router(state))
        .merge(refresh::router(state))
        .merge(account::router())
        .merge(sessions::router())
        .merge(gateway::router())
        .merge(jwks::router())
        .merge(admin_users::router())
        .merge(admin_keys::router())
        .merge(admin_audit::router())
        .merge(meta::router())
        .merge(operator::router())
}

/// The whole server as one router; tests drive it without a socket.
pub fn router(state: &AppState) -> Router {
    around(state, true)
}

/// The router of the public listener when the operator's routes have a listener of their own.
pub fn public_router(state: &AppState) -> Router {
    around(state, false)
}

fn around(state: &AppState, with_operator: bool) -> Router {
    let (mut routes, _) = documented(state).split_for_parts();
    if !with_operator {
        routes = without_operator(state);
    }
    let routes = routes
        .route("/problems/{code}", axum::routing::get(page::show))
        .merge(ui::router())
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed);
    layer::around(routes, state)
}

fn without_operator(state: &AppState) -> Router<AppState> {
    let public = login::router(state)
        .merge(refresh::router(state))
        .merge(account::router())
        .merge(sessions::router())
        .merge(gateway::router())
        .merge(jwks::router())
        .merge(admin_users::router())
        .merge(admin_keys::router())
        .merge(admin_audit::router())
        .merge(meta::router());
    public.split_for_parts().0
}

/// The routes of the operator's listener alone.
pub fn operator_router(state: &AppState) -> Router {
    let routes = operator::router().split_for_parts().0.fallback(not_found);
    layer::around(routes.method_not_allowed_fallback(method_not_allowed), state)
}

async fn not_found() -> Response {
    Problem::new(&registry::NOT_FOUND).into_response()
}

async fn method_not_allowed() -> Response {
    Problem::new(&registry::METHOD_NOT_ALLOWED).into_response()
}
