//! Webhooks: who is told of what, how often a delivery is tried, when an endpoint is given up.

mod event;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

pub use self::event::{Event, ParseTypeError, Type};
use crate::{StuckId, Timestamp, WebhookId};

/// How long an endpoint may fail without a single success before it is disabled.
pub const MAY_FAIL_FOR: Duration = Duration::from_secs(5 * 24 * 60 * 60);
/// How long the secret before a rotation signs as well.
pub const ROTATION_OVERLAP: Duration = Duration::from_secs(24 * 60 * 60);
/// The longest wait that a receiver may ask for.
pub const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(60 * 60);
/// The longest time in which a failing endpoint is not tried with what is new.
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);

/// The pauses between the tries of one delivery.
const SCHEDULE: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_secs(5 * 60),
    Duration::from_secs(30 * 60),
    Duration::from_secs(2 * 60 * 60),
    Duration::from_secs(5 * 60 * 60),
    Duration::from_secs(10 * 60 * 60),
    Duration::from_secs(14 * 60 * 60),
    Duration::from_secs(20 * 60 * 60),
    Duration::from_secs(24 * 60 * 60),
];

/// How long to wait after so many tries of one delivery; none when there is no further try.
pub fn pause_after(attempts: u32) -> Option<Duration> {
    let index = usize::try_from(attempts.checked_sub(1)?).ok()?;
    SCHEDULE.get(index).copied()
}

/// How long an endpoint is left alone after so many failures in a row. Short, so that it is told of what is new soon after
/// it has recovered; not nothing, or an endpoint that is down would get a row for each event.
pub fn rest_after(failures: u32) -> Duration {
    pause_after(failures).unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE)
}

/// Whether an endpoint is told of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It has not taken a `ping` yet; events wait.
    Pending,
    Active,
    /// By an admin, or after it has failed for days. Events wait until the audit log forgets them.
    Disabled,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Active, Self::Disabled];

    /// The name, as the API and the store spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }
}

/// The text names no state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a state is `pending`, `active` or `disabled`")]
pub struct ParseStateError;

impl FromStr for State {
    type Err = ParseStateError;

    fn from_str(name: &str) -> Result<Self, ParseStateError> {
        Self::ALL.into_iter().find(|state| state.as_str() == name).ok_or(ParseStateError)
    }
}

/// The types that an endpoint is told of; empty for all, those of later versions among them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Types(Vec<Type>);

impl Types {
    /// These, once each.
    pub fn new(types: impl IntoIterator<Item = Type>) -> Self {
        let mut kept = Vec::new();
        for one in types {
            if !kept.contains(&one) {
                kept.push(one);
            }
        }
        Self(kept)
    }

    pub fn contains(&self, one: Type) -> bool {
        self.0.is_empty() || self.0.contains(&one)
    }

    pub fn names(&self) -> Vec<&'static str> {
        self.0.iter().map(|one| one.as_str()).collect()
    }
}

impl fmt::Display for Types {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names().join(" "))
    }
}

impl FromStr for Types {
    type Err = ParseTypeError;

    fn from_str(text: &str) -> Result<Self, ParseTypeError> {
        text.split(' ').filter(|name| !name.is_empty()).map(str::parse).collect::<Result<Vec<_>, _>>().map(Self::new)
    }
}

/// A delivery, as an endpoint's row remembers it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Delivered {
    /// The place of its event; none for a `ping`.
    pub seq: Option<i64>,
    #[serde(rename = "type")]
    pub kind: String,
    /// In milliseconds since the epoch.
    pub at: i64,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// How long it took, in milliseconds.
    pub ms: u64,
    /// Why it failed, in words of this server.
    pub error: Option<String>,
}

/// Deliveries that an endpoint's row remembers.
pub const REMEMBERED: usize = 20;

/// An endpoint, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    pub id: WebhookId,
    pub url: String,
    pub types: Types,
    pub state: State,
    /// The last place that was delivered, or noted as a failure.
    pub cursor: i64,
    /// Failures in a row.
    pub failures: u32,
    pub failing_since: Option<Timestamp>,
    /// Until then it is left alone.
    pub not_before: Timestamp,
    pub created_at: Timestamp,
    /// Until when the secret before the last rotation signs as well.
    pub previous_until: Option<Timestamp>,
    /// The last deliveries, the newest first.
    pub recent: Vec<Delivered>,
    /// Deliveries that failed and are tried again.
    pub waiting: u32,
    /// Deliveries that failed and are not tried any more.
    pub given_up: u32,
    /// The newest place of the audit log.
    pub head: i64,
}

/// A delivery that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stuck {
    pub id: StuckId,
    pub seq: i64,
    pub kind: Type,
    pub attempts: u32,
    /// None when it is not tried any more.
    pub next_at: Option<Timestamp>,
    pub last_status: Option<u16>,
    pub last_error: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_is_tried_ten_times_in_a_little_more_than_three_days() {
        let pauses: Vec<Duration> = (1..).map_while(pause_after).collect();
        assert_eq!(pauses.len(), 9);
        assert_eq!(pauses.iter().sum::<Duration>(), Duration::from_secs(75 * 3600 + 35 * 60 + 5));
        assert_eq!(pause_after(0), None);
    }

    #[test]
    fn an_endpoint_rests_for_five_minutes_at_most() {
        assert_eq!([1, 2, 3, 400].map(rest_after).map(|pause| pause.as_secs()), [5, 300, 300, 300]);
    }

    #[test]
    fn no_types_are_all_types() {
        let none: Types = "".parse().expect("parses");
        assert!(none.contains(Type::UserCreated));
        let two: Types = "user.created key.revoked user.created".parse().expect("parses");
        assert_eq!(two.to_string(), "user.created key.revoked");
        assert!(!two.contains(Type::UserDeleted));
        "user.greeted".parse::<Types>().expect_err("no such type");
    }
}
