//! `GET /admin/stats`: the counters that the console shows, for the role `admin`.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use hallpass_auth::admin::{Activity, Happening, Series};
use hallpass_model::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Bearer, RequestCtx};
use crate::problem::Problem;
use crate::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(stats)).routes(routes!(history))
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

/// Counts of steps of one length, the oldest first. The last step is not over.
#[derive(Debug, Serialize, ToSchema)]
struct SeriesView {
    /// Seconds of a step.
    step_secs: u32,
    /// RFC 3339: when the first step began.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// Good logins.
    logins: Vec<u32>,
    /// Logins that were refused, for whatever reason.
    refused_logins: Vec<u32>,
    /// Refreshes that were answered with a token.
    refreshes: Vec<u32>,
    /// Spent refresh tokens that came again.
    reuse: Vec<u32>,
    /// Locks that closed.
    locks: Vec<u32>,
}

impl From<Series> for SeriesView {
    fn from(series: Series) -> Self {
        Self {
            step_secs: series.step_secs,
            from: series.from,
            logins: series.of(Happening::Login),
            refused_logins: series.of(Happening::RefusedLogin),
            refreshes: series.of(Happening::Refresh),
            reuse: series.of(Happening::Reuse),
            locks: series.of(Happening::Lock),
        }
    }
}

/// What happened in this process lately. It is kept in memory and begins anew when the process does.
#[derive(Debug, Serialize, ToSchema)]
struct History {
    /// RFC 3339: when it was read.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The last hour, by minutes.
    hour: SeriesView,
    /// The last day, by quarters of an hour.
    day: SeriesView,
}

/// What happened in the last hour and in the last day.
#[utoipa::path(
    get,
    path = "/admin/stats/history",
    tag = "admin",
    operation_id = "stats_history",
    security(("bearer" = ["admin"])),
    responses(
        (status = 200, body = History)
    )
)]
async fn history(
    State(state): State<AppState>,
    ctx: RequestCtx,
    Bearer(principal): Bearer,
) -> Result<Json<History>, Problem> {
    let [hour, day] = state.auth().admin(&principal).await?.history(ctx.now);
    Ok(Json(History { at: ctx.now, hour: hour.into(), day: day.into() }))
}
