//! What an entry names.

use std::fmt;
use std::str::FromStr;

/// What the id of an entry is. The names are those of the feed, of the table `revocations` and of the channel in Redis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// One access token.
    Token,
    /// The tokens of a session.
    Session,
    /// The tokens of a user that were issued before an instant.
    User,
}

/// A name that is not one of [`Kind::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownKind;

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Token, Self::Session, Self::User];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Session => "session",
            Self::User => "user",
        }
    }

    /// The kind that can stand in for this one when a reader does not know it. An entry is widened from child to parent,
    /// so it must carry the id of its parent. An entry of today's kinds carries its own id only.
    pub const fn wider(self) -> Option<Self> {
        match self {
            Self::Token | Self::Session | Self::User => None,
        }
    }

    /// The kinds that a reader must know besides those it has named, since nothing it has named can stand in for them.
    pub fn missing_from(named: &[Self]) -> Vec<Self> {
        let is_covered =
            |kind: &Self| std::iter::successors(Some(*kind), |kind| kind.wider()).any(|k| named.contains(&k));
        Self::ALL.into_iter().filter(|kind| !is_covered(kind)).collect()
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name).ok_or(UnknownKind)
    }
}

impl fmt::Display for UnknownKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a kind of revocation that this version knows")
    }
}

impl std::error::Error for UnknownKind {}

/// What is refused: `S` names a session, `U` a user.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject<S, U> {
    /// One access token, by its `jti`.
    Token(String),
    /// Every access token of one session, by its `sid`.
    Session(S),
    /// Every access token of one user whose `iat` lies before this whole second.
    User {
        /// The `sub`.
        user: U,
        /// Seconds since the epoch.
        issued_before: i64,
    },
}

/// Later than the `iat` of any token, and a number that Lua and JavaScript hold exactly: 9999-12-31T23:59:59Z.
const NEVER: i64 = 253_402_300_799;

impl<S, U> Subject<S, U> {
    /// Every access token of a user whose id is never used again, whatever its `iat`.
    pub fn every_token_of(user: U) -> Self {
        Self::User { user, issued_before: NEVER }
    }

    /// What its id is.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Token(_) => Kind::Token,
            Self::Session(_) => Kind::Session,
            Self::User { .. } => Kind::User,
        }
    }

    /// Of a user: the second before which a token must have been issued to be refused.
    pub const fn issued_before(&self) -> Option<i64> {
        match self {
            Self::Token(_) | Self::Session(_) => None,
            Self::User { issued_before, .. } => Some(*issued_before),
        }
    }
}

impl<S: fmt::Display, U: fmt::Display> Subject<S, U> {
    /// Its id as text.
    pub fn id(&self) -> String {
        match self {
            Self::Token(jti) => jti.clone(),
            Self::Session(session) => session.to_string(),
            Self::User { user, .. } => user.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_known_by_its_name_and_by_no_other() {
        for kind in Kind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        for name in ["", "Token", "token ", "grant"] {
            assert_eq!(name.parse::<Kind>(), Err(UnknownKind), "{name}");
        }
    }

    #[test]
    fn a_reader_must_know_each_kind_that_nothing_can_stand_in_for() {
        assert_eq!(Kind::missing_from(&Kind::ALL), []);
        assert_eq!(Kind::missing_from(&[]), Kind::ALL);
        assert_eq!(Kind::missing_from(&[Kind::User]), [Kind::Token, Kind::Session]);
    }
}
