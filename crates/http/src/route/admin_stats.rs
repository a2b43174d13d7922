//! `GET /admin/stats`: the counters that the console shows, for the role `admin`.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
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

/// Counters of this process since it started: the same that `/metrics` tells, at this instant.
#[derive(Debug, Serialize, ToSchema)]
struct Stats {
    /// RFC 3339: when they were read.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Logins by result: `success`, or the code of the refusal.
    logins: BTreeMap<String, u64>,
    /// Refreshes by result: `rotated`, `repeated`, `reuse`, `invalid`, `unavailable`.
    refreshes: BTreeMap<String, u64>,
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

impl Stats {
    /// Reads the exposition format, which is what the recorder gives; histograms are passed over.
    fn read(at: Timestamp, text: &str) -> Self {
        let mut stats = Self {
            at,
            logins: BTreeMap::new(),
            refreshes: BTreeMap::new(),
            lockouts: 0,
            hash_queue: 0,
            hash_shed: 0,
            denylist: 0,
            requests: 0,
        };
        for (name, labels, value) in text.lines().filter_map(sample) {
            match name {
                "hallpass_logins_total" => add(&mut stats.logins, labels, value),
                "hallpass_refreshes_total" => add(&mut stats.refreshes, labels, value),
                "hallpass_lockouts_total" => stats.lockouts += value,
                "hallpass_hash_queue_depth" => stats.hash_queue += value,
                "hallpass_hash_shed_total" => stats.hash_shed += value,
                "hallpass_denylist_entries" => stats.denylist += value,
                "hallpass_http_requests_total" => stats.requests += value,
                _ => {}
            }
        }
        stats
    }
}

/// One line: name, labels, value. Counters and the gauges of interest are whole numbers.
fn sample(line: &str) -> Option<(&str, &str, u64)> {
    let (series, value) = line.rsplit_once(' ')?;
    let (name, labels) = series.split_once('{').unwrap_or((series, ""));
    Some((name, labels, value.parse().ok()?))
}

fn add(by_result: &mut BTreeMap<String, u64>, labels: &str, value: u64) {
    let result = labels.split_once("result=\"").and_then(|(_, rest)| rest.split('"').next());
    *by_result.entry(result.unwrap_or("other").to_owned()).or_default() += value;
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
    state.auth().admin(&principal).await?;
    let text = state.metrics().map(metrics_exporter_prometheus::PrometheusHandle::render).unwrap_or_default();
    Ok(Json(Stats::read(ctx.now, &text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_read_by_name_and_result() {
        let stats = Stats::read(
            Timestamp::EPOCH,
            "# TYPE hallpass_logins_total counter\nhallpass_logins_total{result=\"success\"} 3\n\
             hallpass_logins_total{result=\"invalid_credentials\"} 2\nhallpass_hash_queue_depth 1\n\
             hallpass_http_requests_total{method=\"GET\",route=\"/a b\",status=\"200\"} 5\n\
             hallpass_http_requests_total{method=\"GET\",route=\"/\",status=\"404\"} 7\n\
             hallpass_http_seconds_bucket{route=\"/\",le=\"0.1\"} 9\nhallpass_lockouts_total 4\n",
        );
        assert_eq!(stats.logins, BTreeMap::from([("success".to_owned(), 3), ("invalid_credentials".to_owned(), 2)]));
        assert_eq!((stats.hash_queue, stats.requests, stats.lockouts), (1, 12, 4));
    }
}
