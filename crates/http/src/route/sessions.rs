//! `GET /auth/sessions`, `DELETE /auth/sessions/{id}`.

use axum::Json;
use axum::extract::State;
use hallpass_model::SessionId;
use http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::{SessionList, SessionPage};
use crate::extract::{Bearer, Id, Query, RequestCtx};
use crate::problem::Problem;
use crate::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(end))
}

/// Where am I logged in?
#[utoipa::path(
    get,
    path = "/auth/sessions",
    tag = "account",
    params(SessionPage),
    security(("bearer" = [])),
    responses(
        (status = 200, body = SessionList)
    )
)]
async fn list(
    State(state): State<AppState>,
    ctx: RequestCtx,
    Bearer(principal): Bearer,
    Query(page): Query<SessionPage>,
) -> Result<Json<SessionList>, Problem> {
    let page = state.auth().sessions().list(&ctx, &principal, page.request()?).await?;
    Ok(Json(SessionList::new(page, &state.http().places)))
}

/// Ends one of the caller's sessions.
#[utoipa::path(
    delete,
    path = "/auth/sessions/{id}",
    tag = "account",
    params(("id" = Uuid, Path, description = "The session's id")),
    security(("bearer" = [])),
    responses(
        (status = 204, description = "It has ended")
    )
)]
async fn end(
    State(state): State<AppState>,
    ctx: RequestCtx,
    Bearer(principal): Bearer,
    Id(session): Id<SessionId>,
) -> Result<StatusCode, Problem> {
    state.auth().sessions().end(&ctx, &principal, session).await?;
    Ok(StatusCode::NO_CONTENT)
}
