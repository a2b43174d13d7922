//! What comes and goes by mail: `POST /auth/email/verification`, `/auth/email/verify`, `/auth/password/forgot` and
//! `/auth/password/reset`. Nothing here acts on GET: a program that follows the links of a mail uses none of them up.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hallpass_auth::{Error, Locale, Presented, Refused};
use hallpass_model::rate_limit::Budget;
use hallpass_model::secret::SecretText;
use hallpass_password::Password;
use http::header::ACCEPT_LANGUAGE;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::RateLimited;
use crate::extract::{Bearer, Body, RequestCtx};
use crate::problem::Problem;
use crate::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(ask)).routes(routes!(verify)).routes(routes!(forgot)).routes(routes!(reset))
}

/// The language that a mail is written in.
pub(super) fn locale(headers: &HeaderMap) -> Locale {
    let asked = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    asked.map_or(Locale::English, Locale::of_header)
}

/// Sends the caller a mail that proves the address.
///
/// It goes out even if the address is proved already as far as the answer tells; nothing is sent then.
#[utoipa::path(
    post,
    path = "/auth/email/verification",
    tag = "account",
    security(("bearer" = [])),
    responses(
        (status = 202, description = "The mail is on its way; none is sent for an address that is proved"),
        (status = 404, description = "no_mail"),
        (status = 429, description = "too_many_attempts"),
        (status = 503, description = "unavailable")
    )
)]
async fn ask(
    State(state): State<AppState>,
    ctx: RequestCtx,
    Bearer(principal): Bearer,
    headers: HeaderMap,
) -> Response {
    answer(StatusCode::ACCEPTED, state.auth().mail().ask_to_verify(&ctx, &principal, locale(&headers)).await)
}

/// What a mail carried: the link's value, or the code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Proof {
    /// What follows the `#` of the link, without `verify=`.
    #[schema(format = Password, min_length = 1)]
    token: Option<String>,
    /// The eight digits.
    #[schema(format = Password, min_length = 1)]
    code: Option<String>,
}

/// Notes that the caller has proved the address.
#[utoipa::path(
    post,
    path = "/auth/email/verify",
    tag = "account",
    security(("bearer" = [])),
    request_body = Proof,
    responses(
        (status = 204, description = "The address is proved"),
        (status = 400, description = "unfit_code"),
        (status = 404, description = "no_mail"),
        (status = 429, description = "too_many_attempts"),
        (status = 503, description = "unavailable")
    )
)]
async fn verify(
    State(state): State<AppState>,
    ctx: RequestCtx,
    Bearer(principal): Bearer,
    Body(Proof { token, code }): Body<Proof>,
) -> Response {
    match presented(token, code, Some(String::new())) {
        Ok(presented) => answer(StatusCode::NO_CONTENT, state.auth().mail().verify(&ctx, &principal, presented).await),
        Err(problem) => problem.into_response(),
    }
}

/// Whose password was forgotten.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Forgotten {
    /// The address.
    #[schema(min_length = 1)]
    email: String,
}

/// Sends a mail that allows a new password.
///
/// The answer is the same whether an account has the address or not. A mail goes out only if one has.
#[utoipa::path(
    post,
    path = "/auth/password/forgot",
    tag = "auth",
    request_body = Forgotten,
    responses(
        (status = 202, description = "If an account has the address, a mail is on its way"),
        (status = 404, description = "no_mail"),
        (status = 429, description = "too_many_attempts"),
        (status = 503, description = "unavailable")
    )
)]
async fn forgot(
    State(state): State<AppState>,
    ctx: RequestCtx,
    headers: HeaderMap,
    Body(body): Body<Forgotten>,
) -> Response {
    answer(StatusCode::ACCEPTED, state.auth().mail().forgot_password(&ctx, &body.email, locale(&headers)).await)
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

/// Replaces a forgotten password and ends every session.
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
async fn reset(
    State(state): State<AppState>,
    ctx: RequestCtx,
    headers: HeaderMap,
    Body(body): Body<Reset>,
) -> Response {
    let Reset { token, code, email, new_password } = body;
    let presented = match presented(token, code, email) {
        Ok(presented) => presented,
        Err(problem) => return problem.into_response(),
    };
    let new = Password::from(new_password);
    answer(StatusCode::NO_CONTENT, state.auth().mail().reset_password(&ctx, presented, new, locale(&headers)).await)
}

/// One of the two, and a code with its address.
fn presented(token: Option<String>, code: Option<String>, email: Option<String>) -> Result<Presented, Problem> {
    match (token, code, email) {
        (Some(token), None, _) => Ok(Presented::Link(SecretText::new(token))),
        (None, Some(code), Some(email)) => Ok(Presented::Code { email, code: SecretText::new(code) }),
        (None, Some(_), None) => Err(Problem::invalid("email", "A code goes with the address that it was sent to.")),
        (Some(_), Some(_), _) => Err(Problem::invalid("code", "Send `token` or `code`, not both.")),
        (None, None, _) => Err(Problem::invalid("token", "Send `token` or `code`.")),
    }
}

fn answer(status: StatusCode, done: Result<Budget, Refused>) -> Response {
    match done {
        Ok(budget) => (RateLimited(Some(budget)), status).into_response(),
        Err(Refused { error, budget }) => (RateLimited(budget), problem(error)).into_response(),
    }
}

fn problem(error: Error) -> Problem {
    match error {
        Error::TooManyAttempts { .. } => {
            Problem::from(error).detail("Too many mails or codes from here — try again later")
        }
        Error::WeakPassword(violation) => Problem::invalid("new_password", violation.to_string()),
        error => Problem::from(error),
    }
}
