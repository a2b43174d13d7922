//! Every way a use case can refuse or fail: closed, and free of foreign text.

use std::time::Duration;

use hallpass_model::Timestamp;
use hallpass_model::email::EmailError;
use hallpass_password::Violation;
use hallpass_store::op::{Standing, Unauthorized};

use crate::ctx::RandomError;

/// Why a use case did not do what was asked.
///
/// The server turns each into one problem document. None carries text from a store, a library or a client, so none
/// can leak it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Wrong address or wrong password; no answer says which.
    #[error("invalid credentials")]
    InvalidCredentials,
    /// The current password was wrong when changing it.
    #[error("wrong current password")]
    WrongPassword,
    /// The password is right, and a one-time password: its owner has to choose another one to come in.
    #[error("a one-time password has to be replaced")]
    PasswordChangeRequired,
    /// A new password came along with one that is not a one-time password.
    #[error("not a one-time password")]
    NotOneTime,
    /// The new password is the one-time password itself.
    #[error("the same password again")]
    SamePassword,
    /// An admin has asked for a one-time password for the own account.
    #[error("own password")]
    OwnPassword,
    /// Too many failures in a row against this account.
    #[error("account locked")]
    AccountLocked {
        /// Until the lock ends.
        retry_after: Duration,
    },
    /// Other attempts against this account are being checked, and fill its limit.
    #[error("login in progress")]
    LoginInProgress,
    /// Too many attempts from this client address.
    #[error("too many attempts")]
    TooManyAttempts {
        /// Until the window ends.
        retry_after: Duration,
    },
    /// The access token does not verify, or is revoked. The reason goes to the log, not to the client.
    #[error("invalid access token: {0}")]
    InvalidToken(&'static str),
    /// The refresh token is unknown, garbled, expired or revoked.
    #[error("invalid refresh token")]
    InvalidRefreshToken,
    /// The refresh token was spent before: the family is revoked.
    #[error("refresh token reuse")]
    TokenReuse,
    /// The service client is unknown, revoked, or has not proved who it is.
    #[error("invalid client")]
    InvalidClient,
    /// Too many wrong credentials of a service client from one client address.
    #[error("too many wrong client credentials")]
    TooManyClientFailures {
        /// Until they count from zero again.
        retry_after: Duration,
    },
    /// The service client has as many unexpired assertions in use as one client may.
    #[error("too many assertions")]
    TooManyAssertions {
        /// Until the first of them expires.
        retry_after: Duration,
    },
    /// A role that this act needs is missing.
    #[error("forbidden")]
    Forbidden,
    /// Registration is closed.
    #[error("registration is closed")]
    RegistrationClosed,
    /// The address has an account already.
    #[error("email taken")]
    EmailTaken,
    /// The text is not an address.
    #[error("invalid email: {0}")]
    InvalidEmail(EmailError),
    /// The password is not allowed.
    #[error("password refused: {0}")]
    WeakPassword(Violation),
    /// The role is not one of the configured ones.
    #[error("unknown role")]
    UnknownRole,
    /// A list was asked for by user and by address at once.
    #[error("by user or by address, not both")]
    TwoSubjects,
    /// There is no such thing, or it is not the caller's.
    #[error("not found")]
    NotFound,
    /// The act would leave no active admin.
    #[error("last admin")]
    LastAdmin,
    /// The next signing key was published too recently to sign.
    #[error("the next key is not ripe")]
    KeyNotRipe {
        /// When it will be.
        ripe_at: Timestamp,
    },
    /// The name is taken.
    #[error("name taken")]
    NameTaken,
    /// This installation sends no mail.
    #[error("no mail")]
    NoMail,
    /// The password is right, and the address has to be proved first.
    #[error("the address is not proved")]
    EmailUnverified,
    /// The system that users move in from gives no answer. Nothing was found out about the password.
    #[error("the legacy system gives no answer")]
    LegacyUnavailable,
    /// This installation sends no webhooks: it is a sandbox.
    #[error("no webhooks")]
    NoWebhooks,
    /// Nothing can be sent to the address of a webhook.
    #[error("webhook address: {0}")]
    BadWebhookUrl(hallpass_egress::Error),
    /// A link or a code from a mail is wrong, was used, has been replaced by a newer one or has expired.
    #[error("link or code is not good")]
    UnfitOneTime,
    /// The hashing queue is full.
    #[error("overloaded")]
    Overloaded,
    /// The store, the hashing pool or the source of randomness is out of reach. Never a verdict, changes nothing.
    #[error("unavailable")]
    Unavailable,
}

impl From<hallpass_store::Error> for Error {
    /// The cause is logged here, once; the client learns only that the store is out of reach.
    fn from(error: hallpass_store::Error) -> Self {
        tracing::error!(target: "hallpass::store", code = error.code(), %error, "store failure");
        Self::Unavailable
    }
}

impl From<Unauthorized> for Error {
    fn from(Unauthorized(standing): Unauthorized) -> Self {
        match standing {
            Standing::Ended => Self::InvalidToken("revoked"),
            Standing::Other | Standing::Admin => Self::Forbidden,
        }
    }
}

impl From<RandomError> for Error {
    fn from(error: RandomError) -> Self {
        tracing::error!(%error, "no randomness");
        Self::Unavailable
    }
}

impl From<hallpass_password::PoolError> for Error {
    fn from(error: hallpass_password::PoolError) -> Self {
        match error {
            hallpass_password::PoolError::Overloaded => Self::Overloaded,
            other => {
                tracing::error!(error = %other, "password hashing failed");
                Self::Unavailable
            }
        }
    }
}

impl From<EmailError> for Error {
    fn from(error: EmailError) -> Self {
        Self::InvalidEmail(error)
    }
}

impl From<Violation> for Error {
    fn from(violation: Violation) -> Self {
        Self::WeakPassword(violation)
    }
}
