//! Bounds over all connections: how many there are, how many of one address, and what their requests may hold in memory.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Connections beyond the bound that are served all the same, for a moment and for little: an answer to a health check,
/// and a refusal in words to others.
const SPARE: usize = 32;
/// Bytes that all requests under way may hold: headers, bodies, and what serving them costs.
pub const MEMORY: usize = 64 << 20;
/// Bytes that the requests of one address may hold.
const SHARE_OF_MEMORY: usize = MEMORY / 4;

/// So much of something, and no more.
#[derive(Debug)]
struct Tally {
    used: AtomicUsize,
    most: usize,
}

impl Tally {
    const fn new(most: usize) -> Self {
        Self { used: AtomicUsize::new(0), most }
    }

    fn take(&self, amount: usize) -> bool {
        let add = |used: usize| used.checked_add(amount).filter(|sum| *sum <= self.most);
        self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add).is_ok()
    }

    fn give(&self, amount: usize) {
        self.used.fetch_sub(amount, Ordering::Relaxed);
    }
}

/// What one address has of the whole.
#[derive(Debug)]
struct Share {
    connections: Tally,
    memory: Tally,
}

/// The bounds of one listener.
#[derive(Debug)]
pub(super) struct Limits {
    connections: Tally,
    spare: Tally,
    memory: Tally,
    per_address: usize,
    shares: Mutex<HashMap<IpAddr, Arc<Share>>>,
}

/// A connection's place, which it gives back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    limits: Arc<Limits>,
    /// None of a proxy: what stands behind it is many.
    share: Option<(IpAddr, Arc<Share>)>,
    /// None while there is no room for it.
    kind: Option<Kind>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Usual,
    Spare,
}

/// Memory of a request, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Held {
    place: Arc<Place>,
    bytes: usize,
}

impl Limits {
    pub(super) fn new(connections: usize, per_address: usize) -> Arc<Self> {
        Arc::new(Self {
            connections: Tally::new(connections),
            spare: Tally::new(SPARE),
            memory: Tally::new(MEMORY),
            per_address,
            shares: Mutex::default(),
        })
    }

    /// A place for a connection of this address, or of a proxy when there is none.
    pub(super) fn admit(self: &Arc<Self>, address: Option<IpAddr>) -> Option<Arc<Place>> {
        let share = match address.map(block) {
            Some(block) => Some((block, self.share(block)?)),
            None => None,
        };
        let kind = [Kind::Usual, Kind::Spare].into_iter().find(|kind| self.tally(*kind).take(1));
        let place = Place { limits: self.clone(), share, kind };
        kind.is_some().then(|| Arc::new(place))
    }

    const fn tally(&self, kind: Kind) -> &Tally {
        match kind {
            Kind::Usual => &self.connections,
            Kind::Spare => &self.spare,
        }
    }

    fn shares(&self) -> MutexGuard<'_, HashMap<IpAddr, Arc<Share>>> {
        self.shares.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn share(&self, block: IpAddr) -> Option<Arc<Share>> {
        let new = || Share { connections: Tally::new(self.per_address), memory: Tally::new(SHARE_OF_MEMORY) };
        let mut shares = self.shares();
        let share = shares.entry(block).or_insert_with(|| Arc::new(new()));
        share.connections.take(1).then(|| share.clone())
    }
}

impl Place {
    /// Whether it is one of those beyond the bound.
    pub(super) fn is_spare(&self) -> bool {
        self.kind == Some(Kind::Spare)
    }

    /// Memory for a request.
    pub(super) fn hold(self: &Arc<Self>, bytes: usize) -> Option<Held> {
        let of_share = |(_, share): &(IpAddr, Arc<Share>)| share.memory.take(bytes);
        if !self.share.as_ref().is_none_or(of_share) {
            return None;
        }
        if !self.limits.memory.take(bytes) {
            if let Some((_, share)) = &self.share {
                share.memory.give(bytes);
            }
            return None;
        }
        Some(Held { place: self.clone(), bytes })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(kind) = self.kind {
            self.limits.tally(kind).give(1);
        }
        let Some((block, share)) = &self.share else { return };
        // Under the lock: a share that another connection is just taking must not be forgotten.
        let mut shares = self.limits.shares();
        share.connections.give(1);
        if share.connections.used.load(Ordering::Relaxed) == 0 {
            shares.remove(block);
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.place.limits.memory.give(self.bytes);
        if let Some((_, share)) = &self.place.share {
            share.memory.give(self.bytes);
        }
    }
}

/// What one client has at its disposal: an address of IPv4, or the usual network of IPv6.
fn block(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn an_address_has_its_share_and_gives_it_back() {
        let limits = Limits::new(10, 2);
        let first = limits.admit(Some(ip("192.0.2.1"))).expect("room");
        let _second = limits.admit(Some(ip("::ffff:192.0.2.1"))).expect("room");
        assert!(limits.admit(Some(ip("192.0.2.1"))).is_none());
        assert!(limits.admit(Some(ip("192.0.2.2"))).is_some());
        drop(first);
        assert!(limits.admit(Some(ip("192.0.2.1"))).is_some());
    }

    #[test]
    fn a_network_of_ipv6_is_one_client_and_a_proxy_is_many() {
        let limits = Limits::new(10, 1);
        let _one = limits.admit(Some(ip("2001:db8::1"))).expect("room");
        assert!(limits.admit(Some(ip("2001:db8::ffff:1"))).is_none());
        assert!(limits.admit(Some(ip("2001:db8:0:1::1"))).is_some());
        let proxied: Vec<_> = (0..5).map(|_| limits.admit(None)).collect();
        assert!(proxied.iter().all(Option::is_some));
    }

    #[test]
    fn beyond_the_bound_there_are_few_places_that_are_marked() {
        let limits = Limits::new(1, 100);
        let usual = limits.admit(None).expect("room");
        assert!(!usual.is_spare());
        let spare: Vec<_> = (0..SPARE).map(|_| limits.admit(None).expect("room")).collect();
        assert!(spare.iter().all(|place| place.is_spare()));
        assert!(limits.admit(None).is_none());
        assert!(limits.admit(Some(ip("192.0.2.1"))).is_none());
        drop((usual, spare));
        assert!(!limits.admit(Some(ip("192.0.2.1"))).expect("room").is_spare());
        assert!(limits.shares().is_empty(), "an address that is gone is remembered");
    }

    #[test]
    fn one_address_cannot_hold_the_memory_of_all() {
        let limits = Limits::new(10, 10);
        let greedy = limits.admit(Some(ip("192.0.2.1"))).expect("room");
        let held = greedy.hold(SHARE_OF_MEMORY).expect("its share");
        assert!(greedy.hold(1).is_none());
        let proxy = limits.admit(None).expect("room");
        let rest = proxy.hold(MEMORY - SHARE_OF_MEMORY).expect("the rest");
        assert!(limits.admit(Some(ip("192.0.2.2"))).expect("room").hold(1).is_none());
        drop((held, rest));
        assert!(greedy.hold(SHARE_OF_MEMORY).is_some());
    }
}
