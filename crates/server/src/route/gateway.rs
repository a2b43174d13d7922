//! `GET /auth/verify`: the check that a gateway makes for each request (nginx `auth_request`, Traefik, Envoy).

use axum::response::{IntoResponse, Response};
use axum::routing::any;
use hallpass_auth::{Error, Principal};
use hallpass_model::Role;
use http::{HeaderName, StatusCode};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Bearer, Query};
use crate::problem::{Challenge, Problem, registry};
use crate::state::AppState;

/// Where gateways ask.
const CHECK: &str = "/auth/verify";

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(verify))
        // Traefik's `preserveRequestMethod`: the check has the method of the request that it is for.
        .route(CHECK, any(verify))
        // Envoy's `path_prefix`: it has the path as well.
        .route("/auth/verify/", any(verify_forwarded))
        .route("/auth/verify/{*path}", any(verify_forwarded))
}

/// Whether a request to this path is a gateway's check, and its method therefore somebody else's.
pub(crate) fn is_check(path: &str) -> bool {
    path.strip_prefix(CHECK).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
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
///
/// Any other method does the same, and so does any path below this one, whose query is not read: gateways forward them.
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

/// The same for a request whose path and query are those of another server: neither means anything here, and a query
/// that a stranger wrote must not choose a role.
async fn verify_forwarded(bearer: Result<Bearer, Problem>) -> Result<Response, Problem> {
    Ok(known(&caller(bearer)?))
}

/// Gateways know 200, 401 and 403, and take anything else for a failure of their own (nginx answers 500): a credential
/// of another kind, two of them, or one in the URL is a caller whom nobody knows.
fn caller(bearer: Result<Bearer, Problem>) -> Result<Principal, Problem> {
    let one_expected = || {
        let kind = &registry::AMBIGUOUS_CREDENTIAL;
        Problem::new(&registry::INVALID_TOKEN).detail(kind.detail).challenge(Challenge::InvalidRequest)
    };
    let is_ambiguous = |problem: &Problem| problem.code() == registry::AMBIGUOUS_CREDENTIAL.code;
    match bearer {
        Ok(Bearer(principal)) => Ok(principal),
        Err(problem) if is_ambiguous(&problem) => Err(one_expected()),
        Err(problem) => Err(problem),
    }
}

fn known(principal: &Principal) -> Response {
    let headers = [
        (HeaderName::from_static("x-auth-user"), principal.user.to_string()),
        (HeaderName::from_static("x-auth-role"), principal.role.to_string()),
        (HeaderName::from_static("x-auth-session"), principal.session.to_string()),
    ];
    (StatusCode::OK, headers).into_response()
}
