//! Why a request is refused, in the words of HTTP.

use http::StatusCode;
use serde_json::json;

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// No `Authorization` header, or one of another scheme.
    #[error("an access token is needed: Authorization: Bearer <token>")]
    Missing,
    /// Several headers, or a Bearer header without exactly one token.
    #[error("one Authorization header with one Bearer token is expected")]
    Ambiguous,
    /// The token does not verify. The reason is for the log; the answer to the client holds none.
    #[error("the access token is invalid, expired or revoked")]
    Invalid(hallpass_token::Error),
    /// The token was revoked.
    #[error("the access token is invalid, expired or revoked")]
    Revoked,
    /// It verifies, and is not enough.
    #[error("your role does not allow this")]
    Forbidden,
    /// No keys that are fresh enough: the issuer cannot be reached.
    #[error("tokens cannot be checked at the moment")]
    KeysUnavailable,
    /// What was revoked is not known freshly enough, and the choice was to refuse then.
    #[error("tokens cannot be checked at the moment")]
    RevocationsUnknown,
}

impl Refusal {
    /// 401, 403, or 503 when the fault is not the caller's.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Missing | Self::Invalid(_) | Self::Revoked => StatusCode::UNAUTHORIZED,
            Self::Ambiguous => StatusCode::BAD_REQUEST,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::KeysUnavailable | Self::RevocationsUnknown => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// A stable name, the same as hallpass itself uses.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "missing_token",
            Self::Ambiguous => "ambiguous_credential",
            Self::Invalid(_) | Self::Revoked => "invalid_token",
            Self::Forbidden => "forbidden",
            Self::KeysUnavailable | Self::RevocationsUnknown => "unavailable",
        }
    }

    /// The title of the problem, the same as hallpass itself gives under this code (RFC 9457 §3.1.4: one title a type).
    pub const fn title(self) -> &'static str {
        match self {
            Self::Missing => "No access token",
            Self::Ambiguous => "Ambiguous credential",
            Self::Invalid(_) | Self::Revoked => "Invalid access token",
            Self::Forbidden => "Forbidden",
            Self::KeysUnavailable | Self::RevocationsUnknown => "Unavailable",
        }
    }

    /// The reason for the log.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Invalid(error) => error.code(),
            Self::Revoked => "revoked",
            Self::KeysUnavailable => "keys_unavailable",
            Self::RevocationsUnknown => "revocations_unknown",
            other => other.code(),
        }
    }

    /// The value of `WWW-Authenticate` (RFC 6750 §3), if one belongs there.
    pub const fn challenge(self) -> Option<&'static str> {
        match self {
            Self::Missing => Some("Bearer"),
            Self::Ambiguous => Some("Bearer error=\"invalid_request\""),
            Self::Invalid(_) | Self::Revoked => Some("Bearer error=\"invalid_token\""),
            Self::Forbidden => Some("Bearer error=\"insufficient_scope\""),
            Self::KeysUnavailable | Self::RevocationsUnknown => None,
        }
    }

    /// The problem document (RFC 9457), `type` below the issuer, where a page explains it.
    pub fn document(self, issuer: &str) -> String {
        let (code, detail, status) = (self.code(), self.to_string(), self.status());
        let title = self.title();
        let kind = format!("{issuer}/problems/{code}");
        json!({
            "type": kind, "title": title, "status": status.as_u16(), "detail": detail, "code": code, "error": detail,
        })
        .to_string()
    }

    /// The whole answer.
    pub fn response<B: From<String>>(self, issuer: &str) -> http::Response<B> {
        let mut response = http::Response::new(B::from(self.document(issuer)));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("application/problem+json"));
        if let Some(challenge) = self.challenge() {
            headers.insert(http::header::WWW_AUTHENTICATE, http::HeaderValue::from_static(challenge));
        } else {
            headers.insert(http::header::RETRY_AFTER, http::HeaderValue::from_static("2"));
        }
        response
    }
}
