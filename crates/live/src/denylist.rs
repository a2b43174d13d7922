//! The denylist in memory: small, because nothing outlives an access token.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use hallpass_model::revocation::{Numbered, Revocation, Subject, TOLERANCE};
use hallpass_model::{SessionId, Timestamp, UserId};
use tokio::sync::broadcast;

use crate::redis::RedisDenylist;

/// How many changes a slow subscriber may fall behind before it must read the whole set again.
const BACKLOG: usize = 1024;

/// What a verified access token says of itself, as far as a revocation can name it.
#[derive(Debug, Clone, Copy)]
pub struct Presented<'a> {
    /// `jti`.
    pub token: &'a str,
    /// `sid`.
    pub session: SessionId,
    /// `sub`.
    pub user: UserId,
    /// `iat`, seconds since the epoch.
    pub issued_at: i64,
}

/// The live set of revocations, with its broadcast.
///
/// A check takes one shared lock and three look-ups. An entry is dropped only after its end, so an entry that is
/// applied twice, or out of order, changes nothing. What was dropped is needed again when the clock is set back; then the
/// set is not whole ([`Denylist::is_whole_at`]), and must be read again before it is asked.
#[derive(Debug)]
pub struct Denylist {
    set: RwLock<Set>,
    changes: broadcast::Sender<Numbered>,
    mirror: Option<Arc<RedisDenylist>>,
}

#[derive(Debug, Default)]
struct Set {
    tokens: HashMap<String, Timestamp>,
    sessions: HashMap<SessionId, Timestamp>,
    users: HashMap<UserId, UserEntry>,
    ends: BTreeMap<Timestamp, Vec<Subject>>,
    cursor: i64,
    /// The latest end of what was dropped.
    forgotten: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy)]
struct UserEntry {
    issued_before: i64,
    until: Timestamp,
}

impl Default for Denylist {
    fn default() -> Self {
        Self { set: RwLock::default(), changes: broadcast::Sender::new(BACKLOG), mirror: None }
    }
}

impl Denylist {
    /// An empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty set, with a mirror in Redis that other replicas hear from.
    pub fn mirrored(mirror: Option<Arc<RedisDenylist>>) -> Self {
        Self { mirror, ..Self::default() }
    }

    /// The mirror in Redis, if there is one.
    pub const fn mirror(&self) -> Option<&Arc<RedisDenylist>> {
        self.mirror.as_ref()
    }

    /// Whether a token must be refused. Its end plays no part: the caller has checked `exp`.
    pub fn refuses(&self, presented: &Presented<'_>) -> bool {
        let set = self.read();
        set.tokens.contains_key(presented.token)
            || set.sessions.contains_key(&presented.session)
            || set.users.get(&presented.user).is_some_and(|entry| presented.issued_at < entry.issued_before)
    }

    /// Whether a token is refused by its own name, and not only by that of its session or its user.
    pub fn names(&self, jti: &str) -> bool {
        self.read().tokens.contains_key(jti)
    }

    /// Takes over what this process has just committed, before it is answered; the mirror is written when somebody
    /// waits for it ([`RedisDenylist::flush`]).
    pub fn committed(&self, entries: &[Numbered]) {
        self.apply(entries);
        if let Some(mirror) = &self.mirror {
            mirror.committed(entries);
        }
    }

    /// Takes over what the store says others have committed. What is new to this process came neither from itself nor
    /// through Redis, so the mirror may lack it, too.
    pub fn heard(&self, entries: &[Numbered]) {
        if let Some(mirror) = &self.mirror {
            let set = self.read();
            let unknown: Vec<Numbered> = entries.iter().filter(|e| !set.covers(&e.revocation)).cloned().collect();
            drop(set);
            mirror.adopt(&unknown);
        }
        self.apply(entries);
    }

    /// Takes entries over and tells every subscriber.
    pub fn apply(&self, entries: &[Numbered]) {
        let mut set = self.write();
        for entry in entries {
            set.insert(&entry.revocation);
        }
        drop(set);
        for entry in entries {
            // Nobody listening is not an error.
            let _ = self.changes.send(entry.clone());
        }
    }

    /// Takes over everything that the store has: nothing is forgotten then.
    pub fn rebuild(&self, entries: &[Numbered]) {
        let mut set = self.write();
        set.forgotten = None;
        for entry in entries {
            set.insert(&entry.revocation);
        }
    }

    /// Whether it has everything that must be refused at this instant: of what it has dropped every token has expired by
    /// then, since an entry outlives its last token by [`TOLERANCE`].
    pub fn is_whole_at(&self, now: Timestamp) -> bool {
        self.read().forgotten.is_none_or(|end| end <= now + TOLERANCE)
    }

