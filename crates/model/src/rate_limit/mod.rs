//! Rate limits: how many attempts a client address has, and when an account is locked.
//!
//! Reserve, hash, settle. An attempt is reserved before any hashing, so parallel guesses cannot overrun a limit;
//! success gives it back. A reservation whose process died is counted as a failure: it fails closed.
//!
//! The database, Redis and the memory of a process are three engines of these rules.

mod account;
mod address;

use std::time::Duration;

use crate::Timestamp;

pub use self::account::{AccountGuard, Hold, Outcome};
pub use self::address::{AddressWindow, Budget};

/// The bucket of a client address or an account: a keyed hash, so that nothing typed by a client becomes part of a key.
pub type BucketKey = [u8; 32];

/// When an account is locked, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lockout {
    /// Failures in a row that lock an account. They are also forgotten after a day without another.
    pub failures: u32,
    /// How long the lock holds.
    pub duration: Duration,
    /// Instead of a lock: after so many failures one attempt each, with a pause before it that doubles with each failure,
    /// from half a minute to a quarter of an hour.
    pub backs_off: bool,
    /// Failures that lock an account until a day after the first of them. A hundred guesses a day are what NIST SP 800-63B
    /// allows in all.
    pub a_day: u32,
}

impl Lockout {
    /// No number of failures locks an account.
    pub const NEVER: Self = Self { failures: u32::MAX, duration: Duration::ZERO, backs_off: false, a_day: u32::MAX };
    /// Failures of an account in a day.
    pub const A_DAY: u32 = 100;

    const FIRST_PAUSE: Duration = Duration::from_secs(30);
    const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);

    /// A lock for a time.
    pub const fn new(failures: u32, duration: Duration) -> Self {
        // A rule that allows more in a row allows as many in a day.
        let a_day = if failures > Self::A_DAY { failures } else { Self::A_DAY };
        Self { failures, duration, backs_off: false, a_day }
    }

    /// How long an account is locked after so many failures in a row.
    fn pause(&self, failed: u32) -> Duration {
        if !self.backs_off {
            return self.duration;
        }
        let doublings = failed.saturating_sub(self.failures);
        let pause = Self::FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(doublings));
        pause.min(Self::LONGEST_PAUSE)
    }
}

/// One rule: attempts of a client address, failures of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Attempts per client address and window.
    pub max: u32,
    /// The window, from the first attempt in it.
    pub window: Duration,
    /// When an account is locked.
    pub lockout: Lockout,
}

impl Rule {
    /// Half of each limit, and at least one: for a process that counts alone while others count, too.
    #[must_use]
    pub fn halved(&self) -> Self {
        let (failures, a_day) = (self.lockout.failures.div_ceil(2), self.lockout.a_day.div_ceil(2));
        Self { max: self.max.div_ceil(2), lockout: Lockout { failures, a_day, ..self.lockout }, ..*self }
    }
}

/// Every rule, by the name of what it limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Logins, and passwords that are proved to change them.
    pub login: Rule,
    /// Registrations. Success gives nothing back: each hashes a password.
    pub register: Rule,
    /// Mails that a client address asks for, and links and codes that it presents.
    pub mail: Rule,
    /// Wrong credentials of a service client. Right ones are never counted.
    pub client_auth: Rule,
}

/// What an attempt is counted against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Buckets {
    /// The client address, if one is limited.
    pub address: Option<BucketKey>,
    /// The account, if one is guarded.
    pub account: Option<BucketKey>,
}

/// The rule that an attempt is counted by, and the instant.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    pub now: Timestamp,
    pub rule: &'a Rule,
}

/// The engine that holds a reservation, and so must settle it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Database,
    /// Redis.
    Redis,
    /// The memory of this process.
    Memory,
}

/// The result of reserving an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reservation {
    /// The attempt may go on.
    Granted {
        /// What is left to the address, if one is limited.
        budget: Option<Budget>,
    },
    /// The address has no attempt left.
    AddressLimited {
        /// Nothing, until the window ends.
        budget: Budget,
    },
    /// The account takes no attempt now. One that is busy has cost the address nothing.
    AccountHeld {
        /// What is left to the address, if one is limited.
        budget: Option<Budget>,
        hold: Hold,
        /// Whether this attempt found a lock that abandoned reservations had closed.
        has_closed: bool,
    },
}

/// The result of settling an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settlement {
    /// What is left to the address, if one is limited.
    pub budget: Option<Budget>,
    /// Whether this attempt closed the lock, or found one that no log has yet.
    pub locked: bool,
}

#[cfg(test)]
mod example {
    use super::{Lockout, Rule};
    use crate::Timestamp;
    use std::time::Duration;

    /// The defaults of a login.
    pub(super) const RULE: Rule =
        Rule { max: 10, window: Duration::from_secs(900), lockout: Lockout::new(5, Duration::from_secs(1800)) };

    pub(super) fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs)
    }
}
