//! `GET /auth/verify`: the check that a gateway makes for each request (nginx `auth_request`, Traefik, Envoy).

use axum::response::{IntoResponse, Response};
use hallpass_auth::Error;
use hallpass_model::Role;
use http::{HeaderName, StatusCode};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Bearer, Query};
use crate::problem::Problem;
use crate::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(verify))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// The role that the caller must have.
    #[param(value_type = Option<String>)]
    role: Option<Role>,
}

/// Verifies the caller's access token: 200 with `X-Auth-User`, `X-Auth-Role` and `X-Auth-Session`, or 401, or 403.
#[utoipa::path(
    get,
    path = "/auth/verify",
    tag = "verify",
    params(Wanted),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The token verifies", headers(
            ("X-Auth-User" = String), ("X-Auth-Role" = String), ("X-Auth-Session" = String))),
        (status = 403, description = "forbidden")
    )
)]
async fn verify(Bearer(principal): Bearer, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    if wanted.role.is_some_and(|role| role != principal.role) {
        return Err(Error::Forbidden.into());
    }
    let headers = [
        (HeaderName::from_static("x-auth-user"), principal.user.to_string()),
        (HeaderName::from_static("x-auth-role"), principal.role.to_string()),
        (HeaderName::from_static("x-auth-session"), principal.session.to_string()),
    ];
    Ok((StatusCode::OK, headers).into_response())
}
