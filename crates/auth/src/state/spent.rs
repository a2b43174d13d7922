//! Assertions that this process has seen.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hallpass_model::ClientId;

use crate::{Error, Result};

/// Unexpired assertions of one client that a replica has in memory. A client that makes more of them is refused until
/// some have expired; no other client is.
const PER_CLIENT: usize = 10_000;
/// Below this nothing is thrown out.
const FEW: usize = 64;

/// Assertions that this process has seen and that have not expired.
///
/// The store decides which use is the first, over all replicas. What is here spares it the repeats, and bounds what one
/// client can make it hold.
#[derive(Debug, Default)]
pub(crate) struct Spent(Mutex<HashMap<ClientId, OfClient>>);

#[derive(Debug, Default)]
struct OfClient {
    /// When each expires, seconds since the epoch.
    ends: HashMap<[u8; 32], i64>,
    /// So many make it worth while to look for those that have.
    sweep_at: usize,
}

impl Spent {
    pub(crate) fn enter(&self, client: ClientId, key: [u8; 32], end: i64, now: i64) -> Result<()> {
        self.clients().entry(client).or_default().enter(key, end, now, PER_CLIENT)
    }

    pub(crate) fn take_out(&self, client: ClientId, key: &[u8; 32]) {
        if let Some(of_client) = self.clients().get_mut(&client) {
            of_client.ends.remove(key);
        }
    }

    // Entries are added and removed one by one, whatever panicked.
    fn clients(&self) -> MutexGuard<'_, HashMap<ClientId, OfClient>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OfClient {
    fn enter(&mut self, key: [u8; 32], end: i64, now: i64, at_most: usize) -> Result<()> {
        if self.ends.get(&key).is_some_and(|end| *end > now) {
            return Err(Error::InvalidClient);
        }
        if self.ends.len() >= self.sweep_at.clamp(FEW.min(at_most), at_most) {
            self.ends.retain(|_, end| *end > now);
            self.sweep_at = self.ends.len() * 2;
        }
        if self.ends.len() >= at_most {
            let first = self.ends.values().min().map_or(0, |end| end.abs_diff(now));
            return Err(Error::TooManyAssertions { retry_after: Duration::from_secs(first) });
        }
        self.ends.insert(key, end);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_full_client_waits_for_the_first_of_its_assertions_to_expire() {
        let mut of_client = OfClient::default();
        for (n, end) in [(1, 30), (2, 20), (3, 40)] {
            assert_eq!(of_client.enter([n; 32], end, 0, 3), Ok(()));
        }
        let refused = Error::TooManyAssertions { retry_after: Duration::from_secs(15) };
        assert_eq!(of_client.enter([4; 32], 50, 5, 3), Err(refused));
        assert_eq!(of_client.enter([1; 32], 50, 5, 3), Err(Error::InvalidClient), "a repeat is a repeat");
        assert_eq!(of_client.enter([4; 32], 50, 20, 3), Ok(()));
    }

    proptest! {
        /// Whatever is swept when, it accepts exactly what a list without a sweep accepts.
        #[test]
        fn agrees_with_a_plain_list(steps in prop::collection::vec((0u8..40, 1i64..9, 0i64..3), 0..200)) {
            let (mut of_client, mut plain, mut now) = (OfClient::default(), HashMap::<[u8; 32], i64>::new(), 0);
            for (name, life, pause) in steps {
                now += pause;
                let (key, live) = ([name; 32], plain.values().filter(|end| **end > now).count());
                let is_known = plain.get(&key).is_some_and(|end| *end > now);
                let result = of_client.enter(key, now + life, now, 16);
                prop_assert_eq!(result.is_ok(), !is_known && live < 16);
                if result.is_ok() {
                    plain.insert(key, now + life);
                }
            }
        }
    }
}
