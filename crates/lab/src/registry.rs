//! Which sandboxes there are, whose they are, and who must go when a new one comes.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use hallpass_model::Timestamp;

use crate::quota::Share;
use crate::refused::Refused;
use crate::sandbox::Sandbox;

/// Sandboxes of one client address. A further one takes the place of the one it has used least lately.
pub(crate) const EACH: usize = 4;
/// When every place is taken, a sandbox idle for this long gives its place up.
const YIELDS: Duration = Duration::from_secs(5 * 60);
/// Client addresses that are remembered.
pub(crate) const SHARES: usize = 4096;
/// A share unused for this long, with no sandbox, is as good as new.
const FORGOTTEN: Duration = Duration::from_secs(60);

#[derive(Default)]
pub(crate) struct Registry {
    boxes: HashMap<String, Arc<Sandbox>>,
    shares: HashMap<Vec<u8>, Arc<Share>>,
}

impl Registry {
    pub(crate) fn len(&self) -> usize {
        self.boxes.len()
    }

    /// The share of a client address.
    pub(crate) fn share(&mut self, network: Vec<u8>, now: Timestamp) -> Result<Arc<Share>, Refused> {
        if let Some(share) = self.shares.get(&network) {
            return Ok(share.clone());
        }
        if self.shares.len() >= SHARES {
            self.sweep(now);
        }
        if self.shares.len() >= SHARES {
            return Err(Refused::Full { retry_after: FORGOTTEN });
        }
        let share = Share::new(network.clone(), now);
        self.shares.insert(network, share.clone());
        Ok(share)
    }

    /// Sees to it that one more sandbox may be opened. Another visitor's is closed only when it lies idle.
    pub(crate) fn make_room(&mut self, share: &Share, now: Timestamp, max: usize) -> Result<(), Refused> {
        self.sweep(now);
        let own = self.boxes.values().filter(|sandbox| sandbox.share().network() == share.network());
        let count = own.clone().count();
        // A visitor who starts over in a full lab gives up their own place, and is not refused.
        if (count >= EACH || (count > 0 && self.boxes.len() >= max))
            && let Some(id) = stalest(own).map(|sandbox| sandbox.id().to_owned())
        {
            self.boxes.remove(&id);
        }
        if self.boxes.len() < max {
            return Ok(());
        }
        let Some(stalest) = stalest(self.boxes.values()) else { return Err(Refused::Unavailable) };
        let yields_at = stalest.used_at() + YIELDS;
        if now < yields_at {
            return Err(Refused::Full { retry_after: now.until(yields_at) });
        }
        let id = stalest.id().to_owned();
        self.boxes.remove(&id);
        Ok(())
    }

    pub(crate) fn insert(&mut self, sandbox: Arc<Sandbox>) {
        self.boxes.insert(sandbox.id().to_owned(), sandbox);
    }

    pub(crate) fn find(&mut self, id: &str, now: Timestamp) -> Option<Arc<Sandbox>> {
        let sandbox = self.boxes.get(id)?.clone();
        if sandbox.ends_at() <= now {
            self.boxes.remove(id);
            return None;
        }
        sandbox.touch(now);
        Some(sandbox)
    }

    pub(crate) fn remove(&mut self, id: &str) {
        self.boxes.remove(id);
    }

    pub(crate) fn sweep(&mut self, now: Timestamp) {
        self.boxes.retain(|_, sandbox| now < sandbox.ends_at());
        let forgotten = now.millis() - i64::try_from(FORGOTTEN.as_millis()).unwrap_or_default();
        // A share that a sandbox or a request holds has another owner than this map.
        self.shares.retain(|_, share| share.seen() > forgotten || Arc::strong_count(share) > 1);
    }
}

fn stalest<'a>(boxes: impl Iterator<Item = &'a Arc<Sandbox>>) -> Option<&'a Arc<Sandbox>> {
    boxes.min_by_key(|sandbox| sandbox.used_at())
}
