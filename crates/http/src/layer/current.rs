//! The request that a task answers, for the log lines of whatever happens meanwhile.
//!
//! A span of `tracing` would write its fields into a text for each request; here they are read when there is a line.

use std::sync::Arc;

use super::observe::Observed;

tokio::task_local! {
    static CURRENT: Arc<Observed>;
}

/// Runs the work of a request.
pub(super) async fn during<F: Future>(observed: Arc<Observed>, work: F) -> F::Output {
    CURRENT.scope(observed, work).await
}

/// The names and values that a log line says of the request which this task answers; `None` outside of one.
pub fn current_request() -> Option<Vec<(&'static str, String)>> {
    CURRENT.try_with(|observed| observed.fields()).ok()
}
