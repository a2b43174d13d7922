//! `GET /admin/stats`: the counters that the console shows, for the role `admin`.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use hallpass_auth::admin::Activity;
use hallpass_model::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Bearer, RequestCtx};
use crate::problem::Problem;
use crate::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(stats))
}

/// Counters of this process since it started: the same that `/metrics` shows.
#[derive(Debug, Serialize, ToSchema)]
struct Stats {
    /// RFC 3339: when they were read.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Logins by result: `success`, or the code of the refusal.
    logins: BTreeMap<&'static str, u64>,
    /// Refreshes by result: `rotated`, `repeated`, `reuse`, `invalid`, `unavailable`.
    refreshes: BTreeMap<&'static str, u64>,
    /// Accounts locked by failures in a row.
    lockouts: u64,
    /// Passwords that wait to be hashed or checked.
    hash_queue: u64,
    /// Passwords turned away because that queue was full.
    hash_shed: u64,
    /// Entries of the denylist.
    denylist: u64,
    /// Requests answered.
    requests: u64,
}

/// What happens right now.
#[utoipa::path(
    get,
    path = "/admin/stats",
    tag = "admin",
    security(("bearer" = ["admin"])),
    responses(
        (status = 200, body = Stats)
    )
)]
async fn stats(
    State(state): State<AppState>,
    ctx: RequestCtx,
    Bearer(principal): Bearer,
) -> Result<Json<Stats>, Problem> {
    let Activity { logins, refreshes, lockouts, hash_queue, hash_shed, denylist } =
        state.auth().admin(&principal).await?.activity();
    let requests = state.requests();
    Ok(Json(Stats { at: ctx.now, logins, refreshes, lockouts, hash_queue, hash_shed, denylist, requests }))
}
