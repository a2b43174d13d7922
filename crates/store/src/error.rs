//! What can go wrong below an operation. None of it is ever an outcome of one.

use rusqlite::ErrorCode;

/// A storage fault. Its text is for operators and logs, never for clients.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The store does not answer now: locked, full, stopped, or its queue is. A later try may succeed.
    #[error("the store does not answer: {0}")]
    Unavailable(String),
    /// A row holds what this program cannot have written.
    #[error("the store holds a value that does not belong there: {0}")]
    Corrupt(&'static str),
    /// The schema was written by a newer release.
    #[error("the database was written by a newer release of hallpass ({0}); run that release, or restore a backup")]
    Newer(String),
    /// SQLite itself is too old to be trusted with a write-ahead log.
    #[error("SQLite {0} is linked, but versions before 3.51.3 can corrupt a write-ahead log")]
    UnsafeEngine(&'static str),
}

/// What every operation returns.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A stable name, for logs and metrics.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unavailable(_) => "store_unavailable",
            Self::Corrupt(_) => "store_corrupt",
            Self::Newer(_) => "store_newer",
            Self::UnsafeEngine(_) => "store_unsafe_engine",
        }
    }

    pub(crate) fn unavailable(cause: impl std::fmt::Display) -> Self {
        Self::Unavailable(cause.to_string())
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Corrupt("the database file is damaged, or no database")
            }
            _ => Self::unavailable(error),
        }
    }
}
