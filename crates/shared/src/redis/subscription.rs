//! The channel on which replicas publish revocations, read over a connection of its own.

use futures_util::StreamExt;

use ::redis::aio::{PubSubSink, PubSubStream};
use hallpass_model::revocation::FeedEntry;

use super::connection::{PATIENCE, Redis, in_time};
use super::fault::RedisFault;
use super::message::Message;

/// An open subscription. What was published before it opened, or while it was broken, is read from the database.
pub struct Subscription {
    sink: PubSubSink,
    stream: PubSubStream,
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Subscription")
    }
}

/// What came over the channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// An entry.
    Entry(FeedEntry),
    /// A message that is not an entry.
    Unreadable,
    /// The connection is closed.
    Closed,
}

impl Subscription {
    pub(super) async fn open(redis: &Redis, channel: &str) -> Result<Self, RedisFault> {
        let opened = in_time(PATIENCE * 2, async {
            let mut pubsub = redis.client().await?.get_async_pubsub().await?;
            pubsub.subscribe(channel).await?;
            Ok(pubsub)
        });
        let (sink, stream) = opened.await?.split();
        Ok(Self { sink, stream })
    }

    /// The next message. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Received {
        match self.stream.next().await {
            None => Received::Closed,
            Some(message) => message
                .get_payload::<String>()
                .ok()
                .and_then(|line| Message::parse(&line))
                .map_or(Received::Unreadable, Received::Entry),
        }
    }

    /// Whether Redis still answers: a connection that was cut without a packet stays silent for ever.
    pub async fn is_alive(&mut self) -> bool {
        in_time(PATIENCE, self.sink.ping::<::redis::Value>()).await.is_ok()
    }
}
