//! How many requests of webhooks are under way, by host.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Requests to one host and port at once, whatever endpoints it has: a receiver that is slow must not be flooded, and one that lets
/// its senders wait must not hold many connections of this process.
const PER_HOST: usize = 2;

/// Who is being asked now.
#[derive(Debug, Default)]
pub(crate) struct Hosts(Mutex<HashMap<String, Arc<Semaphore>>>);

impl Hosts {
    /// Returns when a request may be sent, and ends its turn when it is dropped.
    pub(crate) async fn turn(&self, url: &str) -> Option<OwnedSemaphorePermit> {
        let host = url.split_once("://").map_or(url, |(_, rest)| rest).split('/').next().unwrap_or_default();
        let semaphore = {
            let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            hosts.retain(|_, semaphore| Arc::strong_count(semaphore) > 1);
            hosts.entry(host.to_ascii_lowercase()).or_insert_with(|| Arc::new(Semaphore::new(PER_HOST))).clone()
        };
        // It is never closed.
        semaphore.acquire_owned().await.ok()
    }
}
