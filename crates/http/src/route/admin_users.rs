//! `/admin/users`: for the role `admin`.

use axum::Json;
use axum::extract::State;
use hallpass_auth::Error;
use hallpass_auth::admin::UserPatch;
use hallpass_model::page::{Page, PageRequest};
use hallpass_model::user::{Status, User};
use hallpass_model::{Email, Role, Timestamp, UserId};
use hallpass_password::Password;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::{FullUser, PageOf, UserStatus, page_size};
use crate::extract::{Bearer, Body, Cursor, Id, Query, RequestCtx};
use crate::problem::Problem;
use crate::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, change, remove))
        .routes(routes!(unlock))
        .routes(routes!(logout))
        .routes(routes!(reset_password))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    /// Only addresses that contain this: those that begin with it first, then those whose domain does. Of the others each
    /// page looks at so many accounts and no more, so a page may hold fewer and not be the last: `next_cursor` says.
    q: Option<String>,
    /// Where the page starts.
    #[param(min_length = 1)]
    cursor: Option<String>,
    /// 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// The size of a page.
pub(super) fn page_limit(limit: Option<u32>) -> Result<u32, Problem> {
    page_size(limit, 50, 200)
}

/// Lists users by ascending id, or finds them by their address.
#[utoipa::path(
    get,
    path = "/admin/users",
    tag = "admin",
    params(ListQuery),
    security(("bearer" = ["admin"])),
    responses(
        (status = 200, body = PageOf<FullUser>)
    )
)]
async fn list(
    State(state): State<AppState>,
    Bearer(principal): Bearer,
    query: Result<Query<ListQuery>, Problem>,
) -> Result<Json<PageOf<FullUser>>, Problem> {
    let admin = state.auth().admin(&principal).await?;
    let Query(query) = query?;
    let (cursor, limit) = (query.cursor.as_deref(), page_limit(query.limit)?);
    let Some(text) = query.q.filter(|text| !text.is_empty()) else {
        return Ok(shown(&admin.users(PageRequest { after: Cursor::decode(cursor)?, limit }).await?));
    };
    Ok(shown(&admin.search_users(text, PageRequest { after: Cursor::decode(cursor)?, limit }).await?))
}

fn shown<K: ToString>(page: &Page<User, K>) -> Json<PageOf<FullUser>> {
    Json(PageOf {
        items: page.items.iter().map(FullUser::from).collect(),
        next_cursor: page.next.as_ref().map(Cursor::encode),
    })
}

/// An account to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewUser {
    /// The address.
    #[schema(min_length = 1)]
    email: String,
    /// The password; none beside `invite`.
    #[schema(format = Password, min_length = 1)]
    password: Option<String>,
    /// Whether a mail lets its owner choose the password.
    #[serde(default)]
    invite: bool,
    /// The role; `user` when left out.
    #[serde(default = "Role::user")]
    #[schema(value_type = String, default = "user", min_length = 1)]
    role: Role,
}

/// Makes an account, with a password or with a mail by which its owner chooses one.
#[utoipa::path(
    post,
    path = "/admin/users",
    tag = "admin",
    request_body = NewUser,
    security(("bearer" = ["admin"])),
    responses(
        (status = 201, body = FullUser),
        (status = 404, description = "no_mail"),
        (status = 409, description = "email_taken"),
        (status = 503, description = "overloaded, unavailable")
    )
)]
async fn create(
    State(state): State<AppState>,
    ctx: RequestCtx,
    Bearer(principal): Bearer,
    body: Result<Body<NewUser>, Problem>,
) -> Result<(StatusCode, Json<FullUser>), Problem> {
    let admin = state.auth().admin(&principal).await?;
    let Body(NewUser { email, password, invite, role }) = body?;
    Email::parse(&email).map_err(Error::from)?;
    let user = match (password, invite) {
        (Some(password), false) => admin.create_user(&ctx, &email, Password::from(password), role).await?,
        (None, true) => admin.invite_user(&ctx, &email, role).await?,
        (Some(_), true) => return Err(Problem::invalid("password", "Send `password` or `invite`, not both.")),
        (None, false) => return Err(Problem::invalid("password", "Send `password`, or `invite` to have it chosen.")),
    };
    Ok((StatusCode::CREATED, Json(FullUser::from(&user))))
}

/// One user.
#[utoipa::path(
    get,
    path = "/admin/users/{id}",
    tag = "admin",
    params(("id" = Uuid, Path, description = "The user's id")),
    security(("bearer" = ["admin"])),
    responses(
        (status = 200, body = FullUser)
    )
)]
async fn show(
    State(state): State<AppState>,
    Bearer(principal): Bearer,
    id: Result<Id<UserId>, Problem>,
) -> Result<Json<FullUser>, Problem> {
    let admin = state.auth().admin(&principal).await?;
    let user = admin.user(id?.0).await?;
    Ok(Json(FullUser::from(&user)))
}

