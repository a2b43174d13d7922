//! `GET /healthz`, `/readyz`, `/metrics`: for the operator's listener.

use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::RequestCtx;
use crate::problem::{Problem, registry};
use crate::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    probes().routes(routes!(metrics))
}

/// Whether the server is well, which anyone may know.
pub(super) fn probes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(alive)).routes(routes!(ready))
}

/// The process answers.
#[utoipa::path(get, path = "/healthz", tag = "operator", responses((status = 200, description = "Alive")))]
async fn alive() -> &'static str {
    "ok\n"
}

/// The server can serve: the store can be written, revocations were read in the last ten seconds, a key can sign, and it is not shutting down.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "operator",
    responses(
        (status = 200, description = "Ready"),
        (status = 503, description = "unavailable")
    )
)]
async fn ready(State(state): State<AppState>, ctx: RequestCtx) -> Result<&'static str, Problem> {
    if state.is_draining() {
        let problem = Problem::new(&registry::UNAVAILABLE).retry_after(Duration::from_secs(5));
        return Err(problem.detail("The server is shutting down."));
    }
    state.auth().background().ready(&ctx).await?;
    Ok("ready\n")
}

/// Measurements in the Prometheus text format.
#[utoipa::path(get, path = "/metrics", tag = "operator", responses((status = 200, description = "Prometheus text")))]
async fn metrics(State(state): State<AppState>) -> Response {
    metrics::gauge!("hallpass_feed_age_seconds").set(state.auth().background().feed_age().as_secs_f64());
    let text = state.metrics().map(metrics_exporter_prometheus::PrometheusHandle::render).unwrap_or_default();
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
