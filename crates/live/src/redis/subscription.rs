//! Listening to the other replicas, on a connection of its own.

use futures_util::StreamExt;

use ::redis::aio::{PubSubSink, PubSubStream};
use hallpass_model::revocation::Numbered;

use super::connection::{PATIENCE, Redis, in_time};
use super::fault::RedisFault;
use super::message::Message;

/// An open ear. What was said before it opened, or while it was broken, comes from the database.
pub struct Subscription {
    sink: PubSubSink,
    stream: PubSubStream,
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Subscription")
    }
}

/// What was heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// An entry.
    Entry(Numbered),
    /// Something that is none.
    Noise,
    /// The connection is gone.
    End,
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

    /// The next word. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Heard {
        match self.stream.next().await {
            None => Heard::End,
            Some(message) => message
                .get_payload::<String>()
                .ok()
                .and_then(|line| Message::parse(&line))
                .map_or(Heard::Noise, Heard::Entry),
        }
    }

    /// Whether somebody is still there: a connection that was cut without a word stays silent for ever.
    pub async fn is_alive(&mut self) -> bool {
        in_time(PATIENCE, self.sink.ping::<::redis::Value>()).await.is_ok()
    }
}
