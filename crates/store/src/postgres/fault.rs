//! What a failure means for the operation: whether it can be tried again, and how.

use std::error::Error as StdError;

use tokio_postgres::Error as DriverError;

/// Why an attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// Another transaction was in the way; it was rolled back, and may be run again.
    Contention,
    /// The connection is of no use, and nothing can have been committed on it.
    Lost,
    /// It was sent in a batch that was rolled back.
    BatchFailed,
    /// A second statement follows one that was sent alone.
    NeedsTransaction,
    /// Not to be tried again: it would fail again, or it may have happened.
    Final,
}

/// Reads the SQLSTATE.
pub(super) fn cause(error: &DriverError) -> Cause {
    let Some(code) = error.code() else {
        // No answer from the server: the socket. Or nothing was sent, because a value could not be encoded.
        let is_socket = error.is_closed() || source_of::<std::io::Error>(error).is_some();
        return if is_socket { Cause::Lost } else { Cause::Final };
    };
    match code.code() {
        // Serialization failure, deadlock. A unique violation can be one in disguise: the row that is in the way was
        // committed after this transaction's snapshot, and the next run sees it. A lock that did not come in time.
        "40001" | "40P01" | "23505" | "55P03" => Cause::Contention,
        // A prepared statement that is not there, or that is there already, or whose plan a migration has outdated.
        // Shutdown, crash, start-up, limits on idling; and everything of class 08.
        "26000" | "42P05" | "0A000" | "57P01" | "57P02" | "57P03" | "57P05" | "25P03" => Cause::Lost,
        other if other.starts_with("08") => Cause::Lost,
        _ => Cause::Final,
    }
}

/// The same at a COMMIT. One that the server refused has not happened. The outcome of one whose answer never came is unknown, so it
/// is neither called done nor sent again: it is 503, and the caller's own repeat meets a grace window or a condition.
pub(super) fn cause_at_commit(error: &DriverError) -> Cause {
    match cause(error) {
        Cause::Contention => Cause::Contention,
        _ => Cause::Final,
    }
}

/// An error with its sources. The driver's own text is "db error"; DETAIL is left out, because it quotes rows.
pub(super) fn describe(error: &(dyn StdError + 'static)) -> String {
    if let Some(db) = source_of::<tokio_postgres::error::DbError>(error) {
        return format!("{} (SQLSTATE {})", db.message(), db.code().code());
    }
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        source = inner.source();
    }
    text
}

fn source_of<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut error = Some(error);
    while let Some(inner) = error {
        if let Some(found) = inner.downcast_ref::<T>() {
            return Some(found);
        }
        error = inner.source();
    }
    None
}
