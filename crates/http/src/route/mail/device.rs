//! A sign-in from an unknown device is disowned, a lock is ended.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hallpass_auth::PresentedValue;
use hallpass_model::secret::SecretText;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Carried, Mailbox, answer, refusal, refuse_empty};
use crate::extract::{Body, RequestCtx};
use crate::route::dto::RateLimited;
use crate::route::login::remember;
use crate::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(disown)).routes(routes!(ask)).routes(routes!(confirm))
}

/// What the mail about an unknown device carried.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Disowned {
    /// What follows `device=` in the fragment of the link.
    #[schema(format = Password, min_length = 1)]
    token: String,
}

/// Says that a sign-in from an unknown device was somebody else's.
///
/// Whoever it was knew the password: it goes, every session ends, and a mail allows a new one.
#[utoipa::path(
    post,
    path = "/auth/device/disown",
    tag = "auth",
    request_body = Disowned,
    responses(
        (status = 204, description = "Everyone is signed out; a mail allows a new password"),
        (status = 400, description = "unfit_code"),
        (status = 404, description = "no_mail"),
        (status = 429, description = "too_many_attempts"),
        (status = 503, description = "unavailable")
    )
)]
async fn disown(State(state): State<AppState>, ctx: RequestCtx, Body(body): Body<Disowned>) -> Response {
    if let Err(problem) = refuse_empty("token", Some(&body.token)) {
        return problem.into_response();
    }
    let value = PresentedValue::Link(SecretText::new(body.token));
    answer(&state, StatusCode::NO_CONTENT, state.auth().mail().disown_device(&ctx, value).await)
}

/// Sends a mail that ends the lock of an account.
///
/// The answer is the same whether an account has the address or not, and whether it is locked.
#[utoipa::path(
    post,
    path = "/auth/unlock",
    tag = "auth",
    request_body = Mailbox,
    responses(
        (status = 202, description = "If an account has the address, a mail is on its way"),
        (status = 404, description = "no_mail"),
        (status = 429, description = "too_many_attempts"),
        (status = 503, description = "unavailable")
    )
)]
async fn ask(State(state): State<AppState>, ctx: RequestCtx, Body(body): Body<Mailbox>) -> Response {
    answer(&state, StatusCode::ACCEPTED, state.auth().mail().ask_to_unlock(&ctx, &body.email).await)
}

/// Ends the lock of an account, and makes this browser known to its address.
///
/// It opens no session: the user logs in with the password.
#[utoipa::path(
    post,
    path = "/auth/unlock/confirm",
    tag = "auth",
    request_body = Carried,
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
    Body(body): Body<Carried>,
) -> Response {
    let value = match body.read(None) {
        Ok(value) => value,
        Err(problem) => return problem.into_response(),
    };
    match state.auth().mail().unlock(&ctx.in_browser(&headers, &state), value).await {
        Ok((device, budget)) => {
            let mut answer = (RateLimited(Some(budget)), StatusCode::NO_CONTENT).into_response();
            remember(&state, &mut answer, device.as_ref());
            answer
        }
        Err(refused) => refusal(&state, refused),
    }
}
