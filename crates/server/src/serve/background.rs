//! The work beside the requests, and what happens when it fails.

use std::collections::HashSet;
use std::future::Future;
use std::time::Duration;

use hallpass_auth::{Ctx, ENDPOINTS_AT_ONCE};
use tokio::task::{JoinError, JoinHandle, JoinSet};
use tokio::time::Instant;

use super::ServeError;
use crate::app::App;
use hallpass_http::state::AppState;

/// How soon a revocation by another process, such as the command line, is read.
const TICK: Duration = Duration::from_millis(250);
/// How often messages are looked for that this process has not written itself.
const BETWEEN_TURNS: Duration = Duration::from_secs(5);
/// How soon an event is told. A look is one read while there is no webhook.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);
/// How soon a task that panicked is started again; the pause doubles with each panic, up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// A task that ran this long has recovered.
const RECOVERED_AFTER: Duration = Duration::from_secs(60);
/// Panics in a row after which the process ends: its supervisor starts it anew, and says so to the operator.
const MOST_PANICS: u32 = 8;

/// A background task panicked again and again.
#[derive(Debug, thiserror::Error)]
#[error("the background task `{0}` panicked {MOST_PANICS} times in a row; see the log")]
pub struct Broken(&'static str);

pub(super) type Supervised = JoinHandle<Result<(), Broken>>;

/// Starts the maintenance, which ends when the store has moved, and what does not end: the work for Redis, and the sending
/// of messages and webhooks.
pub(super) fn start(app: &App) -> (Supervised, [Supervised; 3]) {
    let (for_maintenance, for_redis, for_messages) = (app.clone(), app.state.clone(), app.state.clone());
    let for_webhooks = app.state.clone();
    let maintenance = supervise("maintenance", move || tick(for_maintenance.clone()));
    let redis = supervise("redis", move || keep_redis_in_step(for_redis.clone()));
    let messages = supervise("messages", move || send_messages(for_messages.clone()));
    let webhooks = supervise("webhooks", move || tell_webhooks(for_webhooks.clone()));
    (tokio::spawn(maintenance), [tokio::spawn(redis), tokio::spawn(messages), tokio::spawn(webhooks)])
}

/// Why the server stops when a background task has ended.
pub(super) fn result(ended: Result<Result<(), Broken>, JoinError>) -> Result<(), ServeError> {
    match ended {
        Ok(Ok(())) => Err(ServeError::Moved),
        Ok(Err(broken)) => Err(broken.into()),
        // The runtime is going down.
        Err(_) => Ok(()),
    }
}

/// Runs a task until it ends by itself. One that panics is logged, counted and started again: without it the server
/// would go on answering, and no longer read what others revoke.
///
/// # Errors
/// [`Broken`] when it panics again and again.
async fn supervise<F>(name: &'static str, task: impl Fn() -> F) -> Result<F::Output, Broken>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let (mut panics, mut pause) = (0, FIRST_PAUSE);
    loop {
        let begun = Instant::now();
        let mut running = Running(tokio::spawn(task()));
        match (&mut running.0).await {
            Ok(output) => return Ok(output),
            // Only the end of the runtime cancels it.
            Err(error) if !error.is_panic() => std::future::pending().await,
            Err(_) => {}
        }
        if begun.elapsed() >= RECOVERED_AFTER {
            (panics, pause) = (0, FIRST_PAUSE);
        }
        panics += 1;
        metrics::counter!("hallpass_panics_total").increment(1);
        if panics >= MOST_PANICS {
            tracing::error!(task = name, panics, "a background task panicked again and again; the server stops");
            return Err(Broken(name));
        }
        tracing::error!(task = name, panics, ?pause, "a background task panicked; it is started again after a pause");
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// A task that is aborted when its waiter is dropped.
struct Running<T>(JoinHandle<T>);

impl<T> Drop for Running<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Keeps this process and Redis in agreement.
async fn keep_redis_in_step(state: AppState) {
    let ctx = || Ctx::local(state.clock().now(), state.random().clone());
    state.auth().background().run_redis_sync(ctx).await;
    // Without Redis there is nothing to do.
    std::future::pending::<()>().await;
}

/// Sends what waits: at once when this process has written it, or else when its turn comes.
async fn send_messages(state: AppState) {
    loop {
        if let Err(error) = send_all(&state).await {
            tracing::warn!(%error, "messages cannot be sent; the next turn tries again");
        }
        // Time alone ends it as well: a message may wait for another try, or be of another process.
        let _ = tokio::time::timeout(BETWEEN_TURNS, state.auth().background().has_mail()).await;
    }
}

/// Sends until nothing waits. Connections to the mail server are kept meanwhile: to make one can take longer than a mail.
async fn send_all(state: &AppState) -> Result<(), hallpass_auth::Error> {
    let background = state.auth().background();
    let Some(outbound) = background.outbound() else { return Ok(()) };
    loop {
        let ctx = Ctx::local(state.clock().now(), state.random().clone());
        if background.send_messages(&ctx, &outbound).await?.tried() == 0 {
            return Ok(());
        }
    }
}

/// Tells endpoints what is new, many of them at once: one that lets its senders wait delays no other.
async fn tell_webhooks(state: AppState) {
    let (mut told, mut turns) = (HashSet::new(), JoinSet::new());
    loop {
        let ctx = Ctx::local(state.clock().now(), state.random().clone());
        let due = state.auth().background().due_webhooks(&ctx).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "webhooks cannot be looked for; the next turn tries again");
            Vec::new()
        });
        for id in due {
            if turns.len() < ENDPOINTS_AT_ONCE && told.insert(id) {
                let (state, ctx) = (state.clone(), ctx.clone());
                turns.spawn(async move {
                    if let Err(error) = state.auth().background().tell_webhook(&ctx, id).await {
                        tracing::warn!(webhook = %id, %error, "a webhook cannot be told; its lease runs out first");
                    }
                    id
                });
            }
        }
        tokio::select! {
            Some(ended) = turns.join_next() => match ended {
                Ok(id) => { told.remove(&id); }
                // The supervisor counts a panic. Else the runtime is going down.
                Err(error) => match error.try_into_panic() {
                    Ok(panic) => std::panic::resume_unwind(panic),
                    Err(_) => return,
                },
            },
            () = tokio::time::sleep(BETWEEN_LOOKS) => {}
            () = state.auth().background().has_webhooks() => {}
        }
    }
}

