//! Trying again: how often, and after how long.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard};

use super::fault::Cause;
use crate::{Error, Result};

/// Attempts of one operation that lost against others.
const ATTEMPTS: u32 = 20;
/// Attempts of one operation that lost their connection before anything was committed.
const RECONNECTIONS: u32 = 2;
/// Long enough for this process to notice that other connections have been closed, too.
const RECONNECTION_PAUSE: Duration = Duration::from_millis(10);
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// Losers take turns: of many in one process that fight for a row, all but one would lose again and again. Each kind of
/// operation has a turn of its own, so that an unlucky one delays no operation of another kind.
#[derive(Default)]
pub(super) struct Turns(std::sync::Mutex<HashMap<&'static str, Arc<Mutex<()>>>>);

impl Turns {
    /// The lock of an operation's kind. There are as many as kinds of operation.
    fn of(&self, name: &'static str) -> Arc<Mutex<()>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(name).or_default().clone()
    }
}

/// What has been tried for one operation.
pub(super) struct Retries<'a> {
    name: &'static str,
    turns: &'a Turns,
    mine: Option<OwnedMutexGuard<()>>,
    collisions: u32,
    reconnections: u32,
}

impl<'a> Retries<'a> {
    pub(super) const fn new(name: &'static str, turns: &'a Turns) -> Self {
        Self { name, turns, mine: None, collisions: 0, reconnections: 0 }
    }

    /// The batch of its statement was rolled back, and the operation is retried alone: no attempt of its own has failed.
    pub(super) fn batch_failed(&self) {
        self.count("batch_failed");
    }

    /// How often it has lost against others.
    pub(super) const fn collisions(&self) -> u32 {
        self.collisions
    }

    fn count(&self, reason: &'static str) {
        metrics::counter!("hallpass_store_retries_total", "op" => self.name, "reason" => reason).increment(1);
    }

    /// Returns when it is time for another attempt.
    ///
    /// # Errors
    /// The given one, when there is none.
    pub(super) async fn again(&mut self, cause: Cause, error: Error) -> Result<()> {
        let reason = match cause {
            Cause::Contention if self.collisions < ATTEMPTS => "contention",
            Cause::Lost if self.reconnections < RECONNECTIONS => "connection",
            _ => return Err(error),
        };
        self.count(reason);
        if cause == Cause::Lost {
            // When a server restarts, all connections of the pool have died. The first attempt finds one of them; after a
            // pause the others are known to be closed, and are not handed out again.
            if self.reconnections > 0 {
                tokio::time::sleep(RECONNECTION_PAUSE).await;
            }
            self.reconnections += 1;
            return Ok(());
        }
        self.collisions += 1;
        tokio::time::sleep(pause(self.collisions)).await;
        if self.mine.is_none() {
            self.mine = Some(self.turns.of(self.name).lock_owned().await);
        }
        Ok(())
    }
}

/// Grows with the attempts, and differs between replicas that collided at the same instant.
fn pause(collisions: u32) -> Duration {
    let longest = FIRST_PAUSE.saturating_mul(1 << collisions.min(10)).min(LONGEST_PAUSE);
    // Chance enough for this: the standard library seeds its hash maps with it.
    let chance = u32::try_from(RandomState::new().hash_one(collisions) % 1000).unwrap_or_default();
    longest.saturating_mul(500 + chance / 2) / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_operation_has_a_turn_of_its_own() {
        let turns = Turns::default();
        let taken = turns.of("refresh").try_lock_owned();
        assert!(taken.is_ok());
        assert!(turns.of("refresh").try_lock_owned().is_err(), "losers of one kind take turns");
        assert!(turns.of("login").try_lock_owned().is_ok(), "another kind is not delayed");
    }
}
