//! `GET /auth/account/activity` and `GET /auth/account/export`: what is kept of one's own account.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hallpass_auth::{Error, OwnData, OwnEvent};
use hallpass_model::page::PageRequest;
use hallpass_model::{SessionId, Timestamp};
use http::HeaderValue;
use http::header::CONTENT_DISPOSITION;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::admin_audit::parsed;
use super::dto::{FullUser, PageOf, SessionView, page_size};
use crate::extract::{Bearer, Cursor, Query, RequestCtx};
use crate::problem::Problem;
use crate::state::AppState;

const AS_FILE: HeaderValue = HeaderValue::from_static("attachment; filename=\"hallpass-account.json\"");

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(activity)).routes(routes!(export))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ActivityFilter {
    /// Only events of this name.
    #[param(min_length = 1)]
    event: Option<String>,
    /// Where the page starts.
    #[param(min_length = 1)]
    cursor: Option<String>,
    /// 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Something that happened to one's own account.
#[derive(Debug, Serialize, ToSchema)]
struct OwnEventView {
    /// RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Its stable name.
    event: String,
    /// `you`, `anonymous`, `administrator`, `service`, `operator` or `system`.
    by: &'static str,
    /// The session it happened to.
    #[schema(value_type = Option<Uuid>)]
    session: Option<SessionId>,
    /// The client address; null for an event that another person caused.
    ip: Option<String>,
    /// The client's `User-Agent`; null for an event that another person caused.
    user_agent: Option<String>,
    /// Particulars.
    #[schema(value_type = Object)]
    detail: serde_json::Value,
}

impl From<OwnEvent> for OwnEventView {
    fn from(event: OwnEvent) -> Self {
        Self {
            at: event.at,
            event: event.event,
            by: event.by,
            session: event.session,
            ip: event.ip,
            user_agent: event.user_agent,
            detail: serde_json::from_str(&event.detail).unwrap_or_default(),
        }
    }
}

/// What happened to my account?
#[utoipa::path(
    get,
    path = "/auth/account/activity",
    tag = "account",
    params(ActivityFilter),
    security(("bearer" = [])),
    responses(
        (status = 200, body = PageOf<OwnEventView>)
    )
)]
async fn activity(
    State(state): State<AppState>,
    Bearer(principal): Bearer,
    Query(filter): Query<ActivityFilter>,
) -> Result<Json<PageOf<OwnEventView>>, Problem> {
    let event = parsed("event", filter.event, "There is no event of this name.")?;
    let limit = page_size(filter.limit, 50, 200)?;
    let page = PageRequest { after: Cursor::decode(filter.cursor.as_deref())?, limit };
    let page = state.auth().accounts().activity(&principal, event, page).await?;
    Ok(Json(PageOf {
        items: page.items.into_iter().map(OwnEventView::from).collect(),
        next_cursor: page.next.as_ref().map(Cursor::encode),
    }))
}

/// All that is kept of one's own account but its secrets.
#[derive(Debug, Serialize, ToSchema)]
struct Export {
    /// RFC 3339: when it was made.
    #[schema(value_type = String, format = DateTime)]
    exported_at: Timestamp,
    /// The account.
    account: FullUser,
    /// Live sessions: the one that this request belongs to first, then the newest.
    sessions: Vec<SessionView>,
    /// What happened, the newest first.
    events: Vec<OwnEventView>,
    /// Whether older sessions or events were left out.
    truncated: bool,
}

/// Exports one's own account: the account, its sessions, what happened to it. No hash, no token.
///
/// Five an hour; each is in the audit log.
#[utoipa::path(
    get,
    path = "/auth/account/export",
    tag = "account",
    security(("bearer" = [])),
    responses(
        (status = 200, body = Export),
        (status = 429, description = "too_many_attempts")
    )
)]
async fn export(State(state): State<AppState>, ctx: RequestCtx, Bearer(principal): Bearer) -> Response {
    let OwnData { user, sessions, events, truncated } = match state.auth().accounts().export(&ctx, &principal).await {
        Ok(data) => data,
        Err(error @ Error::TooManyAttempts { .. }) => {
            let words = "This account was exported five times within an hour — try again later";
            return Problem::from(error).detail(words.to_owned()).into_response();
        }
        Err(error) => return Problem::from(error).into_response(),
    };
    let places = &state.http().places;
    let export = Export {
        exported_at: ctx.now,
        account: FullUser::from(&user),
        sessions: sessions.into_iter().map(|session| SessionView::new(session, places)).collect(),
        events: events.into_iter().map(OwnEventView::from).collect(),
        truncated,
    };
    ([(CONTENT_DISPOSITION, AS_FILE)], Json(export)).into_response()
}