    /// Notes that the feed was read up to here, so that the next read starts after it.
    ///
    /// [`Denylist::apply`] does not move it: an entry of this process may be newer than one that another process wrote
    /// and that was not read yet.
    pub fn advance(&self, seq: i64) {
        let mut set = self.write();
        set.cursor = set.cursor.max(seq);
    }

    /// The place in the feed up to which the store was read.
    pub fn cursor(&self) -> i64 {
        self.read().cursor
    }

    /// Every change from now on. A subscriber that lags reads the set again from the store.
    pub fn subscribe(&self) -> broadcast::Receiver<Numbered> {
        self.changes.subscribe()
    }

    /// Drops entries whose end has come; returns how many.
    pub fn expire(&self, now: Timestamp) -> usize {
        self.write().expire(now)
    }

    /// How many entries are held.
    pub fn len(&self) -> usize {
        let set = self.read();
        set.tokens.len() + set.sessions.len() + set.users.len()
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

impl Set {
    /// Whether everything that this entry refuses is refused already, for at least as long.
    fn covers(&self, revocation: &Revocation) -> bool {
        let until = match &revocation.subject {
            Subject::Token(jti) => self.tokens.get(jti).copied(),
            Subject::Session(session) => self.sessions.get(session).copied(),
            Subject::User { user, issued_before } => {
                let entry = self.users.get(user).filter(|entry| entry.issued_before >= *issued_before);
                entry.map(|entry| entry.until)
            }
        };
        until.is_some_and(|until| until >= revocation.until)
    }

    fn insert(&mut self, revocation: &Revocation) {
        let until = revocation.until;
        let is_later = match &revocation.subject {
            Subject::Token(jti) => extend(&mut self.tokens, jti.clone(), until),
            Subject::Session(sid) => extend(&mut self.sessions, *sid, until),
            Subject::User { user, issued_before } => {
                let entry = self.users.entry(*user).or_insert(UserEntry { issued_before: *issued_before, until });
                entry.issued_before = entry.issued_before.max(*issued_before);
                entry.until = entry.until.max(until);
                true
            }
        };
        if is_later {
            self.ends.entry(until).or_default().push(revocation.subject.clone());
        }
    }

    fn expire(&mut self, now: Timestamp) -> usize {
        let mut dropped = 0;
        while let Some(first) = self.ends.first_entry() {
            let end = *first.key();
            if end > now {
                break;
            }
            self.forgotten = self.forgotten.max(Some(end));
            for subject in first.remove() {
                dropped += usize::from(self.remove_ended(&subject, now));
            }
        }
        dropped
    }

    /// Removes an entry unless a later one has extended its life.
    fn remove_ended(&mut self, subject: &Subject, now: Timestamp) -> bool {
        match subject {
            Subject::Token(jti) => remove_if(&mut self.tokens, jti, |until| *until <= now),
            Subject::Session(sid) => remove_if(&mut self.sessions, sid, |until| *until <= now),
            Subject::User { user, .. } => remove_if(&mut self.users, user, |entry| entry.until <= now),
        }
    }
}

fn extend<K: Eq + Hash>(map: &mut HashMap<K, Timestamp>, key: K, until: Timestamp) -> bool {
    let end = map.entry(key).or_insert(Timestamp::from_millis(i64::MIN));
    let is_later = until > *end;
    if is_later {
        *end = until;
    }
    is_later
}

fn remove_if<K: Eq + Hash, V>(map: &mut HashMap<K, V>, key: &K, ended: impl Fn(&V) -> bool) -> bool {
    map.get(key).is_some_and(ended) && map.remove(key).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
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

    fn numbered(seq: i64, subject: Subject, until: i64) -> Numbered {
        Numbered { seq, revocation: Revocation { subject, until: at(until) } }
    }

    fn presented(token: &str, n: u8, issued_at: i64) -> Presented<'_> {
        Presented { token, session: session(n), user: user(n), issued_at }
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
    fn subscribers_hear_of_every_change() {
        let list = Denylist::new();
        let mut changes = list.subscribe();
        let entry = numbered(1, Subject::Session(session(1)), 10);
        list.apply(std::slice::from_ref(&entry));
        assert_eq!(changes.try_recv().ok(), Some(entry));
    }

    proptest! {
        /// Whatever the order and the repetitions, a token is refused exactly while some entry that names it lives.
        #[test]
        fn agrees_with_a_plain_list(
            entries in prop::collection::vec((0u8..4, 0u8..3, 0i64..50, 1i64..60), 0..40),
            now in 0i64..60,
        ) {
            let list = Denylist::new();
            let entries: Vec<Numbered> = entries.iter().enumerate().map(|(i, (who, kind, before, until))| {
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
                let live = |n: &&Numbered| n.revocation.until > at(now);
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
