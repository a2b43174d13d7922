//! `GET /auth/me`, `POST /auth/password`.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hallpass_password::Password;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::FullUser;
use super::login::{refuse, remember};
use crate::extract::{Bearer, Body, RequestCtx};
use crate::problem::Problem;
use crate::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(me)).routes(routes!(change_password))
}

/// Who am I?
#[utoipa::path(
    get,
    path = "/auth/me",
    tag = "account",
    security(("bearer" = [])),
    responses(
        (status = 200, body = FullUser)
    )
)]
async fn me(State(state): State<AppState>, Bearer(principal): Bearer) -> Result<Json<FullUser>, Problem> {
    let user = state.auth().sessions().me(&principal).await?;
    Ok(Json(FullUser::from(&user)))
}

/// The current password and the new one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordChange {
    /// The current password.
    #[schema(format = Password)]
    current_password: String,
    /// The new one.
    #[schema(format = Password, min_length = 1)]
    new_password: String,
}

/// Changes the caller's password and ends every other session.
#[utoipa::path(
    post,
    path = "/auth/password",
    tag = "account",
    security(("bearer" = [])),
    request_body = PasswordChange,
    responses(
        (status = 204, description = "Changed; every other session has ended"),
        (status = 403, description = "wrong_password"),
        (status = 429, description = "account_locked, login_in_progress"),
        (status = 503, description = "overloaded, unavailable")
    )
)]
async fn change_password(
    State(state): State<AppState>,
    ctx: RequestCtx,
    headers: HeaderMap,
    Bearer(principal): Bearer,
    Body(body): Body<PasswordChange>,
) -> Response {
    let ctx = ctx.in_browser(&headers, &state);
    let (current, new) = (Password::from(body.current_password), Password::from(body.new_password));
    match state.auth().accounts().change_password(&ctx, &principal, current, new).await {
        Ok(device) => {
            let mut answer = StatusCode::NO_CONTENT.into_response();
            remember(&state, &mut answer, device.as_ref());
            answer
        }
        Err(error) => refuse(&state, error),
    }
}
