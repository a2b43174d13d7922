//! `GET /admin/audit`: the audit log, newest first, for the role `admin`.

use axum::Json;
use axum::extract::State;
use hallpass_auth::admin::AuditQuery;
use hallpass_model::audit::{Event, Recorded};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::admin_users::page_limit;
use super::dto::PageOf;
use crate::extract::{Bearer, Cursor, Query};
use crate::problem::Problem;
use crate::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct AuditFilter {
    /// Only what happened to this user.
    user: Option<String>,
    /// Only events of this name.
    event: Option<String>,
    /// Where the page starts.
    cursor: Option<String>,
    /// 1 to 200; 50 when left out.
    limit: Option<u32>,
}

/// A security event.
#[derive(Serialize, ToSchema)]
pub(super) struct AuditEntry {
    /// Its place in the log.
    seq: i64,
    /// RFC 3339.
    at: String,
    /// Its stable name.
    event: String,
    /// `anonymous`, `user:<id>`, `client:<id>`, `operator` or `system`.
    actor: String,
    /// The user it happened to.
    user: Option<String>,
    /// The session it happened to.
    session: Option<String>,
    /// The client address.
    ip: Option<String>,
    /// The client's `User-Agent`.
    user_agent: Option<String>,
    /// The request's `X-Request-Id`.
    request_id: Option<String>,
    /// Particulars.
    #[schema(value_type = Object)]
    detail: serde_json::Value,
}

impl From<Recorded> for AuditEntry {
    fn from(row: Recorded) -> Self {
        Self {
            seq: row.seq,
            at: row.at.to_string(),
            event: row.event,
            actor: row.actor,
            user: row.user.map(|id| id.to_string()),
            session: row.session.map(|id| id.to_string()),
            ip: row.ip,
            user_agent: row.user_agent,
            request_id: row.request_id,
            detail: serde_json::from_str(&row.detail).unwrap_or_default(),
        }
    }
}

/// Who did what, when, from where.
#[utoipa::path(
    get,
    path = "/admin/audit",
    tag = "admin",
    params(AuditFilter),
    security(("bearer" = ["admin"])),
    responses(
        (status = 200, body = PageOf<AuditEntry>)
    )
)]
async fn list(
    State(state): State<AppState>,
    Bearer(principal): Bearer,
    filter: Result<Query<AuditFilter>, Problem>,
) -> Result<Json<PageOf<AuditEntry>>, Problem> {
    let admin = state.auth().admin(&principal).await?;
    let Query(filter) = filter?;
    let user = filter.user.as_deref().map(str::parse).transpose();
    let event = filter.event.as_deref().map(|name| Event::from_name(name).ok_or(())).transpose();
    let query = AuditQuery {
        user: user.map_err(|_| Problem::invalid("user", "This is no user id."))?,
        event: event.map_err(|()| Problem::invalid("event", "There is no event of this name."))?,
        before: Cursor::decode(filter.cursor.as_deref())?,
        limit: page_limit(filter.limit)?,
    };
    let page = admin.audit(query).await?;
    Ok(Json(PageOf {
        items: page.items.into_iter().map(AuditEntry::from).collect(),
        next_cursor: page.next.as_ref().map(Cursor::encode),
    }))
}
