//! A sign-in from an unknown device is disowned, a lock is ended.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hallpass_model::one_time::Purpose;
use http::header::SET_COOKIE;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Asked, Mailbox, Notice, answer, asked, presented_here, refusal};
use crate::extract::{Body, RequestCtx, clear_flow};
use crate::route::dto::RateLimited;
use crate::route::login::remember;
use crate::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(disown)).routes(routes!(ask)).routes(routes!(confirm))
}

/// Says that a sign-in from an unknown device was somebody else's.
///
/// Whoever it was knew the password: it goes, every session ends, and a mail allows a new one.
#[utoipa::path(
    post,
    path = "/auth/device/disown",
    tag = "auth",
    request_body = Notice,
    responses(
        (status = 204, description = "Everyone is signed out; a mail allows a new password"),
        (status = 400, description = "unfit_code"),
        (status = 404, description = "no_mail"),
        (status = 429, description = "too_many_attempts"),
        (status = 503, description = "unavailable")
    )
)]
async fn disown(State(state): State<AppState>, ctx: RequestCtx, Body(notice): Body<Notice>) -> Response {
    match notice.read() {
        Ok(told) => answer(&state, StatusCode::NO_CONTENT, state.auth().mail().disown_device(&ctx, told).await),
        Err(problem) => problem.into_response(),
    }
}

/// Sends a mail that ends the lock of an account.
///
/// The answer is alike whether an account has the address or not, and whether it is locked. It sets a cookie: link and code
/// work in the browser that has it, and the link in another browser with the four digits.
#[utoipa::path(
    post,
    path = "/auth/unlock",
    tag = "auth",
    request_body = Mailbox,
    responses(
        (status = 202, body = Asked, description = "If an account has the address, a mail is on its way"),
        (status = 404, description = "no_mail"),
        (status = 429, description = "too_many_attempts"),
        (status = 503, description = "unavailable")
    )
)]
async fn ask(State(state): State<AppState>, ctx: RequestCtx, Body(body): Body<Mailbox>) -> Response {
    asked(&state, Purpose::Unlock, state.auth().mail().ask_to_unlock(&ctx, &body.email).await)
}

/// What the mail carried.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Unlock {
    /// What follows `unlock=` in the fragment of the link.
    #[schema(format = Password, min_length = 1)]
    token: Option<String>,
    /// The eight digits, with `email`, in the browser that has asked for them.
    #[schema(format = Password, min_length = 1)]
    code: Option<String>,
    /// The address that the code was sent to.
    #[schema(min_length = 1)]
    email: Option<String>,
    /// The four digits that the browser shows that has asked for the mail, beside `token` in another one.
    #[schema(min_length = 1)]
    digits: Option<String>,
}

/// Ends the lock of an account, and makes this browser known to its address.
///
/// It opens no session: the user logs in with the password.
#[utoipa::path(
    post,
    path = "/auth/unlock/confirm",
    tag = "auth",
    request_body = Unlock,
    responses(
        (status = 204, description = "The lock has ended"),
        (status = 400, description = "unfit_code"),
        (status = 404, description = "no_mail"),
        (status = 429, description = "too_many_attempts"),
        (status = 503, description = "unavailable")
    )
)]
async fn confirm(
    State(state): State<AppState>,
    ctx: RequestCtx,
    headers: HeaderMap,
    Body(Unlock { token, code, email, digits }): Body<Unlock>,
) -> Response {
    let presented = match presented_here(&state, &headers, [token, code, email, digits]) {
        Ok(presented) => presented,
        Err(problem) => return problem.into_response(),
    };
    match state.auth().mail().unlock(&ctx.in_browser(&headers, &state), presented).await {
        Ok((device, budget)) => {
            let mut answer = (RateLimited(Some(budget)), StatusCode::NO_CONTENT).into_response();
            remember(&state, &mut answer, device.as_ref());
            let cookie = clear_flow(&state.http().cookie);
            answer.headers_mut().extend(cookie.map(|cookie| (SET_COOKIE, cookie)));
            answer
        }
        Err(refused) => refusal(&state, refused),
    }
}
