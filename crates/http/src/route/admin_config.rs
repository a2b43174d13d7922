//! `GET /admin/config`: the configuration in force, for the role `admin`.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::Bearer;
use crate::problem::Problem;
use crate::state::{AppState, Shown};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(config))
}

/// What is in force.
#[derive(Serialize, ToSchema)]
struct Settings {
    /// Every setting, secrets masked; empty when the server was not started from a configuration.
    settings: Vec<Shown>,
}

/// The configuration in force, secrets masked.
#[utoipa::path(
    get,
    path = "/admin/config",
    tag = "admin",
    security(("bearer" = ["admin"])),
    responses(
        (status = 200, body = Settings)
    )
)]
async fn config(State(state): State<AppState>, Bearer(principal): Bearer) -> Result<Json<Settings>, Problem> {
    state.auth().admin(&principal).await?;
    Ok(Json(Settings { settings: state.shown_config().to_vec() }))
}
