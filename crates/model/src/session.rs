//! The session, which is the refresh family, and the one place where a refresh is decided.

use std::time::Duration;

use subtle::ConstantTimeEq;

use crate::refresh_token::{Nonce, RefreshToken, TokenHash};
use crate::{SessionId, Timestamp, UserId};

/// A session row: one a login, rotated in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The `sid` of its access tokens.
    pub id: SessionId,
    pub user: UserId,
    /// The generation of the one current token.
    pub generation: u32,
    /// SHA-256 of the one current token.
    pub current_hash: TokenHash,
    /// What the last rotation mixed in; none before the first.
    pub nonce: Option<Nonce>,
    /// When the last rotation happened; the grace window is anchored here.
    pub rotated_at: Option<Timestamp>,
    pub created_at: Timestamp,
    /// The last login or rotation.
    pub last_used_at: Timestamp,
    /// The idle end: moved by a rotation when sliding, never past the absolute end.
    pub expires_at: Timestamp,
    /// The absolute end, which never moves.
    pub absolute_expires_at: Timestamp,
    /// When it was revoked, if it was. Nothing unsets it.
    pub revoked_at: Option<Timestamp>,
    /// The client address of the last login or rotation.
    pub ip: Option<String>,
    /// The client's `User-Agent` at login.
    pub user_agent: Option<String>,
}

/// How long families live, and how forgiving they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefreshPolicy {
    /// The idle life: how long one refresh token is good for.
    pub idle: Duration,
    /// The absolute life of a family.
    pub absolute: Duration,
    /// Whether a rotation moves the idle end.
    pub sliding: bool,
    /// How long after a rotation the token spent last may be presented again; zero turns it off.
    pub grace: Duration,
}

impl RefreshPolicy {
    /// The absolute end of a family born now. Without sliding the family ends with its first token.
    pub fn absolute_end(&self, born: Timestamp) -> Timestamp {
        if self.sliding { born + self.absolute } else { born + self.idle.min(self.absolute) }
    }

    /// The idle end of a token minted now in a family with this absolute end.
    pub fn idle_end(&self, now: Timestamp, absolute_end: Timestamp) -> Timestamp {
        if self.sliding { (now + self.idle).min(absolute_end) } else { absolute_end }
    }
}

/// What to do with a genuine token that was presented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is the current token: consume it and issue its successor.
    Rotate,
    /// It is the token spent last, inside the grace window, and its successor is unused: issue the same again.
    Repeat(RefreshToken),
    /// It was spent: another party holds this family. Revoke it.
    Reuse,
    /// The family was revoked.
    Revoked,
    /// The family's idle or absolute end has passed.
    Expired,
    /// Genuine, but the store never issued it: the store was restored from a backup. Refuse, and say so in the audit
    /// log; it is not a sign of theft.
    Ahead,
}

impl Session {
    /// Decides on a genuine token of this family (its tag was checked by the codec).
    ///
    /// A spent token is answered with [`Verdict::Reuse`] even when the family is already revoked: of N thieves racing,
    /// each gets the same answer.
    pub fn decide(&self, presented: &RefreshToken, now: Timestamp, grace: Duration) -> Verdict {
        if now >= self.expires_at || now >= self.absolute_expires_at {
            return Verdict::Expired;
        }
        if presented.generation() > self.generation {
            return Verdict::Ahead;
        }
        if presented.generation() == self.generation {
            return self.decide_current(presented);
        }
        match self.repeat(presented, now, grace) {
            Some(successor) if self.revoked_at.is_none() => Verdict::Repeat(successor),
            _ => Verdict::Reuse,
        }
    }

    fn decide_current(&self, presented: &RefreshToken) -> Verdict {
        if !bool::from(presented.hash().ct_eq(&self.current_hash)) {
            return Verdict::Ahead;
        }
        if self.revoked_at.is_some() { Verdict::Revoked } else { Verdict::Rotate }
    }

