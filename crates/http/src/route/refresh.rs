//! `POST /auth/refresh`, `POST /auth/logout`: the routes that read the refresh cookie.

use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::response::{IntoResponse, Response};
use hallpass_auth::{Ending, Error};
use http::header::SET_COOKIE;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::{Delivery, TokenAnswer};
use crate::extract::{Bearer, OptionalBody, RequestCtx, bearer_token, clear_cookie, refresh_cookie};
use crate::problem::{Problem, registry};
use crate::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(refresh)).routes(routes!(logout)).routes(routes!(logout_all))
}

/// A refresh token, from a client without a cookie jar.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RefreshBody {
    /// The token.
    refresh_token: String,
}

/// The one refresh token of a request, and the way it came, which is the way its successor goes.
fn presented(
    state: &AppState,
    headers: &HeaderMap,
    body: Option<RefreshBody>,
) -> Result<Option<(String, Delivery)>, Problem> {
    let cookie = refresh_cookie(headers, &state.http().cookie)?;
    match (cookie, body) {
        (Some(_), Some(_)) => Err(Problem::new(&registry::DUPLICATE_TOKEN)),
        (Some(token), None) => Ok(Some((token, Delivery::Cookie))),
        (None, Some(body)) => Ok(Some((body.refresh_token, Delivery::Body))),
        (None, None) => Ok(None),
    }
}

/// Exchanges a refresh token for its successor and a fresh access token.
#[utoipa::path(
    post,
    path = "/auth/refresh",
    tag = "auth",
    request_body(content = Option<RefreshBody>, description = "Only from a client without a cookie jar"),
    security(("refresh_cookie" = [])),
    responses(
        (status = 200, body = TokenAnswer),
        (status = 400, description = "duplicate_cookie, duplicate_token"),
        (status = 401, description = "missing_refresh_token, invalid_refresh_token, token_reuse"),
        (status = 403, description = "cross_site"),
        (status = 503, description = "unavailable")
    )
)]
async fn refresh(
    State(state): State<AppState>,
    ctx: RequestCtx,
    headers: HeaderMap,
    OptionalBody(body): OptionalBody<RefreshBody>,
) -> Result<Response, Problem> {
    let ctx = ctx.after_body(&state);
    let cookie = &state.http().cookie;
    let Some((token, delivery)) = presented(&state, &headers, body)? else {
        return Ok(Problem::new(&registry::MISSING_REFRESH_TOKEN).into_response());
    };
    match state.auth().sessions().refresh(&ctx, &token).await {
        Ok(refreshed) => {
            let answer = TokenAnswer::new(&refreshed.access, None);
            Ok(answer.deliver(StatusCode::OK, &refreshed.refresh, delivery, cookie))
        }
        Err(error) => {
            let mut response = Problem::from(error).into_response();
            // Only a verdict on the token clears the cookie: a fault or a limit must not log anybody out.
            if response.status() == StatusCode::UNAUTHORIZED && delivery == Delivery::Cookie {
                forget_cookie(&state, &mut response);
            }
            Ok(response)
        }
    }
}

fn forget_cookie(state: &AppState, response: &mut Response) {
    if let Some(value) = clear_cookie(&state.http().cookie) {
        response.headers_mut().append(SET_COOKIE, value);
    }
}

/// Ends the session of an access token, of a refresh token, or of both. An expired access token will do.
#[utoipa::path(
    post,
    path = "/auth/logout",
    tag = "auth",
    request_body(content = Option<RefreshBody>, description = "Only from a client without a cookie jar"),
    security(("bearer" = []), ("refresh_cookie" = [])),
    responses(
        (status = 204, description = "The session has ended"),
        (status = 400, description = "duplicate_cookie, duplicate_token"),
        (status = 401, description = "missing_token, invalid_token, invalid_refresh_token"),
        (status = 403, description = "cross_site")
    )
)]
async fn logout(State(state): State<AppState>, request: Request) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let Ok(ctx) = RequestCtx::from_request_parts(&mut parts, &state).await;
    let bearer = bearer_token(&parts)?.map(str::to_owned);
    let headers = parts.headers.clone();
    let request = Request::from_parts(parts, body);
    let OptionalBody(body) = OptionalBody::<RefreshBody>::from_request(request, &state).await?;
    let token = presented(&state, &headers, body)?;
    if bearer.is_none() && token.is_none() {
        return Err(Problem::new(&registry::MISSING_TOKEN).challenge(crate::problem::Challenge::Bare));
    }
    let ended = [
        end_bearers(&state, &ctx, bearer.as_deref()).await,
        end_presented(&state, &ctx, token.as_ref().map(|(token, _)| token.as_str())).await,
    ];
    let mut response = match verdict(ended) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error @ Error::InvalidRefreshToken) => Problem::from(error).into_response(),
        Err(error) => return Err(error.into()),
    };
    forget_cookie(&state, &mut response);
    Ok(response)
}

/// Ends the session of the access token, if there is one.
async fn end_bearers(state: &AppState, ctx: &RequestCtx, bearer: Option<&str>) -> Option<Result<(), Error>> {
    let principal = match state.auth().authenticate_expired(ctx, bearer?) {
        Ok(principal) => principal,
        Err(error) => return Some(Err(error)),
    };
    Some(state.auth().sessions().logout(ctx, Ending::Session(&principal)).await)
}

/// Ends the session of the refresh token, if there is one.
async fn end_presented(state: &AppState, ctx: &RequestCtx, token: Option<&str>) -> Option<Result<(), Error>> {
    Some(state.auth().sessions().logout(ctx, Ending::Refresh(token?)).await)
}

/// Either credential is enough: a page may hold an access token whose key is gone beside a good cookie. But a fault of
/// the store is one, whatever became of the other.
fn verdict(ended: [Option<Result<(), Error>>; 2]) -> Result<(), Error> {
    let mut refused = None;
    let mut has_ended = false;
    for result in ended.into_iter().flatten() {
        match result {
            Ok(()) => has_ended = true,
            Err(error @ (Error::InvalidToken(_) | Error::InvalidRefreshToken)) => refused = refused.or(Some(error)),
            Err(fault) => return Err(fault),
        }
    }
    match refused {
        Some(error) if !has_ended => Err(error),
        _ => Ok(()),
    }
}

/// Ends every session of the caller.
#[utoipa::path(
    post,
    path = "/auth/logout-all",
    tag = "auth",
    security(("bearer" = [])),
    responses(
        (status = 204, description = "Every session has ended"),
        (status = 403, description = "cross_site")
    )
)]
async fn logout_all(
    State(state): State<AppState>,
    ctx: RequestCtx,
    Bearer(principal): Bearer,
) -> Result<Response, Problem> {
    state.auth().sessions().logout_all(&ctx, &principal).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    forget_cookie(&state, &mut response);
    Ok(response)
}
