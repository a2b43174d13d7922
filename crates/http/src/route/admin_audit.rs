//! `GET /admin/audit`: the audit log, newest first, for the role `admin`.

use std::collections::BTreeMap;
use std::str::FromStr;

use axum::Json;
use axum::extract::State;
use hallpass_auth::admin::{AuditQuery, acting_user};
use hallpass_model::audit::AuditRecord;
use hallpass_model::{SessionId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::admin_users::page_limit;
use super::dto::PageOf;
use crate::extract::{Bearer, Cursor, Id, Query};
use crate::problem::Problem;
use crate::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct AuditFilter {
    /// Only what happened to the user of this id, attempts at the user's present address among it.
    #[param(value_type = Option<Uuid>)]
    user: Option<String>,
    /// Only what names this address, or happened to the user who has it. Not together with `user`.
    #[param(min_length = 1)]
    email: Option<String>,
    /// Only events of this name.
    #[param(min_length = 1)]
    event: Option<String>,
    /// Only what came from this client address.
    #[param(min_length = 1)]
    ip: Option<String>,
    /// Only from this instant on, RFC 3339.
    #[param(min_length = 1)]
    since: Option<String>,
    /// Only before this instant, RFC 3339.
    #[param(min_length = 1)]
    until: Option<String>,
    /// Where the page starts.
    #[param(min_length = 1)]
    cursor: Option<String>,
    /// 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

impl AuditFilter {
    fn query(self) -> Result<AuditQuery, Problem> {
        const TIME: &str = "A time such as 2027-01-15T08:00:00Z is expected.";
        Ok(AuditQuery {
            user: parsed("user", self.user, "This is not a user id.")?,
            email: self.email,
            event: parsed("event", self.event, "There is no event of this name.")?,
            ip: parsed("ip", self.ip, "This is not an IP address.")?,
            since: parsed("since", self.since, TIME)?,
            until: parsed("until", self.until, TIME)?,
            before: Cursor::decode(self.cursor.as_deref())?,
            limit: page_limit(self.limit)?,
        })
    }
}

/// A parameter, or the words that say what is expected of it.
pub(super) fn parsed<T: FromStr>(
    name: &'static str,
    text: Option<String>,
    words: &'static str,
) -> Result<Option<T>, Problem> {
    text.map(|text| text.parse().map_err(|_| Problem::invalid(name, words))).transpose()
}

/// A security event.
#[derive(Serialize, ToSchema)]
pub(super) struct AuditEntry {
    /// Its place in the log.
    seq: i64,
    /// RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Its stable name.
    event: String,
    /// `anonymous`, `user:<id>`, `client:<id>`, `operator` or `system`.
    actor: String,
    /// The present address of the user who did it; null when it was none, or the account is gone.
    actor_email: Option<String>,
    /// The user it happened to.
    #[schema(value_type = Option<Uuid>)]
    user: Option<UserId>,
    /// The present address of the user it happened to; null when the account is gone.
    user_email: Option<String>,
    /// The session it happened to.
    #[schema(value_type = Option<Uuid>)]
    session: Option<SessionId>,
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

impl AuditEntry {
    /// A row, with the addresses of those it names.
    pub(super) fn new(row: AuditRecord, people: &BTreeMap<UserId, String>) -> Self {
        let address = |user: Option<UserId>| people.get(&user?).cloned();
        Self {
            actor_email: address(acting_user(&row)),
            user_email: address(row.user),
            seq: row.seq,
            at: row.at,
            event: row.event,
            actor: row.actor,
            user: row.user,
            session: row.session,
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
    let page = admin.audit(filter.query()?).await?;
    let people = admin.people_of(&page.items).await?;
    Ok(Json(PageOf {
        items: page.items.into_iter().map(|row| AuditEntry::new(row, &people)).collect(),
        next_cursor: page.next.as_ref().map(Cursor::encode),
    }))
}

/// One row of the log.
#[utoipa::path(
    get,
    path = "/admin/audit/{seq}",
    tag = "admin",
    operation_id = "audit_row",
    params(("seq" = i64, Path, description = "Its place in the log")),
    security(("bearer" = ["admin"])),
    responses(
        (status = 200, body = AuditEntry)
    )
)]
async fn show(
    State(state): State<AppState>,
    Bearer(principal): Bearer,
    seq: Result<Id<i64>, Problem>,
) -> Result<Json<AuditEntry>, Problem> {
    let admin = state.auth().admin(&principal).await?;
    let row = admin.audit_row(seq?.0).await?;
    let people = admin.people_of(std::slice::from_ref(&row)).await?;
    Ok(Json(AuditEntry::new(row, &people)))
}
