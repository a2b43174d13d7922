//! `/admin/users/{id}/sessions` and `/admin/sessions/{id}/timeline`: sessions, for the role `admin`.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use hallpass_auth::admin::Timeline;
use hallpass_model::trail::{Run, Suspect};
use hallpass_model::{SessionId, Timestamp, UserId};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::admin_audit::AuditEntry;
use super::dto::{SessionList, SessionPage};
use crate::extract::{Bearer, Id, Query, RequestCtx};
use crate::places::Places;
use crate::problem::{Problem, registry};
use crate::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(end)).routes(routes!(timeline))
}

/// Where a user is logged in.
#[utoipa::path(
    get,
    path = "/admin/users/{id}/sessions",
    tag = "admin",
    params(("id" = Uuid, Path, description = "The user's id"), SessionPage),
    security(("bearer" = ["admin"])),
    responses(
        (status = 200, body = SessionList)
    )
)]
async fn list(
    State(state): State<AppState>,
    ctx: RequestCtx,
    Bearer(principal): Bearer,
    id: Result<Id<UserId>, Problem>,
    page: Result<Query<SessionPage>, Problem>,
) -> Result<Json<SessionList>, Problem> {
    let admin = state.auth().admin(&principal).await?;
    let (Id(user), Query(page)) = (id?, page?);
    let page = admin.sessions(&ctx, &principal, user, page.request()?).await?;
    Ok(Json(SessionList::new(page, &state.http().places)))
}

/// Ends one session of a user.
#[utoipa::path(
    delete,
    path = "/admin/users/{id}/sessions/{sid}",
    tag = "admin",
    params(("id" = Uuid, Path, description = "The user's id"), ("sid" = Uuid, Path, description = "The session's id")),
    security(("bearer" = ["admin"])),
    responses(
        (status = 204, description = "It has ended")
    )
)]
async fn end(
    State(state): State<AppState>,
    ctx: RequestCtx,
    Bearer(principal): Bearer,
    ids: Result<Path<(UserId, SessionId)>, PathRejection>,
) -> Result<StatusCode, Problem> {
    let admin = state.auth().admin(&principal).await?;
    let Path((user, session)) = ids.map_err(|_| Problem::new(&registry::NOT_FOUND))?;
    admin.end_session(&ctx, user, session).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Refreshes in a row from one client address with one `User-Agent`.
#[derive(Serialize, ToSchema)]
struct RunView {
    /// The first token of the run; 0 is the one that the login brought.
    from_generation: u32,
    /// The last token of the run.
    to_generation: u32,
    /// RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    first_at: Timestamp,
    /// RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    last_at: Timestamp,
    /// The client address.
    ip: Option<String>,
    /// Where it is, as far as is known; absent otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    /// The client's `User-Agent`.
    user_agent: Option<String>,
}

impl RunView {
    fn new(run: Run, places: &Places) -> Self {
        Self {
            place: places.of(run.ip.as_deref()),
            from_generation: run.from,
            to_generation: run.to,
            first_at: run.first_at,
            last_at: run.last_at,
            ip: run.ip,
            user_agent: run.user_agent,
        }
    }
}

/// Which side of a reuse looks like the thief's.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "it describes the model's")]
enum SuspectName {
    Presenter,
    Rotator,
    SameClient,
    Unclear,
}

/// A spent token that came again.
#[derive(Serialize, ToSchema)]
struct ReuseView {
    /// RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Which token was presented.
    presented_generation: u32,
    /// Which token was good then.
    current_generation: u32,
    /// Where it came from.
    ip: Option<String>,
    /// Where that address is, as far as is known; absent otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    /// With which `User-Agent`.
    user_agent: Option<String>,
    /// Which side looks like the thief's: `presenter` (who brought the spent token), `rotator` (who had spent it),
    /// `same_client` (both look alike: a copy on the same machine, or a client that refreshes twice) or `unclear`.
    #[schema(value_type = SuspectName)]
    suspect: &'static str,
}

/// The life of a session, which is a refresh family.
#[derive(Serialize, ToSchema)]
struct TimelineView {
    /// The session.
    #[schema(value_type = Uuid)]
    session: SessionId,
    /// Whose it is.
    #[schema(value_type = Uuid)]
    user: UserId,
    /// The user's address.
    email: String,
    /// RFC 3339: the login.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    last_used_at: Timestamp,
    /// RFC 3339: when it ends if it is not used.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// RFC 3339.
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked_at: Option<Timestamp>,
    /// The event that ended it.
    revoked_by: Option<String>,
    /// RFC 3339: until when access tokens of it would have been good; they are refused since `revoked_at`.
    #[schema(value_type = Option<String>, format = DateTime)]
    refused_until: Option<Timestamp>,
    /// Who refreshed, from where, the oldest first. Of a long life the oldest may be gone. A token that is repeated
    /// within `token.refresh_grace` spends nothing and is not among them.
    runs: Vec<RunView>,
    /// Whether the oldest runs are gone.
    truncated: bool,
    /// The reuse that ended it.
    reuse: Option<ReuseView>,
    /// What the audit log tells of it, the oldest first.
    events: Vec<AuditEntry>,
}

impl TimelineView {
    fn new(timeline: Timeline, places: &Places) -> Self {
        let Timeline { life, reuse, events, refused_until } = timeline;
        let people = BTreeMap::from([(life.user, life.email.clone())]);
        let reuse = reuse.map(|(reuse, suspect)| ReuseView {
            at: reuse.at,
            presented_generation: reuse.presented,
            current_generation: reuse.current,
            place: places.of(reuse.ip.as_deref()),
            ip: reuse.ip,
            user_agent: reuse.user_agent,
            suspect: Suspect::as_str(suspect),
        });
        Self {
            session: life.id,
            user: life.user,
            email: life.email,
            created_at: life.created_at,
            last_used_at: life.last_used_at,
            expires_at: life.expires_at,
            revoked_at: life.revoked_at,
            revoked_by: life.revoked_by,
            refused_until,
            truncated: life.runs.first().is_some_and(|run| run.from > 0),
            runs: life.runs.into_iter().map(|run| RunView::new(run, places)).collect(),
            reuse,
            events: events.into_iter().map(|row| AuditEntry::new(row, &people)).collect(),
        }
    }
}

/// Who refreshed when and from where; after a reuse, which side looks like the thief's, and what was revoked.
#[utoipa::path(
    get,
    path = "/admin/sessions/{sid}/timeline",
    tag = "admin",
    params(("sid" = Uuid, Path, description = "The session's id")),
    security(("bearer" = ["admin"])),
    responses(
        (status = 200, body = TimelineView)
    )
)]
async fn timeline(
    State(state): State<AppState>,
    Bearer(principal): Bearer,
    id: Result<Id<SessionId>, Problem>,
) -> Result<Json<TimelineView>, Problem> {
    let admin = state.auth().admin(&principal).await?;
    Ok(Json(TimelineView::new(admin.timeline(id?.0).await?, &state.http().places)))
}
