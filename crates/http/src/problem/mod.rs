//! Problem documents, RFC 9457: the one way in which this server says no.

pub mod registry;

use std::borrow::Cow;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use hallpass_auth::Error;
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde::Serialize;

pub use self::registry::{ALL, Kind};

/// The media type of a problem document.
pub const DOCUMENT: &str = "application/problem+json";

/// Why a request was refused, on its way to becoming a document.
#[derive(Debug, Clone)]
pub struct Problem {
    kind: &'static Kind,
    status: StatusCode,
    detail: Cow<'static, str>,
    fields: Vec<FieldError>,
    retry_after: Option<Duration>,
    challenge: Option<Challenge>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct FieldError {
    /// The field.
    pub field: String,
    /// What is wrong with it.
    pub message: String,
}

/// A challenge of RFC 6750 §3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Challenge {
    /// No credential came.
    Bare,
    /// One came that does not verify.
    InvalidToken,
    /// It verifies, and is not enough.
    InsufficientScope,
    /// It came in a way that is not allowed.
    InvalidRequest,
    /// A service client is asked for, not a user.
    Client,
}

/// The document itself.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProblemDocument {
    /// A page that explains cause and cure.
    #[serde(rename = "type")]
    pub kind: String,
    /// What happened, in a few words.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What happened, in a sentence.
    #[schema(value_type = String)]
    pub detail: Cow<'static, str>,
    /// A stable name.
    pub code: &'static str,
    /// The same as `detail`, for clients that read only this.
    #[schema(value_type = String)]
    pub error: Cow<'static, str>,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

impl Problem {
    /// A problem of this kind, with its usual words.
    pub fn new(kind: &'static Kind) -> Self {
        Self {
            kind,
            status: kind.status,
            detail: kind.detail.into(),
            fields: Vec::new(),
            retry_after: None,
            challenge: None,
        }
    }

    /// Answers with another status than the kind's, for a caller that knows only some of them.
    #[must_use]
    pub const fn answered_with(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Says it in other words.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.detail = detail.into();
        self
    }

    /// Names a field.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>, message: impl Into<String>) -> Self {
        self.fields.push(FieldError { field: field.into(), message: message.into() });
        self
    }

    /// Says when to come again.
    #[must_use]
    pub const fn retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }

    /// Adds a bearer challenge.
    #[must_use]
    pub const fn challenge(mut self, challenge: Challenge) -> Self {
        self.challenge = Some(challenge);
        self
    }

    /// A field that does not validate.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(&registry::VALIDATION_FAILED).field(field, message)
    }

    /// The document, with `type` below this issuer.
    pub fn document(self, issuer: &str) -> ProblemDocument {
        ProblemDocument {
            kind: format!("{issuer}/problems/{}", self.kind.code),
            title: self.kind.title,
            status: self.status.as_u16(),
            error: self.detail.clone(),
            detail: self.detail,
            code: self.kind.code,
            errors: self.fields,
        }
    }

    /// The HTTP status.
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// What happened, in a sentence, with what is wrong with which field.
    pub fn sentence(&self) -> String {
        match self.fields.first() {
            Some(field) => format!("{}: {}", field.field, field.message),
            None => self.detail.to_string(),
        }
    }

    /// The stable name.
    pub const fn code(&self) -> &'static str {
        self.kind.code
    }
}

impl Challenge {
    const fn value(self) -> &'static str {
        match self {
            Self::Bare => "Bearer",
            Self::InvalidToken => "Bearer error=\"invalid_token\"",
            Self::InsufficientScope => "Bearer error=\"insufficient_scope\"",
            Self::InvalidRequest => "Bearer error=\"invalid_request\"",
            Self::Client => "Basic realm=\"hallpass\"",
        }
    }
}

/// The response has its status and headers, but no body yet: [`layer::problem_body`](crate::layer) writes it, because only the
/// server's state knows the issuer that `type` begins with.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(DOCUMENT));
        if let Some(after) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(whole_seconds(after)));
        }
        if let Some(challenge) = self.challenge {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge.value()));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Rounded up, and never zero: coming back too early only costs another refusal.
