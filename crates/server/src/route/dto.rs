//! Shapes that several routes share.

use std::time::Duration;

use axum::Json;
use axum::response::{IntoResponse, IntoResponseParts, Response, ResponseParts};
use hallpass_auth::{AccessToken, RefreshIssued};
use hallpass_model::limit::Budget;
use hallpass_model::user::User;
use http::header::SET_COOKIE;
use http::{HeaderName, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::extract::set_cookie;
use crate::problem::whole_seconds;
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
    pub id: String,
    /// The address.
    pub email: String,
    /// The role.
    pub role: String,
}

impl From<&User> for UserView {
    fn from(user: &User) -> Self {
        Self { id: user.id.to_string(), email: user.email.clone(), role: user.role.to_string() }
    }
}

/// A user with everything the API tells about one.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FullUser {
    /// Id, address and role.
    #[serde(flatten)]
    pub user: UserView,
    /// `active` or `suspended`.
    pub status: String,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    pub updated_at: String,
    /// RFC 3339; null before the first login.
    pub last_login_at: Option<String>,
}

impl From<&User> for FullUser {
    fn from(user: &User) -> Self {
        Self {
            user: user.into(),
            status: user.status.to_string(),
            created_at: user.created_at.to_string(),
            updated_at: user.updated_at.to_string(),
            last_login_at: user.last_login_at.map(|at| at.to_string()),
        }
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

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PageOf<T> {
    /// The rows.
    pub items: Vec<T>,
    /// What to send as `cursor` for the next page; null at the end.
    pub next_cursor: Option<String>,
}
