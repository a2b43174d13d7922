//! `POST /auth/register` and `POST /auth/login`.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hallpass_auth::{Error, LoggedIn, Login, Registered};
use hallpass_model::rate_limit::Lockout;
use hallpass_model::secret::SecretText;
use hallpass_password::Password;
use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dto::{Delivery, RateLimited, TokenAnswer};
use super::mail::Proof;
use crate::extract::{Body, RequestCtx, replaced_cookie, set_device};
use crate::problem::Problem;
use crate::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(register)).routes(routes!(login))
}

/// An address and its password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Credentials {
    /// The address.
    #[schema(min_length = 1)]
    email: String,
    /// The password.
    #[schema(format = Password, min_length = 1)]
    password: String,
    /// Where the refresh token goes; `cookie` when left out.
    #[serde(default)]
    delivery: Delivery,
}

/// An address and its password, or a one-time password with the one that replaces it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignIn {
    /// The address.
    #[schema(min_length = 1)]
    email: String,
    /// The password.
    #[schema(format = Password)]
    password: String,
    /// What replaces a one-time password; beside another one it is refused.
    #[schema(format = Password, min_length = 1)]
    new_password: Option<String>,
    /// What the mail of the registration carried, where an address has to be proved first.
    proof: Option<Proof>,
    /// Where the refresh token goes; `cookie` when left out.
    #[serde(default)]
    delivery: Delivery,
}

/// A registration whose mail tells the rest.
#[derive(Serialize, ToSchema)]
struct MailTells {
    /// `email`: what has to be proved before the account can be entered.
    verify: &'static str,
}

/// Makes an account and logs it in.
///
/// Where an address has to be proved first, the answer is 202, the same for an address that has an account already, and the
/// mail tells. Log in with `proof` then.
#[utoipa::path(
    post,
    path = "/auth/register",
    tag = "auth",
    request_body = Credentials,
    responses(
        (status = 201, body = TokenAnswer),
        (status = 202, body = MailTells, description = "A mail tells how to go on, where an address has to be proved first"),
        (status = 403, description = "registration_closed, cross_site"),
        (status = 409, description = "email_taken"),
        (status = 429, description = "too_many_attempts"),
        (status = 503, description = "overloaded, unavailable")
    )
)]
async fn register(
    State(state): State<AppState>,
    ctx: RequestCtx,
    headers: HeaderMap,
    Body(body): Body<Credentials>,
) -> Response {
    let Credentials { email, password, delivery } = body;
    let ctx = ctx.in_browser(&headers, &state);
    let (_, strays) = replaced_cookie(&headers, &state.http().cookie);
    match state.auth().accounts().register(&ctx, &email, Password::from(password)).await {
        Ok((Registered::In(made), budget)) => {
            (RateLimited(Some(budget)), admit(&state, StatusCode::CREATED, &made, delivery, strays)).into_response()
        }
        Ok((Registered::MailTells, budget)) => {
            let answer = Json(MailTells { verify: "email" });
            (StatusCode::ACCEPTED, RateLimited(Some(budget)), answer).into_response()
        }
        Err(refused) => (RateLimited(refused.budget), refuse_registration(&state, refused.error)).into_response(),
    }
}