/// Returns when the store has moved: a server that goes on serving from it would not read of revocations.
async fn tick(App { state, lab, .. }: App) {
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut count: u32 = 0;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = state.auth().background().changed() => {}
        }
        let ctx = Ctx::local(state.clock().now(), state.random().clone());
        match state.auth().background().tick(&ctx).await {
            Ok(done) if done.has_moved => return,
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "background work failed; the next tick tries again"),
        }
        if let Some(lab) = &lab {
            lab.sweep(ctx.now);
        }
        count = count.wrapping_add(1);
        // Histograms hold every sample until they are read, or this is called.
        if count.is_multiple_of(20)
            && let Some(metrics) = state.metrics()
        {
            metrics.run_upkeep();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// Panics this many times, and then ends.
    fn flaky(panics: u32) -> (Arc<AtomicU32>, impl Fn() -> std::pin::Pin<Box<dyn Future<Output = u32> + Send>>) {
        let starts = Arc::new(AtomicU32::new(0));
        let counted = starts.clone();
        let task = move || {
            let starts = counted.clone();
            let run: std::pin::Pin<Box<dyn Future<Output = u32> + Send>> = Box::pin(async move {
                let start = starts.fetch_add(1, Ordering::SeqCst);
                assert!(start >= panics, "on purpose");
                start
            });
            run
        };
        (starts, task)
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_panics_is_started_again_and_its_end_is_told() {
        let (starts, task) = flaky(MOST_PANICS - 1);
        assert_eq!(supervise("flaky", task).await.expect("it recovers"), MOST_PANICS - 1);
        assert_eq!(starts.load(Ordering::SeqCst), MOST_PANICS);
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_panics_again_and_again_ends_the_server() {
        let (starts, task) = flaky(u32::MAX);
        supervise("flaky", task).await.expect_err("it is broken");
        assert_eq!(starts.load(Ordering::SeqCst), MOST_PANICS);
    }

    #[tokio::test(start_paused = true)]
    async fn a_supervised_task_ends_with_its_supervisor() {
        struct Ended(Arc<AtomicU32>);
        impl Drop for Ended {
            fn drop(&mut self) {
                self.0.fetch_add(1, Ordering::SeqCst);
            }
        }
        let ended = Arc::new(AtomicU32::new(0));
        let guard = ended.clone();
        let supervised = supervise("endless", move || {
            let guard = Ended(guard.clone());
            async move {
                let _guard = guard;
                std::future::pending::<()>().await;
            }
        });
        drop(tokio::time::timeout(Duration::from_secs(1), supervised).await);
        tokio::task::yield_now().await;
        assert_eq!(ended.load(Ordering::SeqCst), 1);
    }
}
