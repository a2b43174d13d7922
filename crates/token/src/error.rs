//! Every reason to refuse a token, each with one stable code. None carries text from a token.

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Error {
    /// It is not a JWS that one of the keys has signed, or its header is refused.
    #[error(transparent)]
    Jws(#[from] hallpass_jose::Error),
    /// A claim is missing, of the wrong type, or not expected.
    #[error("a claim is missing, mistyped or unexpected")]
    Claims,
    /// `iss` is not the expected one.
    #[error("the token is from another issuer")]
    WrongIssuer,
    /// `aud` does not name this verifier.
    #[error("the token is for another audience")]
    WrongAudience,
    /// `exp` has passed.
    #[error("the token has expired")]
    Expired,
    /// `nbf` or `iat` lies in the future.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// `exp` - `iat` is longer than any token this issuer makes.
    #[error("the token's lifetime is longer than allowed")]
    LivesTooLong,
    /// A time claim is not a number in range.
    #[error("a time claim is not a number in range")]
    BadTime,
}

impl Error {
    /// A stable name, for logs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Jws(error) => error.code(),
            Self::Claims => "bad_claims",
            Self::WrongIssuer => "wrong_iss",
            Self::WrongAudience => "wrong_aud",
            Self::Expired => "token_expired",
            Self::NotYetValid => "not_yet_valid",
            Self::LivesTooLong => "lives_too_long",
            Self::BadTime => "bad_time",
        }
    }
}
