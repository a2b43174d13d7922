//! `GET /auth/sessions`, `DELETE /auth/sessions/{id}`.

use axum::Json;
use axum::extract::State;
use hallpass_model::SessionId;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Bearer, Id, RequestCtx};
use crate::problem::Problem;
use crate::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(end))
}

/// A session of the caller.
#[derive(Serialize, ToSchema)]
struct SessionView {
    /// A UUID of version 7, the `sid` of its tokens.
    id: String,
    /// RFC 3339.
    created_at: String,
    /// RFC 3339.
    last_used_at: String,
    /// RFC 3339: when it ends if it is not used.
    expires_at: String,
    /// The client address of the last use.
    ip: Option<String>,
    /// The client's `User-Agent` at login.
    user_agent: Option<String>,
    /// Whether this request belongs to it.
    current: bool,
}

/// The caller's sessions.
#[derive(Serialize, ToSchema)]
struct SessionList {
    /// The newest first.
    sessions: Vec<SessionView>,
}

/// Where am I logged in?
#[utoipa::path(
    get,
    path = "/auth/sessions",
    tag = "account",
    security(("bearer" = [])),
    responses(
        (status = 200, body = SessionList)
    )
)]
async fn list(
    State(state): State<AppState>,
    ctx: RequestCtx,
    Bearer(principal): Bearer,
) -> Result<Json<SessionList>, Problem> {
    let sessions = state.auth().sessions(&ctx, &principal).await?;
    let view = |session: hallpass_auth::SessionView| SessionView {
        id: session.id.to_string(),
        created_at: session.created_at.to_string(),
        last_used_at: session.last_used_at.to_string(),
        expires_at: session.expires_at.to_string(),
        ip: session.ip,
        user_agent: session.user_agent,
        current: session.current,
    };
    Ok(Json(SessionList { sessions: sessions.into_iter().map(view).collect() }))
}

/// Ends one of the caller's sessions.
#[utoipa::path(
    delete,
    path = "/auth/sessions/{id}",
    tag = "account",
    params(("id" = String, Path, description = "The session's id")),
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
    state.auth().end_session(&ctx, &principal, session).await?;
    Ok(StatusCode::NO_CONTENT)
}