    /// The unused successor of `presented`, if that was the token spent last and the window is still open.
    ///
    /// That the derived successor hashes to `current_hash` proves that `presented` is its true predecessor, so no
    /// older hash is kept. The window is anchored at the rotation and never slides; a clock that was set back by more
    /// than the window does not hold it open until the clock has caught up.
    fn repeat(&self, presented: &RefreshToken, now: Timestamp, grace: Duration) -> Option<RefreshToken> {
        let rotated_at = self.rotated_at?;
        let in_window = now < rotated_at + grace && rotated_at < now + grace;
        if !in_window || presented.generation().checked_add(1)? != self.generation {
            return None;
        }
        let successor = presented.successor(self.nonce.as_ref()?).ok()?;
        bool::from(successor.hash().ct_eq(&self.current_hash)).then_some(successor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    const GRACE: Duration = Duration::from_secs(10);
    const ROTATED: i64 = 1_000_000;

    fn id() -> SessionId {
        SessionId::new(Timestamp::from_millis(0), [3; 10])
    }

    /// A family rotated twice: tokens of generation 0, 1 and 2 (the current one).
    fn family() -> (Session, [RefreshToken; 3]) {
        let first = RefreshToken::first(id(), Secret::new([1; 32]));
        let second = first.successor(&[2; 16]).expect("derives");
        let third = second.successor(&[3; 16]).expect("derives");
        let session = Session {
            id: id(),
            user: UserId::new(Timestamp::EPOCH, [0; 10]),
            generation: 2,
            current_hash: third.hash(),
            nonce: Some([3; 16]),
            rotated_at: Some(Timestamp::from_millis(ROTATED)),
            created_at: Timestamp::EPOCH,
            last_used_at: Timestamp::from_millis(ROTATED),
            expires_at: Timestamp::from_millis(ROTATED * 2),
            absolute_expires_at: Timestamp::from_millis(ROTATED * 3),
            revoked_at: None,
            ip: None,
            user_agent: None,
        };
        (session, [first, second, third])
    }

    fn at(millis_after_rotation: i64) -> Timestamp {
        Timestamp::from_millis(ROTATED + millis_after_rotation)
    }

    #[test]
    fn the_current_token_rotates() {
        let (session, [_, _, third]) = family();
        assert_eq!(session.decide(&third, at(1), GRACE), Verdict::Rotate);
    }

    #[test]
    fn the_token_spent_last_gets_the_same_successor_inside_the_window_only() {
        let (session, [_, second, third]) = family();
        assert_eq!(session.decide(&second, at(0), GRACE), Verdict::Repeat(third.clone()));
        assert_eq!(session.decide(&second, at(9_999), GRACE), Verdict::Repeat(third));
        assert_eq!(session.decide(&second, at(10_000), GRACE), Verdict::Reuse);
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_hold_the_window_open() {
        let (session, [_, second, third]) = family();
        assert_eq!(session.decide(&second, at(-9_999), GRACE), Verdict::Repeat(third.clone()));
        assert_eq!(session.decide(&second, at(-10_000), GRACE), Verdict::Reuse);
        assert_eq!(session.decide(&third, at(-10_000), GRACE), Verdict::Rotate);
    }

    #[test]
    fn without_grace_a_spent_token_is_reuse_at_once() {
        let (session, [_, second, _]) = family();
        assert_eq!(session.decide(&second, at(0), Duration::ZERO), Verdict::Reuse);
    }

    #[test]
    fn a_token_whose_successor_was_used_is_reuse_window_or_not() {
        let (session, [first, _, _]) = family();
        assert_eq!(session.decide(&first, at(0), GRACE), Verdict::Reuse);
    }

    #[test]
    fn a_revoked_family_never_rotates_or_repeats() {
        let (mut session, [first, second, third]) = family();
        session.revoked_at = Some(at(1));
        assert_eq!(session.decide(&third, at(2), GRACE), Verdict::Revoked);
        assert_eq!(session.decide(&second, at(2), GRACE), Verdict::Reuse);
        assert_eq!(session.decide(&first, at(2), GRACE), Verdict::Reuse);
    }

    #[test]
    fn the_end_of_life_comes_at_the_instant_itself() {
        let (session, [_, _, third]) = family();
        assert_eq!(session.decide(&third, Timestamp::from_millis(ROTATED * 2 - 1), GRACE), Verdict::Rotate);
        assert_eq!(session.decide(&third, Timestamp::from_millis(ROTATED * 2), GRACE), Verdict::Expired);
    }

    #[test]
    fn what_only_a_restored_backup_can_show_is_not_reuse() {
        let (session, [_, _, third]) = family();
        let fourth = third.successor(&[4; 16]).expect("derives");
        assert_eq!(session.decide(&fourth, at(1), GRACE), Verdict::Ahead);
        let (_, [first, ..]) = family();
        let diverged = first.successor(&[9; 16]).and_then(|t| t.successor(&[9; 16])).expect("derives");
        assert_eq!(session.decide(&diverged, at(1), GRACE), Verdict::Ahead);
    }

    #[test]
    fn sliding_moves_the_idle_end_but_never_the_absolute_one() {
        let policy = RefreshPolicy {
            idle: Duration::from_secs(70),
            absolute: Duration::from_secs(100),
            sliding: true,
            grace: GRACE,
        };
        let end = policy.absolute_end(Timestamp::EPOCH);
        assert_eq!(end, Timestamp::from_secs(100));
        assert_eq!(policy.idle_end(Timestamp::from_secs(10), end), Timestamp::from_secs(80));
        assert_eq!(policy.idle_end(Timestamp::from_secs(60), end), end);
        let fixed = RefreshPolicy { sliding: false, ..policy };
        let end = fixed.absolute_end(Timestamp::EPOCH);
        assert_eq!(end, Timestamp::from_secs(70));
        assert_eq!(fixed.idle_end(Timestamp::from_secs(60), end), end);
    }
}
