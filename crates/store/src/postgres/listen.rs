//! Hearing of other replicas' revocations at once: LISTEN. A notification says only that there is news; what it is, is
//! read from the feed. So one that is lost costs a poll's wait and nothing else.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_postgres::AsyncMessage;

use super::{PostgresUrl, connection, fault};
use crate::{Error, Result};

/// Sent inside the transaction, so that it is heard after the commit or not at all.
pub(super) const NOTIFY_AND_COMMIT: &str = "SELECT pg_notify('hallpass_revocations', ''); COMMIT";
/// Whether this engine knows how; outside a transaction, where a refusal spoils nothing.
pub(super) const PROBE: &str = "SELECT pg_notify('hallpass_probe', '')";
const LISTEN: &str = "LISTEN hallpass_revocations";

/// Between two tries to connect.
const PAUSE: Duration = Duration::from_secs(1);

/// Listens until the task is aborted.
pub(super) fn start(target: PostgresUrl, news: Arc<Notify>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut was_well = true;
        loop {
            if let Err(error) = listen(&target, &news, &mut was_well).await
                && std::mem::take(&mut was_well)
            {
                tracing::warn!(
                    target: "hallpass::store", %error,
                    "cannot listen for other replicas' revocations; they are read by polling meanwhile"
                );
            }
            tokio::time::sleep(PAUSE).await;
        }
    })
}

async fn listen(target: &PostgresUrl, news: &Notify, is_well: &mut bool) -> Result<()> {
    let (client, mut wire) = connection::raw(target).await?;
    let mut listening = std::pin::pin!(client.batch_execute(LISTEN));
    let mut is_listening = false;
    loop {
        tokio::select! {
            done = &mut listening, if !is_listening => {
                done.map_err(|error| Error::unavailable(fault::describe(&error)))?;
                (is_listening, *is_well) = (true, true);
                // Notifications that were sent before were missed.
                news.notify_one();
            }
            message = poll_fn(|cx| wire.poll_message(cx)) => match message {
                Some(Ok(AsyncMessage::Notification(_))) => news.notify_one(),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(Error::unavailable(fault::describe(&error))),
                None => return Err(Error::unavailable("the listening connection was closed")),
            }
        }
    }
}