/// Logs in.
///
/// A one-time password, made by an administrator, opens no session: the answer is 403 `password_change_required` until it
/// comes together with `new_password`, which takes its place. Where an address has to be proved first, the answer to a right
/// password is 403 `email_unverified` until `proof` comes along.
#[utoipa::path(
    post,
    path = "/auth/login",
    tag = "auth",
    request_body = SignIn,
    responses(
        (status = 200, body = TokenAnswer),
        (status = 401, description = "invalid_credentials"),
        (status = 400, description = "unfit_code"),
        (status = 403, description = "cross_site, password_change_required, email_unverified"),
        (status = 429, description = "too_many_attempts, account_locked, login_in_progress"),
        (status = 503, description = "overloaded, unavailable, legacy_unavailable")
    )
)]
async fn login(
    State(state): State<AppState>,
    ctx: RequestCtx,
    headers: HeaderMap,
    Body(body): Body<SignIn>,
) -> Response {
    let SignIn { email, password, new_password, proof, delivery } = body;
    let proof = match proof.map(|proof| proof.read(None)).transpose() {
        Ok(proof) => proof,
        Err(problem) => return problem.into_response(),
    };
    let (previous, strays) = replaced_cookie(&headers, &state.http().cookie);
    let ctx = ctx.in_browser(&headers, &state);
    let login = Login {
        email: &email,
        password: Password::from(password),
        new_password: new_password.map(Password::from),
        previous: previous.as_deref(),
        proof,
    };
    match state.auth().accounts().login(&ctx, login).await {
        Ok((opened, budget)) => {
            (RateLimited(budget), admit(&state, StatusCode::OK, &opened, delivery, strays)).into_response()
        }
        Err(refused) => (RateLimited(refused.budget), refuse(&state, refused.error)).into_response(),
    }
}

/// Hands the tokens over; beside the cookie that it sets, it clears those of that name on other paths.
pub(super) fn admit(
    state: &AppState,
    status: StatusCode,
    opened: &LoggedIn,
    delivery: Delivery,
    strays: Vec<HeaderValue>,
) -> Response {
    let mut answer = TokenAnswer::new(&opened.access, Some(&opened.user));
    answer.password_breached = opened.is_password_breached;
    let mut answer = answer.deliver(status, &opened.refresh, delivery, &state.http().cookie);
    if delivery == Delivery::Cookie {
        answer.headers_mut().extend(strays.into_iter().map(|stray| (SET_COOKIE, stray)));
    }
    remember(state, &mut answer, opened.device.as_ref());
    answer
}

/// Lets the browser keep what makes it known to the address, however the tokens are delivered.
pub(super) fn remember(state: &AppState, answer: &mut Response, device: Option<&SecretText>) {
    let cookie = device.and_then(|device| set_device(&state.http().cookie, device));
    answer.headers_mut().extend(cookie.map(|cookie| (SET_COOKIE, cookie)));
}

fn minutes(time: Duration) -> u64 {
    time.as_secs().div_ceil(60)
}

/// A registration has a budget of its own, and words of its own.
fn refuse_registration(state: &AppState, error: Error) -> Response {
    if !matches!(error, Error::TooManyAttempts { .. }) {
        return Problem::from(error).into_response();
    }
    let window = minutes(state.auth().settings().rules.register.window);
    let words = format!("Too many accounts were made from here — try again in {window} minutes");
    Problem::from(error).detail(words).into_response()
}

/// How long a lock holds: the configured time, or what is left where it is no lock of that time.
fn locked(left: Duration, lockout: &Lockout) -> String {
    if lockout.backs_off && left < Duration::from_secs(60) {
        return format!("Too many wrong passwords — try again in {} seconds", left.as_secs().max(1));
    }
    if lockout.backs_off {
        return format!("Too many wrong passwords — try again in {} minutes", minutes(left));
    }
    format!("Account locked for {} minutes", minutes(lockout.duration.max(left)))
}

/// Says no, with the configured times in the words.
pub(super) fn refuse(state: &AppState, error: Error) -> Response {
    let rule = state.auth().settings().rules.login;
    let problem = match &error {
        Error::TooManyAttempts { .. } => {
            let window = minutes(rule.window);
            Problem::from(error).detail(format!("Too many login attempts — try again in {window} minutes"))
        }
        Error::AccountLocked { retry_after } => {
            let words = locked(*retry_after, &rule.lockout);
            Problem::from(error).detail(words)
        }
        // Where a password is proved, it is the new one that may be too weak.
        Error::WeakPassword(violation) => Problem::invalid("new_password", violation.to_string()),
        _ => Problem::from(error),
    };
    problem.into_response()
}
