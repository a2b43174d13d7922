//! `/admin/locks`: who is locked out, and how a lock is ended, for the role `admin`.

use axum::Json;
use axum::extract::State;
use hallpass_auth::admin::Lock;
use hallpass_model::page::{Page, PageRequest};
use hallpass_model::{Timestamp, UserId};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::admin_users::page_limit;
use super::dto::PageOf;
use crate::extract::{Bearer, Body, Cursor, Query, RequestCtx};
use crate::problem::Problem;
use crate::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(unlock))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct LockFilter {
    /// Only the lock on this address, whether an account has it or not.
    #[param(min_length = 1)]
    email: Option<String>,
    /// Where the page starts.
    #[param(min_length = 1)]
    cursor: Option<String>,
    /// 1 to 200; 50 when left out. A page may hold fewer and not be the last: `next_cursor` says.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// An address that cannot log in for now.
#[derive(Serialize, ToSchema)]
struct LockView {
    /// The address, in lower case.
    email: String,
    /// The user who has it; null when no account has.
    #[schema(value_type = Option<Uuid>)]
    user: Option<UserId>,
    /// RFC 3339; null when the audit log does not tell.
    #[schema(value_type = Option<String>, format = DateTime)]
    locked_at: Option<Timestamp>,
    /// RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    locked_until: Timestamp,
    /// The client address of the attempt that closed the lock.
    ip: Option<String>,
}

impl From<Lock> for LockView {
    fn from(lock: Lock) -> Self {
        Self {
            email: lock.email,
            user: lock.user,
            locked_at: lock.locked_at,
            locked_until: lock.locked_until,
            ip: lock.ip,
        }
    }
}

/// Locked addresses, the newest lock first.
#[utoipa::path(
    get,
    path = "/admin/locks",
    tag = "admin",
    params(LockFilter),
    security(("bearer" = ["admin"])),
    responses(
        (status = 200, body = PageOf<LockView>)
    )
)]
async fn list(
    State(state): State<AppState>,
    ctx: RequestCtx,
    Bearer(principal): Bearer,
    filter: Result<Query<LockFilter>, Problem>,
) -> Result<Json<PageOf<LockView>>, Problem> {
    let admin = state.auth().admin(&principal).await?;
    let Query(LockFilter { email, cursor, limit }) = filter?;
    let page = PageRequest { after: Cursor::decode(cursor.as_deref())?, limit: page_limit(limit)? };
    let page = match email {
        None => admin.locks(&ctx, page).await?,
        Some(email) => Page { items: admin.lock_of(&ctx, &email).await?.into_iter().collect(), next: None },
    };
    Ok(Json(PageOf {
        items: page.items.into_iter().map(LockView::from).collect(),
        next_cursor: page.next.as_ref().map(Cursor::encode),
    }))
}

/// Which lock to end.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Locked {
    /// The address, whether an account has it or not.
    #[schema(min_length = 1)]
    email: String,
}

/// Ends the lock on an address and forgets its failures.
#[utoipa::path(
    post,
    path = "/admin/locks/unlock",
    tag = "admin",
    operation_id = "unlock_address",
    request_body = Locked,
    security(("bearer" = ["admin"])),
    responses(
        (status = 204, description = "The address may try again")
    )
)]
async fn unlock(
    State(state): State<AppState>,
    ctx: RequestCtx,
    Bearer(principal): Bearer,
    body: Result<Body<Locked>, Problem>,
) -> Result<StatusCode, Problem> {
    let admin = state.auth().admin(&principal).await?;
    let Body(Locked { email }) = body?;
    admin.unlock(&ctx, &email).await?;
    Ok(StatusCode::NO_CONTENT)
}
