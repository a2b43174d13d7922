//! The standard doors for services: metadata (RFC 8414), introspection (RFC 7662), revocation (RFC 7009).

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use hallpass_auth::{Active, ClientPrincipal};
use hallpass_jose::Alg;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL};
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Form, RequestCtx, service_client};
use crate::problem::Problem;
use crate::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(metadata)).routes(routes!(introspect)).routes(routes!(revoke))
}

/// How a service finds its way.
#[derive(Serialize, ToSchema)]
struct Metadata {
    /// The `iss` of every token.
    issuer: String,
    /// The key set.
    jwks_uri: String,
    /// RFC 7662.
    introspection_endpoint: String,
    /// How services prove who they are there.
    introspection_endpoint_auth_methods_supported: [&'static str; 2],
    /// With which algorithms an assertion may be signed.
    introspection_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
    /// RFC 7009.
    revocation_endpoint: String,
    /// How services prove who they are there.
    revocation_endpoint_auth_methods_supported: [&'static str; 2],
    /// With which algorithms an assertion may be signed.
    revocation_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
    /// None: tokens come from `/auth/login`.
    response_types_supported: [&'static str; 0],
    /// None: tokens come from `/auth/login`.
    grant_types_supported: [&'static str; 0],
    /// For people.
    service_documentation: String,
    /// What verifiers must refuse.
    revocation_feed_endpoint: String,
}

const METHODS: [&str; 2] = ["client_secret_basic", "private_key_jwt"];

/// Where everything is (RFC 8414).
#[utoipa::path(
    get,
    path = "/.well-known/oauth-authorization-server",
    tag = "verify",
    responses((status = 200, body = Metadata))
)]
async fn metadata(State(state): State<AppState>) -> impl IntoResponse {
    let issuer = state.auth().settings().token.issuer.clone();
    let at = |path: &str| format!("{issuer}{path}");
    let algorithms = || Alg::ALL.iter().filter(|alg| !alg.is_symmetric()).map(|alg| alg.as_str()).collect();
    // Public by nature, as the key set is: a page of any origin may find its way with it.
    let headers = [(CACHE_CONTROL, "public, max-age=300"), (ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    let metadata = Metadata {
        jwks_uri: at("/.well-known/jwks.json"),
        introspection_endpoint: at("/oauth/introspect"),
        introspection_endpoint_auth_methods_supported: METHODS,
        introspection_endpoint_auth_signing_alg_values_supported: algorithms(),
        revocation_endpoint: at("/oauth/revoke"),
        revocation_endpoint_auth_methods_supported: METHODS,
        revocation_endpoint_auth_signing_alg_values_supported: algorithms(),
        response_types_supported: [],
        grant_types_supported: [],
        service_documentation: at("/docs"),
        revocation_feed_endpoint: at("/revocations"),
        issuer,
    };
    (headers, Json(metadata))
}

/// A token to be looked at, as a form.
#[derive(ToSchema)]
#[allow(dead_code, reason = "the shape of the form, for the API description")]
struct TokenForm {
    /// The token.
    token: String,
    /// `access_token` or `refresh_token`; not needed, since the token tells.
    token_type_hint: Option<String>,
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`, without an `Authorization` header.
    client_assertion_type: Option<String>,
    /// The assertion, without an `Authorization` header.
    client_assertion: Option<String>,
}

/// What introspection says about a token; of one that is not good, only that.
#[derive(Serialize, ToSchema, Default)]
struct Introspection {
    /// Whether it is good at this moment.
    active: bool,
    /// `Bearer` for an access token, `refresh_token` for a refresh token.
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    /// The issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<String>,
    /// The audience of an access token.
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<String>,
    /// The user's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<String>,
    /// The user's role.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    /// The session.
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
    /// The id of an access token.
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
    /// When an access token was issued, seconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    iat: Option<i64>,
    /// When it expires, seconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
}

/// Is this token good? One indexed read at most, and no write (RFC 7662).
#[utoipa::path(
    post,
    path = "/oauth/introspect",
    tag = "verify",
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    security(("client" = [])),
    responses((status = 200, body = Introspection))
)]
async fn introspect(
    State(state): State<AppState>,
    ctx: RequestCtx,
    headers: HeaderMap,
    form: Result<Form, Problem>,
) -> Result<Json<Introspection>, Problem> {
    let (client, form) = authenticated(&state, &ctx, &headers, form).await?;
    let found = state.auth().services().introspect(&ctx, &client, form.require("token")?).await?;
    Ok(Json(found.map_or_else(Introspection::default, |active| describe(&state, active))))
}

/// Make this token bad: an access token is refused at once, a refresh token ends its session (RFC 7009).
#[utoipa::path(
    post,
    path = "/oauth/revoke",
    tag = "verify",
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    security(("client" = [])),
    responses((status = 200, description = "It is bad now, if it was not before"))
)]
async fn revoke(
    State(state): State<AppState>,
    ctx: RequestCtx,
    headers: HeaderMap,
    form: Result<Form, Problem>,
) -> Result<StatusCode, Problem> {
    let (client, form) = authenticated(&state, &ctx, &headers, form).await?;
    state.auth().services().revoke_token(&ctx, &client, form.require("token")?).await?;
    Ok(StatusCode::OK)
}

/// The client is checked first: only registered clients learn what is wrong with the form.
async fn authenticated(
    state: &AppState,
    ctx: &RequestCtx,
    headers: &HeaderMap,
    form: Result<Form, Problem>,
) -> Result<(ClientPrincipal, Form), Problem> {
    let client = service_client(state, ctx, headers, form.as_ref().ok()).await?;
    Ok((client, form?))
}

fn describe(state: &AppState, active: Active) -> Introspection {
    let settings = state.auth().settings();
    let known = Introspection { active: true, iss: Some(settings.token.issuer.clone()), ..Introspection::default() };
    match active {
        Active::Access(principal) => Introspection {
            token_type: Some("Bearer"),
            aud: Some(settings.token.audience.clone()),
            sub: Some(principal.user.to_string()),
            role: Some(principal.role.to_string()),
            sid: Some(principal.session.to_string()),
            jti: Some(principal.jti.clone()),
            iat: Some(principal.issued_at),
            exp: Some(principal.expires_at),
            ..known
        },
        Active::Refresh { user, role, session, expires_at } => Introspection {
            token_type: Some("refresh_token"),
            sub: Some(user.to_string()),
            role: Some(role.to_string()),
            sid: Some(session.to_string()),
            exp: Some(expires_at.secs()),
            ..known
        },
    }
}
