//! What comes and goes by mail. Nothing here acts on GET: a program that follows the links of a mail uses none of them up.

mod address;
mod device;
mod enter;
mod password;

use axum::Json;
use axum::response::{IntoResponse, Response};
use hallpass_auth::{Error, Place, Presented, PresentedValue, Refused, Started, ToldByMail};
use hallpass_model::one_time::Purpose;
use hallpass_model::rate_limit::Budget;
use hallpass_model::secret::SecretText;
use http::header::SET_COOKIE;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use super::dto::RateLimited;
use super::login::refuse;
use crate::extract::{flow_cookie, set_flow};
use crate::problem::Problem;
use crate::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(address::router())
        .merge(device::router())
        .merge(password::router())
        .merge(enter::router())
}

/// Whose mailbox a mail is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Mailbox {
    /// The address.
    #[schema(min_length = 1)]
    email: String,
}

/// What a mail carried: the link's value, or the code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Proof {
    /// What follows the `=` in the fragment of the link.
    #[schema(format = Password, min_length = 1)]
    token: Option<String>,
    /// The eight digits.
    #[schema(format = Password, min_length = 1)]
    code: Option<String>,
}

impl Proof {
    /// One of the two; a code is of this address, or else of the one that the account has.
    pub(super) fn read(self, email: Option<String>) -> Result<PresentedValue, Problem> {
        let Self { token, code } = self;
        presented(token, code, Some(email.unwrap_or_default()))
    }
}

/// What a notice carried.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Notice {
    /// What follows the `#`, or the `=`, in the fragment of the link.
    #[schema(format = Password, min_length = 1)]
    token: String,
    /// The address that the notice went to. Pages have it typed, since programs that press buttons type nothing.
    #[schema(min_length = 1)]
    email: Option<String>,
}

impl Notice {
    fn read(&self) -> Result<ToldByMail<'_>, Problem> {
        refuse_empty("token", Some(&self.token))?;
        refuse_empty("email", self.email.as_ref())?;
        let value = PresentedValue::Link(SecretText::new(self.token.clone()));
        Ok(ToldByMail { value, email: self.email.as_deref() })
    }
}

/// What the browser shows that has asked for a mail.
#[derive(Serialize, ToSchema)]
struct Asked {
    /// Four digits, to be typed by who follows the link in another browser.
    #[schema(min_length = 4, max_length = 4)]
    digits: String,
    /// Seconds until link and code expire.
    expires_in: u64,
}

/// The answer to who has asked for a mail that works where it was asked for.
fn asked(state: &AppState, purpose: Purpose, done: Result<(Started, Budget), Refused>) -> Response {
    let (started, budget) = match done {
        Ok(done) => done,
        Err(refused) => return refusal(state, refused),
    };
    let lives = purpose.good_for();
    let asked = Asked { digits: started.digits.expose().to_owned(), expires_in: lives.as_secs() };
    let mut answer = (StatusCode::ACCEPTED, RateLimited(Some(budget)), Json(asked)).into_response();
    let cookie = set_flow(&state.http().cookie, started.cookie.expose(), lives);
    answer.headers_mut().extend(cookie.map(|cookie| (SET_COOKIE, cookie)));
    answer
}

/// What a mail carried that works where it was asked for: token or code, address, digits.
fn presented_here(
    state: &AppState,
    headers: &HeaderMap,
    [token, code, email, digits]: [Option<String>; 4],
) -> Result<Presented, Problem> {
    refuse_empty("email", email.as_ref())?;
    refuse_empty("digits", digits.as_ref())?;
    Ok(Presented { value: presented(token, code, email)?, place: place(state, headers, digits) })
}

/// Where a value is presented: with the digits that another browser shows, or in the one that asked for it.
fn place(state: &AppState, headers: &HeaderMap, digits: Option<String>) -> Place {
    match (digits, flow_cookie(headers, &state.http().cookie)) {
        (Some(digits), _) => Place::Digits(SecretText::new(digits)),
        (None, Some(cookie)) => Place::Browser(cookie),
        (None, None) => Place::Unknown,
    }
}

/// The same, with the address that a code was sent to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Carried {
    /// What follows the `=` in the fragment of the link.
    #[schema(format = Password, min_length = 1)]
    token: Option<String>,
    /// The eight digits.
    #[schema(format = Password, min_length = 1)]
    code: Option<String>,
    /// The address that the code was sent to; the account's own when left out, for who is signed in.
    #[schema(min_length = 1)]
    email: Option<String>,
}

impl Carried {
    /// One of the two. Without an address a code is one of `own`, if there is that.
    fn read(self, own: Option<String>) -> Result<PresentedValue, Problem> {
        let Self { token, code, email } = self;
        refuse_empty("email", email.as_ref())?;
        presented(token, code, email.or(own))
    }
}

/// One of the two, and a code with its address.
fn presented(token: Option<String>, code: Option<String>, email: Option<String>) -> Result<PresentedValue, Problem> {
    for (name, value) in [("token", &token), ("code", &code)] {
        refuse_empty(name, value.as_ref())?;
    }
    match (token, code, email) {
        (Some(token), None, _) => Ok(PresentedValue::Link(SecretText::new(token))),
        (None, Some(code), Some(email)) => Ok(PresentedValue::Code { email, code: SecretText::new(code) }),
        (None, Some(_), None) => Err(Problem::invalid("email", "A code goes with the address that it was sent to.")),
        (Some(_), Some(_), _) => Err(Problem::invalid("code", "Send `token` or `code`, not both.")),
        (None, None, _) => Err(Problem::invalid("token", "Send `token` or `code`.")),
    }
}

/// Nothing that may be left out may be empty instead.
fn refuse_empty(name: &'static str, value: Option<&String>) -> Result<(), Problem> {
    if value.is_some_and(String::is_empty) { Err(Problem::invalid(name, "It must not be empty.")) } else { Ok(()) }
}

fn answer(state: &AppState, status: StatusCode, done: Result<Budget, Refused>) -> Response {
    match done {
        Ok(budget) => (RateLimited(Some(budget)), status).into_response(),
        Err(refused) => refusal(state, refused),
    }
}

fn refusal(state: &AppState, Refused { error, budget }: Refused) -> Response {
    let problem = match error {
        Error::TooManyAttempts { .. } => {
            let words = "Too many mails or codes from here — try again later";
            Problem::from(error).detail(words).into_response()
        }
        error => refuse(state, error),
    };
    (RateLimited(budget), problem).into_response()
}
