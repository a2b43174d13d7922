//! Where a refresh family has been: what is kept of its rotations, and which side of a reuse looks like the thief's.
//!
//! Rotations in a row from one client address with one `User-Agent` are one run. The run under way lives in the session
//! row; a rotation from elsewhere closes it and appends a line to the row's trail. So a quiet session costs nothing
//! but its row, and the trail of a restless one is bounded.

use crate::Timestamp;

/// Rotations in a row from one client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The generation of its first token; 0 is the one that the login brought.
    pub from: u32,
    /// The generation of its last token.
    pub to: u32,
    /// When the first was issued.
    pub first_at: Timestamp,
    /// When the last was issued.
    pub last_at: Timestamp,
    pub ip: Option<String>,
    /// The client's `User-Agent`.
    pub user_agent: Option<String>,
}

impl Run {
    /// Reads a line of a trail: `from to first last ip agent`, times in milliseconds, `-` for no address.
    pub fn parse(line: &str) -> Option<Self> {
        let mut words = line.splitn(6, ' ');
        let mut number = || words.next()?.parse::<i64>().ok();
        let (from, to, first, last) = (number()?, number()?, number()?, number()?);
        let (ip, agent) = (words.next()?, words.next()?);
        Some(Self {
            from: u32::try_from(from).ok()?,
            to: u32::try_from(to).ok()?,
            first_at: Timestamp::from_millis(first),
            last_at: Timestamp::from_millis(last),
            ip: (ip != "-").then(|| ip.to_owned()),
            user_agent: (!agent.is_empty()).then(|| agent.to_owned()),
        })
    }

    /// How much another client looks like this one: address and `User-Agent` count one each.
    fn likeness(&self, ip: Option<&str>, agent: Option<&str>) -> u8 {
        u8::from(self.ip.as_deref() == ip) + u8::from(self.user_agent.as_deref() == agent)
    }
}

/// Every line of a trail that can be read; the first may be cut off.
pub fn parse(trail: &str) -> Vec<Run> {
    trail.lines().filter_map(Run::parse).collect()
}

/// A spent token that came again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reuse {
    pub at: Timestamp,
    /// The generation that was presented.
    pub presented: u32,
    /// The generation that was current.
    pub current: u32,
    /// Where it came from.
    pub ip: Option<String>,
    /// With which `User-Agent`.
    pub user_agent: Option<String>,
}

/// Which side of a reuse looks like the thief's. A guess: addresses change, and a `User-Agent` is what a client says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suspect {
    /// Who presented the spent token: a copy was replayed after the owner had moved on.
    Presenter,
    /// Who had spent the token before: the thief was first, and the owner came second.
    Rotator,
    /// Both look the same: a copy on the owner's own machine, or a client that refreshes twice with one token.
    SameClient,
    /// Nothing tells them apart.
    Unclear,
}

impl Suspect {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Presenter => "presenter",
            Self::Rotator => "rotator",
            Self::SameClient => "same_client",
            Self::Unclear => "unclear",
        }
    }
}

impl Reuse {
    /// Compares both sides with how the session looked before the token was spent: the side that looks like that is probably
    /// its owner.
    ///
    /// Two hold a copy of token `presented`: the one who exchanged it, and the one who brought it again. The run that
    /// issued it shows how the session looked before they parted.
    pub fn suspect(&self, runs: &[Run]) -> Suspect {
        let covers = |generation: u32| runs.iter().find(|run| (run.from..=run.to).contains(&generation));
        let (Some(before), Some(rotator)) = (covers(self.presented), covers(self.presented.saturating_add(1))) else {
            return Suspect::Unclear;
        };
        let (ip, agent) = (self.ip.as_deref(), self.user_agent.as_deref());
        if rotator.likeness(ip, agent) == 2 {
            return Suspect::SameClient;
        }
        let presenter = before.likeness(ip, agent);
        let rotator = before.likeness(rotator.ip.as_deref(), rotator.user_agent.as_deref());
        match presenter.cmp(&rotator) {
            std::cmp::Ordering::Less => Suspect::Presenter,
            std::cmp::Ordering::Greater => Suspect::Rotator,
            std::cmp::Ordering::Equal => Suspect::Unclear,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(from: u32, to: u32, ip: &str, agent: &str) -> Run {
        let at = |generation: u32| Timestamp::from_secs(i64::from(generation) * 60);
        let text = |text: &str| Some(text.to_owned());
        Run { from, to, first_at: at(from), last_at: at(to), ip: text(ip), user_agent: text(agent) }
    }

    fn reuse(presented: u32, ip: &str, agent: &str) -> Reuse {
        let at = Timestamp::from_secs(3600);
        Reuse { at, presented, current: 9, ip: Some(ip.to_owned()), user_agent: Some(agent.to_owned()) }
    }

    #[test]
    fn a_line_is_read_with_spaces_in_the_agent_and_without_address_or_agent() {
        let read = Run::parse("3 7 180000 420000 192.0.2.1 Mozilla/5.0 (X11; Linux)").expect("a run");
        assert_eq!(read, run(3, 7, "192.0.2.1", "Mozilla/5.0 (X11; Linux)"));
        let bare = Run::parse("0 0 1 1 - ").expect("a run");
        assert_eq!((bare.ip, bare.user_agent), (None, None));
    }

    #[test]
    fn a_line_that_was_cut_off_is_passed_over() {
        let runs = parse("92.0.2.1 Mozilla/5.0\n3 7 180000 420000 192.0.2.1 a\n8 9 480000 540000 192.0.2.2 b\n");
        assert_eq!(runs, [run(3, 7, "192.0.2.1", "a"), run(8, 9, "192.0.2.2", "b")]);
        assert_eq!(parse(""), []);
    }

    #[test]
    fn a_stranger_with_a_spent_token_is_the_suspect() {
        let runs = [run(0, 9, "192.0.2.1", "Firefox")];
        assert_eq!(reuse(4, "203.0.113.9", "curl").suspect(&runs), Suspect::Presenter);
        assert_eq!(reuse(4, "203.0.113.9", "Firefox").suspect(&runs), Suspect::Presenter);
    }

    #[test]
    fn a_stranger_who_was_first_is_the_suspect_when_the_owner_comes_second() {
        let runs = [run(0, 4, "192.0.2.1", "Firefox"), run(5, 9, "203.0.113.9", "curl")];
        assert_eq!(reuse(4, "192.0.2.1", "Firefox").suspect(&runs), Suspect::Rotator);
        assert_eq!(reuse(4, "192.0.2.77", "Firefox").suspect(&runs), Suspect::Rotator, "the owner has moved");
    }

    #[test]
    fn two_that_look_the_same_are_not_told_apart() {
        let runs = [run(0, 9, "192.0.2.1", "Firefox")];
        assert_eq!(reuse(4, "192.0.2.1", "Firefox").suspect(&runs), Suspect::SameClient);
    }

    #[test]
    fn when_both_have_changed_nothing_is_claimed() {
        let runs = [run(0, 4, "192.0.2.1", "Firefox"), run(5, 9, "203.0.113.9", "curl")];
        assert_eq!(reuse(4, "198.51.100.7", "wget").suspect(&runs), Suspect::Unclear);
        assert_eq!(reuse(1, "x", "y").suspect(&runs[1..]), Suspect::Unclear, "the beginning is gone");
    }
}
