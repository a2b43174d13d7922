//! `/admin/keys`: the key ring, for the role `admin`.

use axum::Json;
use axum::extract::State;
use hallpass_model::Timestamp;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Bearer, Id, OptionalBody, RequestCtx};
use crate::problem::Problem;
use crate::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(rotate)).routes(routes!(revoke))
}

/// Where a signing key is in its life.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "it describes the model's")]
enum KeyStateName {
    Announced,
    Active,
    Retired,
    Gone,
    Revoked,
}

/// A signing key, without its private half.
#[derive(Serialize, ToSchema)]
struct KeyView {
    /// RFC 7638 thumbprint.
    kid: String,
    /// The JOSE algorithm.
    algorithm: String,
    /// Where it is in its life.
    #[schema(value_type = KeyStateName)]
    state: &'static str,
    /// RFC 3339: when it was published.
    #[schema(value_type = String, format = DateTime)]
    announced_at: Timestamp,
    /// RFC 3339: when it began to sign.
    #[schema(value_type = Option<String>, format = DateTime)]
    active_from: Option<Timestamp>,
    /// RFC 3339: when it stopped signing.
    #[schema(value_type = Option<String>, format = DateTime)]
    retired_at: Option<Timestamp>,
    /// RFC 3339: when its last token has expired.
    #[schema(value_type = Option<String>, format = DateTime)]
    gone_at: Option<Timestamp>,
    /// RFC 3339: when it was revoked.
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked_at: Option<Timestamp>,
    /// RFC 3339: from when a stand-by may sign.
    #[schema(value_type = Option<String>, format = DateTime)]
    ripe_at: Option<Timestamp>,
}

/// The key ring.
#[derive(Serialize, ToSchema)]
struct KeyList {
    /// The oldest first.
    keys: Vec<KeyView>,
}

fn views(keys: Vec<hallpass_auth::keys::KeyView>) -> Json<KeyList> {
    let view = |key: hallpass_auth::keys::KeyView| KeyView {
        state: key.state.as_str(),
        announced_at: key.announced_at,
        active_from: key.active_from,
        retired_at: key.retired_at,
        gone_at: key.gone_at,
        revoked_at: key.revoked_at,
        ripe_at: key.ripe_at,
        kid: key.kid,
        algorithm: key.algorithm,
    };
    Json(KeyList { keys: keys.into_iter().map(view).collect() })
}

/// The key ring, with the life cycle of each key.
#[utoipa::path(
    get,
    path = "/admin/keys",
    tag = "admin",
    security(("bearer" = ["admin"])),
    responses(
        (status = 200, body = KeyList)
    )
)]
async fn list(
    State(state): State<AppState>,
    ctx: RequestCtx,
    Bearer(principal): Bearer,
) -> Result<Json<KeyList>, Problem> {
    Ok(views(state.auth().admin(&principal).await?.keys(&ctx).await?))
}

/// How to rotate.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Rotation {
    /// Rotate although verifiers may not know the next key yet.
    #[serde(default)]
    force: bool,
}

/// The next key signs; the old ones verify until their last token has expired.
#[utoipa::path(
    post,
    path = "/admin/keys/rotate",
    tag = "admin",
    request_body = Option<Rotation>,
    security(("bearer" = ["admin"])),
    responses(
        (status = 200, body = KeyList),
        (status = 409, description = "key_not_ripe")
    )
)]
async fn rotate(
    State(state): State<AppState>,
    ctx: RequestCtx,
    Bearer(principal): Bearer,
    body: Result<OptionalBody<Rotation>, Problem>,
) -> Result<Json<KeyList>, Problem> {
    let admin = state.auth().admin(&principal).await?;
    let rotation = body?.0.unwrap_or_default();
    Ok(views(admin.rotate_keys(&ctx, rotation.force).await?))
}

/// Revokes a key: everything it signed is refused at once.
#[utoipa::path(
    delete,
    path = "/admin/keys/{kid}",
    tag = "admin",
    params(("kid" = String, Path, description = "The key's thumbprint")),
    security(("bearer" = ["admin"])),
    responses(
        (status = 204, description = "Revoked")
    )
)]
async fn revoke(
    State(state): State<AppState>,
    ctx: RequestCtx,
    Bearer(principal): Bearer,
    kid: Result<Id<String>, Problem>,
) -> Result<StatusCode, Problem> {
    state.auth().admin(&principal).await?.revoke_key(&ctx, &kid?.0).await?;
    Ok(StatusCode::NO_CONTENT)
}
