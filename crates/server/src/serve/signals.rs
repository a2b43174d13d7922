//! What the operator says by signals.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;

/// What a signal asks of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Finish what has begun and end; the second time, end at once.
    Stop,
    /// Load the TLS certificate and the database of places anew.
    Reload,
}

/// SIGTERM, SIGINT and SIGQUIT stop, SIGHUP reloads. SIGUSR1 and SIGUSR2, which would kill a process that does not know
/// them, are ignored.
///
/// # Errors
/// When the signals cannot be listened to.
pub fn orders() -> io::Result<mpsc::Receiver<Order>> {
    let (sender, receiver) = mpsc::channel(8);
    let table = [
        ("SIGTERM", SignalKind::terminate(), Some(Order::Stop)),
        ("SIGINT", SignalKind::interrupt(), Some(Order::Stop)),
        ("SIGQUIT", SignalKind::quit(), Some(Order::Stop)),
        ("SIGHUP", SignalKind::hangup(), Some(Order::Reload)),
        ("SIGUSR1", SignalKind::user_defined1(), None),
        ("SIGUSR2", SignalKind::user_defined2(), None),
    ];
    for (name, kind, order) in table {
        tokio::spawn(pass_on(signal(kind)?, name, order, sender.clone()));
    }
    Ok(receiver)
}

async fn pass_on(mut signal: Signal, name: &'static str, order: Option<Order>, sender: mpsc::Sender<Order>) {
    while signal.recv().await.is_some() {
        let meaning = match order {
            Some(Order::Stop) => "finishing what has begun; a second one ends at once",
            Some(Order::Reload) => "loading the TLS certificate and the database of places anew",
            None => "ignored",
        };
        tracing::info!("{name}: {meaning}");
        // A server that takes no more orders has ended.
        if let Some(order) = order
            && sender.send(order).await.is_err()
        {
            return;
        }
    }
}
