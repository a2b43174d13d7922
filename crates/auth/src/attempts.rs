//! Attempts at a password outlive their clients.

use std::future::Future;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tracing::Instrument;

use crate::core::Auth;
use crate::rooms::Background;

impl Background<'_> {
    /// Runs attempts in the task of their client. For sandboxes: what surrounds that task, such as the recorder that
    /// keeps their logins out of the metrics, does not surround another one; and an attempt that is cut off there locks
    /// no other user out.
    pub fn attach_attempts(self) {
        self.0.core().attempts.are_attached.store(true, Ordering::Relaxed);
    }

    /// Waits until the attempts under way are settled, for as long as it is given. Call it before the store is closed.
    pub async fn settle_attempts(self, patience: Duration) {
        let tasks = &self.0.core().attempts.tasks;
        tasks.close();
        if tokio::time::timeout(patience, tasks.wait()).await.is_err() {
            tracing::warn!(attempts = tasks.len(), "attempts were not settled; each counts as a failure in a minute");
        }
        tasks.reopen();
    }
}

impl Auth {
    /// Runs an attempt to its end, whatever becomes of the caller: a client that hangs up must not leave a reservation
    /// behind, with which anyone could lock any account.
    pub(crate) async fn to_its_end<T: Send + 'static>(&self, attempt: impl Future<Output = T> + Send + 'static) -> T {
        if self.core().attempts.are_attached.load(Ordering::Relaxed) {
            return attempt.await;
        }
        let task = self.core().attempts.tasks.spawn(attempt.in_current_span());
        match task.await.map_err(tokio::task::JoinError::try_into_panic) {
            Ok(ended) => ended,
            // The request is answered, and the panic counted, where every other is.
            Err(Ok(panic)) => std::panic::resume_unwind(panic),
            // The runtime is going down, and the caller with it.
            Err(Err(_)) => std::future::pending().await,
        }
    }
}
