//! The attempts of a client address in a window.

use std::time::Duration;

use super::Rule;
use crate::Timestamp;

/// The attempts of one client address in its current window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressWindow {
    /// Attempts reserved or failed.
    pub used: u32,
    /// The end of the window.
    pub ends_at: Timestamp,
}

impl AddressWindow {
    /// The window that counts now: the stored one while it lasts, else a fresh one.
    pub fn current(stored: Option<Self>, now: Timestamp, rule: &Rule) -> Self {
        stored.filter(|window| now < window.ends_at).unwrap_or(Self { used: 0, ends_at: now + rule.window })
    }

    /// Takes one attempt; `None` when none is left.
    #[must_use]
    pub const fn reserve(self, rule: &Rule) -> Option<Self> {
        if self.used >= rule.max { None } else { Some(Self { used: self.used + 1, ..self }) }
    }

    /// Gives one attempt back after a good login.
    #[must_use]
    pub const fn give_back(self) -> Self {
        Self { used: self.used.saturating_sub(1), ..self }
    }

    /// What the `RateLimit-*` headers say.
    pub fn budget(&self, now: Timestamp, rule: &Rule) -> Budget {
        Budget {
            limit: rule.max,
            window: rule.window,
            remaining: rule.max.saturating_sub(self.used),
            resets_in: now.until(self.ends_at),
        }
    }
}

/// What is left of an address's attempts, for the `RateLimit-*` headers (draft-ietf-httpapi-ratelimit-headers-06).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Attempts a window.
    pub limit: u32,
    /// The length of the window.
    pub window: Duration,
    /// Attempts left.
    pub remaining: u32,
    /// Until the window ends.
    pub resets_in: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rate_limit::example::{RULE, at};

    #[test]
    fn an_address_has_ten_attempts_a_window() {
        let mut window = AddressWindow::current(None, at(0), &RULE);
        for left in (0..10).rev() {
            window = window.reserve(&RULE).expect("left");
            assert_eq!(window.budget(at(0), &RULE).remaining, left);
        }
        assert_eq!(window.reserve(&RULE), None);
        assert_eq!(window.budget(at(600), &RULE).resets_in, Duration::from_secs(300));
        assert_eq!(AddressWindow::current(Some(window), at(900), &RULE).used, 0);
    }
}
