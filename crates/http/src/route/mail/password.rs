//! A forgotten password is replaced.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hallpass_password::Password;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Mailbox, answer, presented, refuse_empty};
use crate::extract::{Body, RequestCtx};
use crate::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(forgot)).routes(routes!(reset))
}

/// Sends a mail that allows a new password.
///
/// The answer is the same whether an account has the address or not. A mail goes out only if one has.
#[utoipa::path(
    post,
    path = "/auth/password/forgot",
    tag = "auth",
    request_body = Mailbox,
    responses(
        (status = 202, description = "If an account has the address, a mail is on its way"),
        (status = 404, description = "no_mail"),
        (status = 429, description = "too_many_attempts"),
        (status = 503, description = "unavailable")
    )
)]
async fn forgot(State(state): State<AppState>, ctx: RequestCtx, Body(body): Body<Mailbox>) -> Response {
    answer(&state, StatusCode::ACCEPTED, state.auth().mail().forgot_password(&ctx, &body.email).await)
}

/// What the mail carried, and the new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Reset {
    /// What follows the `#` of the link.
    #[schema(format = Password, min_length = 1)]
    token: Option<String>,
    /// The eight digits, with `email`.
    #[schema(format = Password, min_length = 1)]
    code: Option<String>,
    /// The address that the code was sent to.
    #[schema(min_length = 1)]
    email: Option<String>,
    /// The new password.
    #[schema(format = Password, min_length = 1)]
    new_password: String,
}

/// Replaces a password that was forgotten, or never set, and ends every session.
///
/// It opens no session: the user logs in with the new password. A lockout of the account ends.
#[utoipa::path(
    post,
    path = "/auth/password/reset",
    tag = "auth",
    request_body = Reset,
    responses(
        (status = 204, description = "Replaced; every session has ended"),
        (status = 400, description = "unfit_code"),
        (status = 404, description = "no_mail"),
        (status = 429, description = "too_many_attempts"),
        (status = 503, description = "overloaded, unavailable")
    )
)]
async fn reset(State(state): State<AppState>, ctx: RequestCtx, Body(body): Body<Reset>) -> Response {
    let Reset { token, code, email, new_password } = body;
    let read = refuse_empty("new_password", Some(&new_password)).and_then(|()| refuse_empty("email", email.as_ref()));
    let value = match read.and_then(|()| presented(token, code, email)) {
        Ok(value) => value,
        Err(problem) => return problem.into_response(),
    };
    let new = Password::from(new_password);
    answer(&state, StatusCode::NO_CONTENT, state.auth().mail().reset_password(&ctx, value, new).await)
}
