//! When to stop.

use tokio::signal::unix::{SignalKind, signal};

/// Waits for SIGTERM or SIGINT.
///
/// # Errors
/// When the signals cannot be listened to.
pub async fn until_told_to_stop() -> std::io::Result<()> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => tracing::info!("SIGTERM: finishing what has begun"),
        _ = interrupt.recv() => tracing::info!("SIGINT: finishing what has begun"),
    }
    Ok(())
}
