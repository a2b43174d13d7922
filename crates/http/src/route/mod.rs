//! The routes: a file a resource. A handler parses, calls one use case, renders.

mod account;
mod admin_audit;
mod admin_config;
mod admin_keys;
mod admin_locks;
mod admin_mail;
mod admin_sessions;
mod admin_stats;
mod admin_users;
mod admin_webhooks;
mod dto;
mod feed;
mod gateway;
mod jwks;
mod login;
mod mail;
mod meta;
mod oauth;
mod operator;
mod own_data;
mod refresh;
mod sessions;

use axum::Router;
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;

use crate::problem::{Problem, registry};
use crate::state::AppState;
use crate::{layer, ui};

pub use self::dto::{RateLimited, TokenAnswer};
pub use self::meta::describe;

/// The routes that read or set the refresh cookie: no page of another origin may ask for them.
fn cookie_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().merge(login::router()).merge(refresh::router())
}

fn other_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(account::router())
        .merge(mail::router())
        .merge(own_data::router())
        .merge(sessions::router())
        .merge(gateway::router())
        .merge(jwks::router())
        .merge(admin_users::router())
        .merge(admin_keys::router())
        .merge(admin_audit::router())
        .merge(admin_sessions::router())
        .merge(admin_stats::router())
        .merge(admin_config::router())
        .merge(admin_locks::router())
        .merge(admin_mail::router())
        .merge(admin_webhooks::router())
        .merge(oauth::router())
        .merge(feed::router())
        .merge(meta::router())
}

/// Every route that has a part of the API description.
fn documented() -> OpenApiRouter<AppState> {
    cookie_routes().merge(other_routes()).merge(operator::router())
}

/// The whole server as one router, with further routes; tests drive it without a socket.
pub fn router(state: &AppState, more: Router<AppState>) -> Router {
    finish_with_pages(public_routes(state).merge(plain(operator::router())).merge(more), state)
}

/// The router of the public listener when the operator's routes have a listener of their own.
pub fn public_router(state: &AppState, more: Router<AppState>) -> Router {
    finish_with_pages(public_routes(state).merge(more), state)
}

/// The router of the lab alone, with its routes: no login, no account, no key, no metric outside of a sandbox.
pub fn lab_router(state: &AppState, lab: Router<AppState>) -> Router {
    finish_with_pages(ui::lab_router().merge(plain(operator::probes())).merge(lab), state)
}

/// The routes of the operator's listener alone.
pub fn operator_router(state: &AppState) -> Router {
    finish(plain(operator::router()), state)
}

/// The router of a sandbox: everything a client may call, without what the outer router does around it.
pub fn sandbox_router(state: &AppState) -> Router {
    let routes = guarded(plain(cookie_routes()), state).merge(plain(other_routes()));
    layer::within(routes.fallback(not_found).method_not_allowed_fallback(method_not_allowed), state)
}

/// What a probe asks for.
pub const OPERATOR_PATHS: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

fn public_routes(state: &AppState) -> Router<AppState> {
    guarded(plain(cookie_routes()), state).merge(plain(other_routes())).merge(ui::router(state.http().has_lab))
}

/// No page of another origin may ask for these.
pub fn guarded(routes: Router<AppState>, state: &AppState) -> Router<AppState> {
    routes.route_layer(axum::middleware::from_fn_with_state(state.clone(), layer::same_origin_only))
}

/// Without its part of the description.
fn plain(routes: OpenApiRouter<AppState>) -> Router<AppState> {
    routes.split_for_parts().0
}

fn finish_with_pages(routes: Router<AppState>, state: &AppState) -> Router {
    let routes = routes.fallback(ui::lost::not_found).method_not_allowed_fallback(ui::lost::method_not_allowed);
    layer::around(routes, state)
}

/// Without pages, where nothing is served that they would load.
fn finish(routes: Router<AppState>, state: &AppState) -> Router {
    layer::around(routes.fallback(not_found).method_not_allowed_fallback(method_not_allowed), state)
}

async fn not_found() -> Response {
    Problem::new(&registry::NOT_FOUND).into_response()
}

async fn method_not_allowed() -> Response {
    Problem::new(&registry::METHOD_NOT_ALLOWED).into_response()
}
