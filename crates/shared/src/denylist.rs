//! The denylist in memory: small, because nothing outlives an access token.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use hallpass_model::revocation::{FeedEntry, TOLERANCE};
use hallpass_model::{SessionId, Timestamp, UserId};
use tokio::sync::watch;

use crate::presented::PresentedToken;
use crate::redis::RedisDenylist;

type Set = hallpass_revocation::Set<SessionId, UserId, Timestamp, i64>;

/// The revocations in force, as this process knows them, and a signal for those that wait for more.
///
/// A check takes one shared lock and three look-ups. When the clock is set back, an entry that was dropped may be needed
/// again: then the set is not whole ([`Denylist::is_whole_at`]), and must be read again before it is asked.
#[derive(Debug, Default)]
pub struct Denylist {
    set: RwLock<Set>,
    /// Grows with each change of the set.
    version: watch::Sender<u64>,
    mirror: Option<Arc<RedisDenylist>>,
}

impl Denylist {
    /// An empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty set, with a mirror in Redis that the other replicas read.
    pub fn mirrored(mirror: Option<Arc<RedisDenylist>>) -> Self {
        Self { mirror, ..Self::default() }
    }

    /// The mirror in Redis, if there is one.
    pub const fn mirror(&self) -> Option<&Arc<RedisDenylist>> {
        self.mirror.as_ref()
    }

    /// Whether a token must be refused. Its end plays no part: the caller has checked `exp`.
    pub fn refuses(&self, presented: &PresentedToken<'_>) -> bool {
        self.read().refuses(&hallpass_revocation::Presented {
            token: Some(presented.token),
            session: Some(&presented.session),
            user: &presented.user,
            issued_at: presented.issued_at,
        })
    }

    /// Whether a token is refused by its own name, and not only by that of its session or its user.
    pub fn names(&self, jti: &str) -> bool {
        self.read().names(jti)
    }

    /// Adds what this process has just committed, before it is answered; [`RedisDenylist::flush`] writes it to the mirror.
    pub fn committed(&self, entries: &[FeedEntry]) {
        self.apply(entries);
        if let Some(mirror) = &self.mirror {
            mirror.committed(entries);
        }
    }

    /// Adds what was read from the store. An entry that is new to this process came neither from itself nor through Redis,
    /// so the mirror may lack it, too.
    pub fn apply_from_store(&self, entries: &[FeedEntry]) {
        if let Some(mirror) = &self.mirror {
            let set = self.read();
            let is_new = |entry: &&FeedEntry| !set.covers(&entry.revocation.subject, entry.revocation.until);
            let new: Vec<FeedEntry> = entries.iter().filter(is_new).cloned().collect();
            drop(set);
            mirror.adopt(&new);
        }
        self.apply(entries);
    }

    /// Adds entries, and wakes every subscriber if there are any.
    pub fn apply(&self, entries: &[FeedEntry]) {
        if entries.is_empty() {
            return;
        }
        insert(&mut self.write(), entries);
        self.version.send_modify(|version| *version += 1);
    }

    /// Adds everything that the store has: nothing is missing then.
    pub fn rebuild(&self, entries: &[FeedEntry]) {
        let mut set = self.write();
        set.complete();
        insert(&mut set, entries);
    }

    /// Whether it has everything that must be refused at this instant: of what it has dropped every token has expired by
    /// then, since an entry outlives its last token by [`TOLERANCE`].
    pub fn is_whole_at(&self, now: Timestamp) -> bool {
        self.read().is_whole_at(now + TOLERANCE)
    }

    /// Notes that the feed was read up to here, so that the next read starts after it.
    ///
    /// [`Denylist::apply`] does not move it: an entry of this process may be newer than one that another process wrote
    /// and that was not read yet.
    pub fn advance(&self, seq: i64) {
        let mut set = self.write();
        let last = set.cursor().copied().unwrap_or_default();
        set.set_cursor(Some(last.max(seq)));
    }

    /// The place in the feed up to which the store was read.
    pub fn cursor(&self) -> i64 {
        self.read().cursor().copied().unwrap_or_default()
    }

    /// Grows with each change. What it counts is committed: a read of the store that begins after a version was seen
    /// finds every change up to it.
    pub fn version(&self) -> u64 {
        *self.version.borrow()
    }

    /// The same, to wait for the next change.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    /// Drops entries whose end has come; returns how many.
    pub fn expire(&self, now: Timestamp) -> usize {
        self.write().expire(now)
    }

    /// How many entries are held.
    pub fn len(&self) -> usize {
        self.read().len()
    }

