//! What replicas publish to each other: one line an entry.

use std::fmt;

use hallpass_model::revocation::{FeedEntry, Kind, Revocation, Subject};
use hallpass_model::{Timestamp, UserId};

pub(super) const CHANNEL: &str = "hallpass:denylist";

/// `1 <seq> <until> token <jti>`, `… session <sid>`, `… user <sub> <issued before>`. The first word is the version.
pub(super) struct Message<'a>(&'a FeedEntry);

impl<'a> Message<'a> {
    pub(super) const fn of(entry: &'a FeedEntry) -> Self {
        Self(entry)
    }

    /// The entry that a line names; none for a line of another version, or no line of ours.
    pub(super) fn parse(line: &str) -> Option<FeedEntry> {
        let words: Vec<&str> = line.split(' ').collect();
        let (["1", seq, until, kind, id], rest) = words.split_first_chunk::<5>().map(|(head, rest)| (*head, rest))?
        else {
            return None;
        };
        let subject = match (kind.parse().ok()?, rest) {
            (Kind::Token, []) => Subject::Token(id.to_owned()),
            (Kind::Session, []) => Subject::Session(id.parse().ok()?),
            (Kind::User, [before]) => {
                Subject::User { user: id.parse::<UserId>().ok()?, issued_before: before.parse().ok()? }
            }
            _ => return None,
        };
        let until = Timestamp::from_millis(until.parse().ok()?);
        Some(FeedEntry { seq: seq.parse().ok()?, revocation: Revocation { subject, until } })
    }
}

impl fmt::Display for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FeedEntry { seq, revocation } = self.0;
        let Revocation { subject, until } = revocation;
        write!(f, "1 {seq} {} {} {}", until.millis(), subject.kind(), subject.id())?;
        subject.issued_before().map_or(Ok(()), |before| write!(f, " {before}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hallpass_model::SessionId;

    #[test]
    fn every_kind_comes_through() {
        let at = Timestamp::from_secs(7);
        let subjects = [
            Subject::Token("AbC-_9".to_owned()),
            Subject::Session(SessionId::new(at, [1; 10])),
            Subject::User { user: UserId::new(at, [2; 10]), issued_before: -3 },
        ];
        for subject in subjects {
            let entry = FeedEntry { seq: 9, revocation: Revocation { subject, until: at } };
            assert_eq!(Message::parse(&Message::of(&entry).to_string()), Some(entry));
        }
    }

    #[test]
    fn a_line_that_is_not_an_entry_of_this_version_is_ignored() {
        for line in ["", "1", "2 1 1 token a", "1 1 1 token", "1 1 1 token a b", "1 x 1 token a", "1 1 1 session a"] {
            assert_eq!(Message::parse(line), None, "{line}");
        }
    }
}