/// What to change; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangeUser {
    /// The role.
    #[schema(value_type = Option<String>, min_length = 1)]
    role: Option<Role>,
    /// Whether the user may log in.
    #[schema(value_type = Option<UserStatus>)]
    status: Option<Status>,
    /// The address.
    #[schema(min_length = 1)]
    email: Option<String>,
}

/// Changes a user. A new role refuses the user's live access tokens at once; a suspension ends every session too.
#[utoipa::path(
    patch,
    path = "/admin/users/{id}",
    tag = "admin",
    params(("id" = Uuid, Path, description = "The user's id")),
    request_body = ChangeUser,
    security(("bearer" = ["admin"])),
    responses(
        (status = 200, body = FullUser),
        (status = 409, description = "email_taken, last_admin")
    )
)]
async fn change(
    State(state): State<AppState>,
    ctx: RequestCtx,
    Bearer(principal): Bearer,
    id: Result<Id<UserId>, Problem>,
    body: Result<Body<ChangeUser>, Problem>,
) -> Result<Json<FullUser>, Problem> {
    let admin = state.auth().admin(&principal).await?;
    let (Id(id), Body(ChangeUser { role, status, email })) = (id?, body?);
    let user = admin.update_user(&ctx, id, UserPatch { role, status, email }).await?;
    Ok(Json(FullUser::from(&user)))
}

/// Deletes a user with all sessions.
#[utoipa::path(
    delete,
    path = "/admin/users/{id}",
    tag = "admin",
    params(("id" = Uuid, Path, description = "The user's id")),
    security(("bearer" = ["admin"])),
    responses(
        (status = 204, description = "Deleted"),
        (status = 409, description = "last_admin")
    )
)]
async fn remove(
    State(state): State<AppState>,
    ctx: RequestCtx,
    Bearer(principal): Bearer,
    id: Result<Id<UserId>, Problem>,
) -> Result<StatusCode, Problem> {
    state.auth().admin(&principal).await?.delete_user(&ctx, id?.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends a lockout.
#[utoipa::path(
    post,
    path = "/admin/users/{id}/unlock",
    tag = "admin",
    params(("id" = Uuid, Path, description = "The user's id")),
    security(("bearer" = ["admin"])),
    responses(
        (status = 204, description = "Unlocked")
    )
)]
async fn unlock(
    State(state): State<AppState>,
    ctx: RequestCtx,
    Bearer(principal): Bearer,
    id: Result<Id<UserId>, Problem>,
) -> Result<StatusCode, Problem> {
    state.auth().admin(&principal).await?.unlock_user(&ctx, id?.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends every session of a user.
#[utoipa::path(
    post,
    path = "/admin/users/{id}/logout",
    tag = "admin",
    params(("id" = Uuid, Path, description = "The user's id")),
    security(("bearer" = ["admin"])),
    responses(
        (status = 204, description = "Logged out everywhere")
    )
)]
async fn logout(
    State(state): State<AppState>,
    ctx: RequestCtx,
    Bearer(principal): Bearer,
    id: Result<Id<UserId>, Problem>,
) -> Result<StatusCode, Problem> {
    state.auth().admin(&principal).await?.logout_user(&ctx, id?.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A password that was made for a user.
#[derive(Serialize, ToSchema)]
struct OneTimePassword {
    /// To be handed to its owner. It is shown this once.
    #[schema(format = Password)]
    password: String,
    /// RFC 3339: until when it is good.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// Replaces a user's password by a one-time password, and ends every session of the user.
///
/// The server makes the password. Its owner replaces it at the next login (`new_password` of `POST /auth/login`).
#[utoipa::path(
    post,
    path = "/admin/users/{id}/password",
    tag = "admin",
    params(("id" = Uuid, Path, description = "The user's id")),
    security(("bearer" = ["admin"])),
    responses(
        (status = 200, body = OneTimePassword),
        (status = 409, description = "own_password"),
        (status = 503, description = "overloaded, unavailable")
    )
)]
async fn reset_password(
    State(state): State<AppState>,
    ctx: RequestCtx,
    Bearer(principal): Bearer,
    id: Result<Id<UserId>, Problem>,
) -> Result<Json<OneTimePassword>, Problem> {
    let made = state.auth().admin(&principal).await?.reset_password(&ctx, id?.0).await?;
    let shown = OneTimePassword { password: made.password.to_string(), expires_at: made.expires_at };
    Ok(Json(shown))
}