    /// Whether nothing is refused.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    // A panic while the lock was held cannot leave the set half changed in a way that matters: entries are only added.
    fn read(&self) -> RwLockReadGuard<'_, Set> {
        self.set.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Set> {
        self.set.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn insert(set: &mut Set, entries: &[FeedEntry]) {
    for entry in entries {
        set.insert(entry.revocation.subject.clone(), entry.revocation.until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hallpass_model::revocation::{Revocation, Subject};
    use proptest::prelude::*;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    fn user(n: u8) -> UserId {
        UserId::new(at(0), [n; 10])
    }

    fn session(n: u8) -> SessionId {
        SessionId::new(at(0), [n; 10])
    }

    fn numbered(seq: i64, subject: Subject, until: i64) -> FeedEntry {
        FeedEntry { seq, revocation: Revocation { subject, until: at(until) } }
    }

    fn presented(token: &str, n: u8, issued_at: i64) -> PresentedToken<'_> {
        PresentedToken { token, session: session(n), user: user(n), issued_at }
    }

    #[test]
    fn refuses_by_token_by_session_and_by_user_before_an_instant() {
        let list = Denylist::new();
        list.apply(&[
            numbered(1, Subject::Token("a".into()), 900),
            numbered(2, Subject::Session(session(2)), 900),
            numbered(3, Subject::User { user: user(3), issued_before: 100 }, 900),
        ]);
        assert!(list.refuses(&presented("a", 1, 50)));
        assert!(!list.refuses(&presented("b", 1, 50)));
        assert!(list.refuses(&presented("b", 2, 50)));
        assert!(list.refuses(&presented("b", 3, 99)));
        assert!(!list.refuses(&presented("b", 3, 100)));
        assert_eq!((list.len(), list.cursor()), (3, 0));
        list.advance(3);
        list.advance(2);
        assert_eq!(list.cursor(), 3);
    }

    #[test]
    fn an_entry_stays_until_its_end_and_a_later_one_extends_it() {
        let list = Denylist::new();
        list.apply(&[numbered(1, Subject::Token("a".into()), 10), numbered(2, Subject::Token("a".into()), 20)]);
        assert_eq!(list.expire(at(10)), 0);
        assert!(list.refuses(&presented("a", 1, 0)));
        assert_eq!(list.expire(at(20)), 1);
        assert!(list.is_empty());
    }

    #[test]
    fn an_older_instant_never_weakens_a_user_entry() {
        let list = Denylist::new();
        let before = |secs| Subject::User { user: user(1), issued_before: secs };
        list.apply(&[numbered(2, before(200), 900), numbered(1, before(100), 800)]);
        assert!(list.refuses(&presented("a", 1, 150)));
        list.expire(at(800));
        assert!(list.refuses(&presented("a", 1, 150)));
    }

    #[test]
    fn every_change_wakes_subscribers_and_nothing_else_does() {
        let list = Denylist::new();
        let mut version = list.subscribe();
        list.apply(&[numbered(1, Subject::Session(session(1)), 10)]);
        assert!(version.has_changed().is_ok_and(|has| has));
        version.mark_unchanged();
        list.apply_from_store(&[]);
        list.advance(1);
        list.expire(at(10));
        assert!(version.has_changed().is_ok_and(|has| !has));
    }

    proptest! {
        /// Whatever the order and the repetitions, a token is refused exactly while some entry that names it lives.
        #[test]
        fn agrees_with_a_plain_list(
            entries in prop::collection::vec((0u8..4, 0u8..3, 0i64..50, 1i64..60), 0..40),
            now in 0i64..60,
        ) {
            let list = Denylist::new();
            let entries: Vec<FeedEntry> = entries.iter().enumerate().map(|(i, (who, kind, before, until))| {
                let subject = match kind {
                    0 => Subject::Token(format!("t{who}")),
                    1 => Subject::Session(session(*who)),
                    _ => Subject::User { user: user(*who), issued_before: *before },
                };
                numbered(i64::try_from(i).unwrap_or(0), subject, *until)
            }).collect();
            list.apply(&entries);
            list.expire(at(now));
            for who in 0..4u8 {
                let live = |n: &&FeedEntry| n.revocation.until > at(now);
                let named = entries.iter().filter(live).any(|n| match &n.revocation.subject {
                    Subject::Token(t) => *t == format!("t{who}"),
                    Subject::Session(s) => *s == session(who),
                    Subject::User { .. } => false,
                });
                let token = format!("t{who}");
                // With the earliest possible `iat` any live user entry refuses; with a late one none does.
                let any_user = entries.iter().filter(live).any(|n| matches!(
                    &n.revocation.subject, Subject::User { user: u, .. } if *u == user(who)));
                prop_assert_eq!(list.refuses(&presented(&token, who, -1)), named || any_user);
                prop_assert_eq!(list.refuses(&presented(&token, who, 60)), named);
            }
        }
    }
}