pub fn whole_seconds(duration: Duration) -> u64 {
    (duration.as_secs() + u64::from(duration.subsec_nanos() > 0)).max(1)
}

/// How long to wait before asking an overloaded or ailing server again.
const SOON: Duration = Duration::from_secs(2);

const NOT_ONE_TIME: &str =
    "Only a one-time password is replaced at a login. Log in without this field, and use POST /auth/password.";

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        use registry as kind;
        match error {
            Error::InvalidCredentials => Self::new(&kind::INVALID_CREDENTIALS),
            Error::PasswordChangeRequired => Self::new(&kind::PASSWORD_CHANGE_REQUIRED),
            Error::NotOneTime => Self::invalid("new_password", NOT_ONE_TIME),
            Error::SamePassword => Self::invalid("new_password", "It must differ from the one-time password."),
            Error::OwnPassword => Self::new(&kind::OWN_PASSWORD),
            Error::WrongPassword => Self::new(&kind::WRONG_PASSWORD),
            Error::LoginInProgress => Self::new(&kind::LOGIN_IN_PROGRESS).retry_after(Duration::from_secs(1)),
            Error::AccountLocked { retry_after } => Self::new(&kind::ACCOUNT_LOCKED).retry_after(retry_after),
            Error::TooManyAttempts { retry_after } => Self::new(&kind::TOO_MANY_ATTEMPTS).retry_after(retry_after),
            Error::InvalidToken(reason) => {
                tracing::debug!(reason, "access token refused");
                Self::new(&kind::INVALID_TOKEN).challenge(Challenge::InvalidToken)
            }
            Error::InvalidRefreshToken => Self::new(&kind::INVALID_REFRESH_TOKEN),
            Error::TokenReuse => Self::new(&kind::TOKEN_REUSE),
            Error::InvalidClient => Self::new(&kind::INVALID_CLIENT).challenge(Challenge::Client),
            Error::Forbidden => Self::new(&kind::FORBIDDEN).challenge(Challenge::InsufficientScope),
            Error::RegistrationClosed => Self::new(&kind::REGISTRATION_CLOSED),
            Error::EmailTaken => Self::new(&kind::EMAIL_TAKEN),
            Error::InvalidEmail(reason) => Self::invalid("email", reason.to_string()),
            Error::WeakPassword(violation) => Self::invalid("password", violation.to_string()),
            Error::UnknownRole => Self::invalid("role", "This server does not know that role."),
            Error::TwoSubjects => Self::invalid("email", "Send `user` or `email`, not both."),
            Error::NotFound => Self::new(&kind::NOT_FOUND),
            Error::LastAdmin => Self::new(&kind::LAST_ADMIN),
            Error::KeyNotRipe { ripe_at } => Self::new(&kind::KEY_NOT_RIPE).detail(format!(
                "The next key was published too recently: verifiers may not know it before {ripe_at}. \
                 Rotate again then, or send {{\"force\": true}} if the present key must go."
            )),
            Error::NameTaken => Self::new(&kind::NAME_TAKEN),
            Error::TooManyAssertions { retry_after } => Self::new(&kind::TOO_MANY_ASSERTIONS).retry_after(retry_after),
            Error::TooManyClientFailures { retry_after } => {
                Self::new(&kind::TOO_MANY_CLIENT_FAILURES).retry_after(retry_after)
            }
            Error::EmailUnverified => Self::new(&kind::EMAIL_UNVERIFIED),
            Error::NoMail => Self::new(&kind::NO_MAIL),
            Error::NoWebhooks => Self::new(&kind::NO_WEBHOOKS),
            Error::BadWebhookUrl(reason) => Self::invalid("url", format!("No webhook can be sent there: {reason}.")),
            Error::UnfitOneTime => Self::new(&kind::UNFIT_CODE),
            Error::Overloaded => Self::new(&kind::OVERLOADED).retry_after(SOON),
            Error::LegacyUnavailable => Self::new(&kind::LEGACY_UNAVAILABLE).retry_after(SOON),
            Error::Unavailable => Self::new(&kind::UNAVAILABLE).retry_after(SOON),
        }
    }
}
