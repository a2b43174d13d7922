//! Signing in without a password.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hallpass_auth::SignInByMail;
use hallpass_model::one_time::Purpose;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Asked, Mailbox, asked, presented_here, refusal};
use crate::extract::{Body, RequestCtx, clear_flow, replaced_cookie};
use crate::route::dto::{Delivery, RateLimited, TokenAnswer};
use crate::route::login::admit;
use crate::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(ask)).routes(routes!(confirm))
}

/// Sends a mail that signs in without a password.
///
/// The answer is alike whether an account has the address or not. It sets a cookie: link and code work in the browser that
/// has it, and the link in another browser with the four digits.
#[utoipa::path(
    post,
    path = "/auth/magic",
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
    asked(&state, Purpose::SignIn, state.auth().mail().ask_to_sign_in(&ctx, &body.email).await)
}

/// What the mail carried.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Confirm {
    /// What follows `link=` in the fragment of the link.
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
    /// Where the refresh token goes; `cookie` when left out.
    #[serde(default)]
    delivery: Delivery,
}

/// Signs in with what a mail carried.
///
/// If nobody has proved the address before, what was set up until then ends with it: the password, and every session.
#[utoipa::path(
    post,
    path = "/auth/magic/confirm",
    tag = "auth",
    request_body = Confirm,
    responses(
        (status = 200, body = TokenAnswer),
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
    Body(body): Body<Confirm>,
) -> Response {
    let Confirm { token, code, email, digits, delivery } = body;
    let presented = match presented_here(&state, &headers, [token, code, email, digits]) {
        Ok(presented) => presented,
        Err(problem) => return problem.into_response(),
    };
    let ctx = ctx.in_browser(&headers, &state);
    let (previous, strays) = replaced_cookie(&headers, &state.http().cookie);
    let sign_in = SignInByMail { presented, previous: previous.as_deref() };
    match state.auth().mail().sign_in(&ctx, sign_in).await {
        Ok((opened, budget)) => {
            let strays = strays.into_iter().chain(clear_flow(&state.http().cookie)).collect();
            (RateLimited(Some(budget)), admit(&state, StatusCode::OK, &opened, delivery, strays)).into_response()
        }
        Err(refused) => refusal(&state, refused),
    }
}
