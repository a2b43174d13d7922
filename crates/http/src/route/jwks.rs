//! `GET /.well-known/jwks.json`: what anybody verifies with.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, StatusCode};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::RequestCtx;
use crate::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(jwks))
}

/// The public keys (RFC 7517), the stand-by among them. Never a symmetric or private one.
#[utoipa::path(
    get,
    path = "/.well-known/jwks.json",
    tag = "verify",
    responses(
        (status = 200, description = "A JWK set", content_type = "application/jwk-set+json"),
        (status = 304, description = "Not changed")
    )
)]
async fn jwks(State(state): State<AppState>, ctx: RequestCtx, headers: HeaderMap) -> Response {
    let jwks = state.auth().services().jwks(&ctx);
    let shared = [
        (ETAG, jwks.etag.clone()),
        (CACHE_CONTROL, format!("public, max-age={}", jwks.max_age.as_secs())),
        // Public by nature: a page of any origin may verify with it.
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*".to_owned()),
    ];
    let known = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let is_current = known.flat_map(|list| list.split(',')).any(|tag| {
        let tag = tag.trim();
        tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == jwks.etag
    });
    if is_current {
        return (StatusCode::NOT_MODIFIED, shared).into_response();
    }
    ([(CONTENT_TYPE, "application/jwk-set+json")], shared, jwks.body.clone()).into_response()
}
