//! What the use cases keep in memory, each part by itself: none of them knows the whole.

mod attempts;
mod counters;
mod feed_places;
mod history;
mod hosts;
mod legacy;
mod notices;
mod readiness;
mod schedule;
mod spent;
mod verified;

pub(crate) use self::attempts::{Attempts, Place};
pub(crate) use self::counters::Counters;
pub(crate) use self::feed_places::{FeedPlace, FeedPlaces, Found};
pub use self::history::{Happening, Series};
pub(crate) use self::hosts::Hosts;
pub(crate) use self::legacy::LegacyState;
pub(crate) use self::notices::{Notices, Subject};
pub(crate) use self::readiness::Readiness;
pub(crate) use self::schedule::Schedule;
pub(crate) use self::spent::Spent;
pub(crate) use self::verified::Verified;
