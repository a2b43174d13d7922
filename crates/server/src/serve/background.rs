//! What goes on beside the requests.

use std::time::Duration;

use hallpass_auth::Ctx;

use crate::state::AppState;

/// How soon a revocation by another process, such as the command line, is heard of.
const TICK: Duration = Duration::from_millis(250);

/// Hears from Redis what the other replicas have revoked.
pub(super) async fn follow(state: AppState) {
    let ctx = || Ctx::local(state.clock().now(), state.random().clone());
    state.auth().follow_redis(ctx).await;
}

/// Returns when the store has moved: whoever goes on serving from it would not hear of revocations.
pub(super) async fn maintain(state: AppState) {
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut count: u32 = 0;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = state.auth().changed() => {}
        }
        let ctx = Ctx::local(state.clock().now(), state.random().clone());
        match state.auth().maintain(&ctx).await {
            Ok(done) if done.has_moved => return,
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "background work failed; the next tick tries again"),
        }
        if let Some(lab) = state.lab() {
            lab.sweep(ctx.now);
        }
        count = count.wrapping_add(1);
        // Histograms hold every sample until somebody looks at them, or this.
        if count.is_multiple_of(20)
            && let Some(metrics) = state.metrics()
        {
            metrics.run_upkeep();
        }
    }
}
