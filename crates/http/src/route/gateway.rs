//! `GET /auth/verify`: the check that a gateway makes for each request (nginx `auth_request`, Traefik, Envoy).

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use axum::routing::any;
use hallpass_auth::{Error, Principal};
use hallpass_model::Role;
use http::{HeaderName, StatusCode, Uri};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Bearer, Query};
use crate::gateway_question::{CHECK, roles_asked};
use crate::problem::{Problem, registry};
use crate::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(verify))
        // Traefik's `preserveRequestMethod`: the check has the method of the request that it is for.
        .route(CHECK, any(verify))
        .route("/auth/verify/", any(verify_below))
        .route("/auth/verify/{*path}", any(verify_below))
        // Envoy's `path_prefix`: it has the path and the query as well.
        .route("/auth/forwarded/", any(verify_forwarded))
        .route("/auth/forwarded/{*path}", any(verify_forwarded))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// The role that the caller must have.
    #[param(value_type = Option<String>, min_length = 1)]
    role: Option<Role>,
}

/// Verifies the caller's access token: 200 with `X-Auth-User`, `X-Auth-Role` and `X-Auth-Session`, or 401, or 403.
///
/// Any other method does the same, and so does any path below this one. A role that is asked for there, in the query or
/// the path and in whatever spelling, must be the caller's, too. Below `/auth/forwarded/` nothing but the token is read.
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
async fn verify(bearer: Result<Bearer, Problem>, wanted: Result<Query<Wanted>, Problem>) -> Result<Response, Problem> {
    let principal = caller(bearer)?;
    if wanted?.0.role.is_some_and(|role| role != principal.role) {
        return Err(Error::Forbidden.into());
    }
    Ok(known(&principal))
}

/// The same below the check's own path. An operator who writes `/auth/verify/?role=admin` means the role: a gateway would
/// take 200 for a yes to it. A caller whose query a gateway sends along can only ask more of itself in this way.
async fn verify_below(bearer: Result<Bearer, Problem>, uri: Uri) -> Result<Response, Problem> {
    let principal = caller(bearer)?;
    let question = uri.path_and_query().map_or("", |text| text.as_str());
    if roles_asked(question).iter().any(|role| role != principal.role.as_str()) {
        return Err(Error::Forbidden.into());
    }
    Ok(known(&principal))
}

/// The same for a gateway that sends the whole original request along: its path and query mean nothing here, and ask
/// for no role.
async fn verify_forwarded(bearer: Result<Bearer, Problem>) -> Result<Response, Problem> {
    let principal = caller(bearer)?;
    Ok(known(&principal))
}

/// Gateways know 200, 401 and 403, and take anything else for a failure of their own (nginx answers 500): what is a
/// malformed request elsewhere is 401 here.
fn caller(bearer: Result<Bearer, Problem>) -> Result<Arc<Principal>, Problem> {
    bearer.map(|Bearer(principal)| principal).map_err(|problem| {
        let is_malformed = problem.code() == registry::AMBIGUOUS_CREDENTIAL.code;
        if is_malformed { problem.answered_with(StatusCode::UNAUTHORIZED) } else { problem }
    })
}

fn known(principal: &Principal) -> Response {
    let headers = [
        (HeaderName::from_static("x-auth-user"), principal.user.to_string()),
        (HeaderName::from_static("x-auth-role"), principal.role.to_string()),
        (HeaderName::from_static("x-auth-session"), principal.session.to_string()),
    ];
    (StatusCode::OK, headers).into_response()
}
