//! Shapes that several routes share.

use std::time::Duration;

use axum::Json;
use axum::response::{IntoResponse, IntoResponseParts, Response, ResponseParts};
use hallpass_auth::{AccessToken, RefreshIssued};
use hallpass_model::page::{Page, PageRequest};
use hallpass_model::rate_limit::Budget;
use hallpass_model::user::{Status, User};
use hallpass_model::{SessionId, Timestamp, UserId};
use http::header::SET_COOKIE;
use http::{HeaderName, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::extract::{Cursor, set_cookie};
use crate::places::Places;
use crate::problem::{Problem, whole_seconds};
use crate::state::CookieSettings;

/// Where a client wants its refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// In an `HttpOnly` cookie, out of reach of scripts.
    #[default]
    Cookie,
    /// In the body, for clients without a cookie jar.
    Body,
}

/// A user as the API shows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserView {
    /// A UUID of version 7.
    #[schema(value_type = Uuid)]
    pub id: UserId,
    /// The address.
    pub email: String,
    /// The role.
    pub role: String,
}

impl From<&User> for UserView {
    fn from(user: &User) -> Self {
        Self { id: user.id, email: user.email.as_given().to_owned(), role: user.role.to_string() }
    }
}

/// Whether a user may log in and refresh.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "it describes the model's")]
pub(super) enum UserStatus {
    Active,
    Suspended,
}

/// A user with everything the API tells about one.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FullUser {
    /// Id, address and role.
    #[serde(flatten)]
    pub user: UserView,
    /// Whether the user may log in.
    #[schema(value_type = UserStatus)]
    pub status: Status,
    /// RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// RFC 3339; null before the first login.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_login_at: Option<Timestamp>,
    /// RFC 3339: until when the password is good, while it is a one-time password; null otherwise.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub one_time_password_until: Option<Timestamp>,
    /// RFC 3339: when the user proved to have the mailbox; null if never.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub email_verified_at: Option<Timestamp>,
    /// The id that another system knew the user by; null for who registered here.
    pub external_id: Option<String>,
}

impl From<&User> for FullUser {
    fn from(user: &User) -> Self {
        Self {
            user: user.into(),
            status: user.status,
            created_at: user.created_at,
            updated_at: user.updated_at,
            last_login_at: user.last_login_at,
            one_time_password_until: user.one_time_until,
            email_verified_at: user.email_verified_at,
            external_id: user.external_id.clone(),
        }
    }
}

/// A live session.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionView {
    /// A UUID of version 7, the `sid` of its tokens.
    #[schema(value_type = Uuid)]
    id: SessionId,
    /// RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    last_used_at: Timestamp,
    /// RFC 3339: when it ends if it is not used.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// The client address of the last use.
    ip: Option<String>,
    /// Where that address is, as far as the address or the server's database of places says; absent when nothing is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    /// The client's `User-Agent` at login.
    user_agent: Option<String>,
    /// Whether this request belongs to it.
    current: bool,
}

impl SessionView {
    pub(super) fn new(session: hallpass_auth::SessionView, places: &Places) -> Self {
        Self {
            place: places.of(session.ip.as_deref()),
            id: session.id,
            created_at: session.created_at,
            last_used_at: session.last_used_at,
            expires_at: session.expires_at,
            ip: session.ip,
            user_agent: session.user_agent,
            current: session.current,
        }
    }
}

/// Live sessions of one user.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionList {
    /// The one that this request belongs to first, then the newest.
    sessions: Vec<SessionView>,
    /// What to send as `cursor` for the next page; null at the end.
    next_cursor: Option<String>,
}

impl SessionList {
    pub(super) fn new(page: Page<hallpass_auth::SessionView, SessionId>, places: &Places) -> Self {
        Self {
            sessions: page.items.into_iter().map(|session| SessionView::new(session, places)).collect(),
            next_cursor: page.next.as_ref().map(Cursor::encode),
        }
    }
}

/// Which page of a list of sessions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct SessionPage {
    /// Where the page starts.
    #[param(min_length = 1)]
    cursor: Option<String>,
    /// 1000 when left out.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

impl SessionPage {
    /// What to ask the store for. A client that does not know of pages gets as many sessions as it always did.
    pub(super) fn request(&self) -> Result<PageRequest<SessionId>, Problem> {
        Ok(PageRequest { after: Cursor::decode(self.cursor.as_deref())?, limit: page_size(self.limit, 1000, 1000)? })
    }
}

/// Tokens on their way to a client.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenAnswer {
    /// The access token: a signed JWT.
    pub access_token: String,
    /// `Bearer`.
    pub token_type: &'static str,
    /// Seconds until the access token expires.
    pub expires_in: u64,
    /// The refresh token, when it was asked for in the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// Seconds until the refresh token expires, beside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_expires_in: Option<u64>,
    /// Who logged in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<UserView>,
    /// The password that was just used is in a list of stolen passwords: ask its owner to choose another. Left out when
    /// it is in none.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub password_breached: bool,
}

impl TokenAnswer {
    /// An answer without a refresh token in it.
    pub fn new(access: &AccessToken, user: Option<&User>) -> Self {
        Self {
            access_token: access.token.expose().to_owned(),
            token_type: "Bearer",
            expires_in: access.expires_in,
            refresh_token: None,
            refresh_expires_in: None,
            user: user.map(UserView::from),
            password_breached: false,
        }
    }

    /// The answer, with the refresh token where the client wants it.
    pub fn deliver(
        mut self,
        status: StatusCode,
        refresh: &RefreshIssued,
        delivery: Delivery,
        cookie: &CookieSettings,
    ) -> Response {
        if delivery == Delivery::Body {
            self.refresh_token = Some(refresh.token.expose().to_owned());
            self.refresh_expires_in = Some(refresh.max_age.as_secs());
            return (status, Json(self)).into_response();
        }
        let mut response = (status, Json(self)).into_response();
        if let Some(value) = set_cookie(cookie, refresh.token.expose(), refresh.max_age) {
            response.headers_mut().append(SET_COOKIE, value);
        }
        response
    }
}

/// The `RateLimit-*` headers of draft-ietf-httpapi-ratelimit-headers-06, as `express-rate-limit` sends them.
#[derive(Debug, Clone, Copy)]
pub struct RateLimited(pub Option<Budget>);

impl IntoResponseParts for RateLimited {
    type Error = std::convert::Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Self::Error> {
        let Some(budget) = self.0 else { return Ok(parts) };
        let policy = format!("{};w={}", budget.limit, budget.window.as_secs());
        let reset = if budget.resets_in == Duration::ZERO { 0 } else { whole_seconds(budget.resets_in) };
        let headers = parts.headers_mut();
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            headers.insert(HeaderName::from_static("ratelimit-policy"), policy);
        }
        headers.insert(HeaderName::from_static("ratelimit-limit"), budget.limit.into());
        headers.insert(HeaderName::from_static("ratelimit-remaining"), budget.remaining.into());
        headers.insert(HeaderName::from_static("ratelimit-reset"), reset.into());
        Ok(parts)
    }
}

/// The size of a page: what was asked for, or else `default`.
pub(super) fn page_size(asked: Option<u32>, default: u32, most: u32) -> Result<u32, Problem> {
    let size = asked.unwrap_or(default);
    if (1..=most).contains(&size) {
        Ok(size)
    } else {
        Err(Problem::invalid("limit", format!("1 to {most} are possible.")))
    }
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PageOf<T> {
    /// The rows.
    pub items: Vec<T>,
    /// What to send as `cursor` for the next page; null at the end.
    pub next_cursor: Option<String>,
}
