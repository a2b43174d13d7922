//! Reading the issuer's revocation stream, for as long as the verifier lives.

use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::clock::Clock;
use crate::keys::{KeyCache, UnsafeUrl, client};
use crate::revocations::{FeedPage, Kind, PageOutcome, Replica};

/// Without an event for so long the connection is dead: the issuer sends a heartbeat every five seconds.
const SILENCE: Duration = Duration::from_secs(15);
/// An event that is larger is not one of ours: a full set of 100,000 entries is about 12 MB.
const MAX_EVENT: usize = 32 * 1024 * 1024;
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// The revocation stream of a hallpass server, and the client that may read it (`hallpass clients create`).
#[derive(Clone)]
pub struct Feed {
    url: String,
    client: reqwest::Client,
    id: String,
    secret: String,
}

impl std::fmt::Debug for Feed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Feed").field("url", &self.url).field("id", &self.id).finish_non_exhaustive()
    }
}

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
enum Cut {
    #[error("the connection failed: {0}")]
    Connection(String),
    #[error("status {0}")]
    Status(u16),
    #[error("an event cannot be read")]
    Garbage,
    #[error("no event came in time")]
    Silent,
    #[error("the stream ended")]
    Ended,
    #[error("the replica has a gap, and is read again")]
    Gap,
    #[error("the verifier is gone")]
    Abandoned,
}

impl Feed {
    /// The feed of this issuer: over https, or plain from this machine.
    ///
    /// # Errors
    /// [`UnsafeUrl`]: the secret would be read on the way.
    pub fn new(issuer: &str, id: impl Into<String>, secret: impl Into<String>) -> Result<Self, UnsafeUrl> {
        let url = format!("{issuer}/revocations/stream");
        let client = client(&url).ok_or_else(|| UnsafeUrl::of(&url))?;
        let url = format!("{url}?kinds={}", Kind::ALL.map(Kind::as_str).join(","));
        Ok(Self { url, client, id: id.into(), secret: secret.into() })
    }

    pub(crate) async fn run(self, replica: Weak<Replica>, keys: Weak<KeyCache>, clock: Clock) {
        let mut pause = FIRST_PAUSE;
        loop {
            let mut has_received = false;
            let cut = self.read_stream((&replica, &keys), &clock, &mut has_received).await;
            if matches!(cut, Cut::Abandoned) {
                return;
            }
            pause = if has_received { FIRST_PAUSE } else { (pause * 2).min(LONGEST_PAUSE) };
            tracing::warn!(%cut, retry_in = ?pause, "the revocation stream was cut");
            tokio::time::sleep(pause).await;
        }
    }

    /// One connection, from the replica's place on, until it ends.
    async fn read_stream(
        &self,
        (replica, keys): (&Weak<Replica>, &Weak<KeyCache>),
        clock: &Clock,
        has_received: &mut bool,
    ) -> Cut {
        let Some(cursor) = replica.upgrade().map(|replica| replica.cursor()) else { return Cut::Abandoned };
        let mut request = self.client.get(&self.url).basic_auth(&self.id, Some(&self.secret));
        if let Some(cursor) = cursor {
            request = request.header("last-event-id", cursor);
        }
        let mut answer = match tokio::time::timeout(SILENCE, request.send()).await {
            Ok(Ok(answer)) if answer.status() == reqwest::StatusCode::OK => answer,
            Ok(Ok(answer)) => return Cut::Status(answer.status().as_u16()),
            Ok(Err(error)) => return Cut::Connection(error.without_url().to_string()),
            Err(_) => return Cut::Silent,
        };
        let mut buffer = Vec::new();
        // How far no event ends: a full set comes in many pieces, and each byte is looked at once.
        let mut searched: usize = 0;
        loop {
            match tokio::time::timeout(SILENCE, answer.chunk()).await {
                Ok(Ok(Some(piece))) => buffer.extend_from_slice(&piece),
                Ok(Ok(None)) => return Cut::Ended,
                Ok(Err(error)) => return Cut::Connection(error.without_url().to_string()),
                Err(_) => return Cut::Silent,
            }
            while let Some(end) = buffer[searched..].windows(2).position(|pair| pair == b"\n\n") {
                let event: Vec<u8> = buffer.drain(..searched + end + 2).collect();
                searched = 0;
                let Some(page) = page_of(&event) else { return Cut::Garbage };
                let Some(replica) = replica.upgrade() else { return Cut::Abandoned };
                match replica.apply(page, clock()) {
                    PageOutcome::Gap => return Cut::Gap,
                    PageOutcome::Keys => refresh(keys.upgrade()),
                    PageOutcome::Revocations => {}
                }
                *has_received = true;
            }
            searched = buffer.len().saturating_sub(1);
            if buffer.len() > MAX_EVENT {
                return Cut::Garbage;
            }
        }
    }
}

/// In the background: the next revocation must not wait for the fetch.
fn refresh(keys: Option<Arc<KeyCache>>) {
    if let Some(keys) = keys {
        tokio::spawn(async move { keys.refresh_after_change().await });
    }
}

/// The data of an event (WHATWG HTML §9.2), which is one line here.
fn page_of(event: &[u8]) -> Option<FeedPage> {
    let text = std::str::from_utf8(event).ok()?;
    let data = text.lines().find_map(|line| line.strip_prefix("data:"))?;
    serde_json::from_str(data.trim_start()).ok()
}
