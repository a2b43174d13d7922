//! The set.

use std::borrow::Borrow;
use std::hash::Hash;
use std::sync::Arc;

use crate::ending::Ending;
use crate::subject::Subject;

/// What a verified access token says of itself, as far as a revocation can name it.
#[derive(Debug)]
pub struct Presented<'a, S: ?Sized, U: ?Sized> {
    /// `jti`.
    pub token: Option<&'a str>,
    /// `sid`.
    pub session: Option<&'a S>,
    /// `sub`.
    pub user: &'a U,
    /// `iat`, seconds since the epoch.
    pub issued_at: i64,
}

/// The revocations in force: `S` names a session, `U` a user, `E` is an instant, `C` a place in the feed.
///
/// A check is three look-ups and no allocation. A change costs the logarithm of the set's size, and so does each entry
/// that ends; an entry that does not end costs nothing.
///
/// An entry is dropped only after its end, so an entry that is inserted twice, or out of order, changes nothing. What was
/// dropped is needed again when the clock is set back: then the set is not whole ([`Set::is_whole_at`]), and has to be
/// read again before its silence means anything.
#[derive(Debug)]
pub struct Set<S, U, E, C> {
    tokens: Ending<Arc<str>, (), E>,
    sessions: Ending<S, (), E>,
    /// With the second before which a token must have been issued to be refused.
    users: Ending<U, i64, E>,
    /// The latest end of what was dropped.
    forgotten: Option<E>,
    cursor: Option<C>,
}

impl<S, U, E, C> Default for Set<S, U, E, C> {
    fn default() -> Self {
        let (tokens, sessions, users) = (Ending::default(), Ending::default(), Ending::default());
        Self { tokens, sessions, users, forgotten: None, cursor: None }
    }
}

impl<S, U, E, C> Set<S, U, E, C>
where
    S: Clone + Eq + Hash + Ord,
    U: Clone + Eq + Hash + Ord,
    E: Copy + Ord,
{
    /// Whether a token must be refused. Its end plays no part: the caller has checked `exp`.
    pub fn refuses<A, B>(&self, presented: &Presented<'_, A, B>) -> bool
    where
        S: Borrow<A>,
        U: Borrow<B>,
        A: Eq + Hash + ?Sized,
        B: Eq + Hash + ?Sized,
    {
        presented.token.is_some_and(|jti| self.names(jti))
            || presented.session.is_some_and(|session| self.sessions.get(session).is_some())
            || self.users.get(presented.user).is_some_and(|(before, _)| presented.issued_at < before)
    }

    /// Whether a token is refused by its own name, and not only by that of its session or its user.
    pub fn names(&self, jti: &str) -> bool {
        self.tokens.get(jti).is_some()
    }

    /// Whether everything that this entry refuses is refused already, for at least as long.
    pub fn covers(&self, subject: &Subject<S, U>, until: E) -> bool {
        let end = match subject {
            Subject::Token(jti) => self.tokens.get(jti.as_str()).map(|((), end)| end),
            Subject::Session(session) => self.sessions.get(session).map(|((), end)| end),
            Subject::User { user, issued_before } => {
                self.users.get(user).filter(|(before, _)| before >= issued_before).map(|(_, end)| end)
            }
        };
        end.is_some_and(|end| end >= until)
    }

    /// Adds an entry. A later end extends one that is there, and of a user the greatest `issued_before` holds: no entry
    /// takes anything away from another.
    pub fn insert(&mut self, subject: Subject<S, U>, until: E) {
        match subject {
            Subject::Token(jti) => self.tokens.insert(jti.into(), (), until),
            Subject::Session(session) => self.sessions.insert(session, (), until),
            Subject::User { user, issued_before } => self.users.insert(user, issued_before, until),
        }
    }

    /// Drops the entries whose end has come; returns how many.
    pub fn expire(&mut self, now: E) -> usize {
        let mut dropped = 0;
        while let Some(end) = self.remove_ended(now) {
            self.forgotten = self.forgotten.max(Some(end));
            dropped += 1;
        }
        dropped
    }

    fn remove_ended(&mut self, now: E) -> Option<E> {
        let ended = self.tokens.remove_ended(now).or_else(|| self.sessions.remove_ended(now));
        ended.or_else(|| self.users.remove_ended(now))
    }

    /// Whether nothing that must be refused at this instant was dropped: every entry that was dropped has ended by then.
    pub fn is_whole_at(&self, now: E) -> bool {
        self.forgotten.is_none_or(|end| end <= now)
    }

    /// Notes that everything in force is inserted now, whatever was dropped before.
    pub fn complete(&mut self) {
        self.forgotten = None;
    }

    /// The place in the feed up to which the set was read; none when it has to be read from the beginning.
    pub const fn cursor(&self) -> Option<&C> {
        self.cursor.as_ref()
    }

    /// Notes the place in the feed up to which the set was read.
    pub fn set_cursor(&mut self, cursor: Option<C>) {
        self.cursor = cursor;
    }

    /// How many entries are held.
    pub fn len(&self) -> usize {
        self.tokens.len() + self.sessions.len() + self.users.len()
    }

    /// Whether nothing is refused.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
