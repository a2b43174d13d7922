//! An address is proved, changed, and changed back.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hallpass_auth::{Error, Refused};
use hallpass_password::Password;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Carried, Mailbox, Notice, answer};
use crate::extract::{Bearer, Body, OptionalBody, RequestCtx};
use crate::problem::Problem;
use crate::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(ask)).routes(routes!(verify)).routes(routes!(change)).routes(routes!(undo))
}

/// Sends a mail that proves an address: the caller's, or the one in the body.
///
/// The answer is the same for an address that is proved already or that no account has; nothing is sent then.
#[utoipa::path(
    post,
    path = "/auth/email/verify/request",
    tag = "account",
    request_body(content = Option<Mailbox>, description = "Whose, for who is not signed in"),
    security((), ("bearer" = [])),
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
    caller: Result<Bearer, Problem>,
    OptionalBody(body): OptionalBody<Mailbox>,
) -> Response {
    let mail = state.auth().mail();
    let asked = match (body, caller) {
        (Some(Mailbox { email }), _) => mail.ask_to_verify_again(&ctx, &email).await,
        (None, Ok(Bearer(principal))) => mail.ask_to_verify(&ctx, &principal).await,
        (None, Err(problem)) => return problem.into_response(),
    };
    answer(&state, StatusCode::ACCEPTED, asked)
}

/// Notes that the caller has proved the address, or puts a new address in place of the old one.
///
/// What a mail to a new address carries changes the address: every other session ends, and the old address gets a mail
/// with what undoes the change, if it was proved.
#[utoipa::path(
    post,
    path = "/auth/email/verify",
    tag = "account",
    security(("bearer" = [])),
    request_body = Carried,
    responses(
        (status = 204, description = "The address is proved"),
        (status = 400, description = "unfit_code"),
        (status = 404, description = "no_mail"),
        (status = 409, description = "email_taken"),
        (status = 429, description = "too_many_attempts"),
        (status = 503, description = "unavailable")
    )
)]
async fn verify(
    State(state): State<AppState>,
    ctx: RequestCtx,
    Bearer(principal): Bearer,
    Body(body): Body<Carried>,
) -> Response {
    match body.read(Some(String::new())) {
        Ok(value) => answer(&state, StatusCode::NO_CONTENT, state.auth().mail().verify(&ctx, &principal, value).await),
        Err(problem) => problem.into_response(),
    }
}

/// The new address, and the password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AddressChange {
    /// The new address.
    #[schema(min_length = 1)]
    new_email: String,
    /// The password: a stolen access token alone changes no address.
    #[schema(format = Password)]
    current_password: String,
}

/// Sends a mail to a new address, which takes the place of the old one when it proves itself.
///
/// The answer is the same if another account has the address: that account is told.
#[utoipa::path(
    post,
    path = "/auth/email",
    tag = "account",
    security(("bearer" = [])),
    request_body = AddressChange,
    responses(
        (status = 202, description = "The mail is on its way"),
        (status = 403, description = "wrong_password"),
        (status = 404, description = "no_mail"),
        (status = 429, description = "too_many_attempts, account_locked, login_in_progress"),
        (status = 503, description = "overloaded, unavailable")
    )
)]
async fn change(
    State(state): State<AppState>,
    ctx: RequestCtx,
    headers: HeaderMap,
    Bearer(principal): Bearer,
    Body(body): Body<AddressChange>,
) -> Response {
    let ctx = ctx.in_browser(&headers, &state);
    let asked = (body.new_email.as_str(), Password::from(body.current_password));
    match state.auth().mail().ask_to_change(&ctx, &principal, asked).await {
        Err(Refused { error: Error::InvalidEmail(fault), .. }) => {
            Problem::invalid("new_email", fault.to_string()).into_response()
        }
        asked => answer(&state, StatusCode::ACCEPTED, asked),
    }
}

/// Puts the old address back.
///
/// Whoever has changed it knew the password: it goes, every session ends, and a mail to the old address allows a new one.
#[utoipa::path(
    post,
    path = "/auth/email/undo",
    tag = "auth",
    request_body = Notice,
    responses(
        (status = 204, description = "The old address is back; a mail to it allows a new password"),
        (status = 400, description = "unfit_code"),
        (status = 404, description = "no_mail"),
        (status = 409, description = "email_taken"),
        (status = 429, description = "too_many_attempts"),
        (status = 503, description = "unavailable")
    )
)]
async fn undo(State(state): State<AppState>, ctx: RequestCtx, Body(notice): Body<Notice>) -> Response {
    match notice.read() {
        Ok(told) => answer(&state, StatusCode::NO_CONTENT, state.auth().mail().undo_change(&ctx, told).await),
        Err(problem) => problem.into_response(),
    }
}
