//! How a command fails.

use std::fmt;
use std::process::ExitCode;

use hallpass_auth::transfer::TransferError;
use hallpass_auth::{Error, StartError};
use hallpass_store::transfer::CopyError;

use crate::config::ConfigErrors;
use crate::serve::ServeError;

pub(super) type Result<T, E = Failure> = std::result::Result<T, E>;

/// Why a command failed.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) code: &'static str,
    pub(super) message: String,
    is_usage: bool,
}

impl Failure {
    /// It was refused, or failed.
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), is_usage: false }
    }

    /// Its arguments make no sense.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self { code: "usage", message: message.into(), is_usage: true }
    }

    pub(super) fn exit_code(&self) -> ExitCode {
        ExitCode::from(if self.is_usage { 2 } else { 1 })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::new("io", error.to_string())
    }
}

impl From<ConfigErrors> for Failure {
    fn from(errors: ConfigErrors) -> Self {
        Self::new(errors.0.first().map_or("configuration", |error| error.code), errors.to_string())
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        Self::new("cannot_start", error.to_string())
    }
}

impl From<TransferError> for Failure {
    fn from(error: TransferError) -> Self {
        let code = match &error {
            TransferError::Copy(CopyError::Source(cause) | CopyError::Target(cause))
            | TransferError::NotClosed(cause) => cause.code(),
            TransferError::Random(_) => "no_randomness",
            _ => "cannot_move",
        };
        Self::new(code, error.to_string())
    }
}

impl From<ServeError> for Failure {
    fn from(error: ServeError) -> Self {
        Self::new("cannot_serve", error.to_string())
    }
}

impl From<hallpass_store::Error> for Failure {
    fn from(error: hallpass_store::Error) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

impl From<hallpass_jose::Error> for Failure {
    fn from(error: hallpass_jose::Error) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

impl From<hallpass_token::Error> for Failure {
    fn from(error: hallpass_token::Error) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

impl From<hallpass_auth::RandomError> for Failure {
    fn from(error: hallpass_auth::RandomError) -> Self {
        Self::new("no_randomness", error.to_string())
    }
}

impl From<Error> for Failure {
    /// The words are those of the API's problem documents.
    fn from(error: Error) -> Self {
        let problem = hallpass_http::problem::Problem::from(error);
        Self::new(problem.code(), problem.sentence())
    }
}

/// Names what was looked for; the API has no need to, since its caller has just named it in the path.
pub(super) fn no_such(error: Error, kind: &str, name: &str) -> Failure {
    match error {
        Error::NotFound => Failure::new("not_found", format!("there is no {kind} {name}")),
        other => other.into(),
    }
}
