//! Refusals, counted in windows: the audit log gets one row for each window.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hallpass_model::Timestamp;
use hallpass_model::audit::Event;

/// Open windows of one event in one process. Further subjects are in metrics and log lines alone. Each event has its own
/// bound, so that many forged tokens do not hide a refusal of another kind.
const MOST: usize = 4096;

/// The bytes of the user, email address, client or network whose refusals are counted together.
pub(crate) type Subject = Vec<u8>;

#[derive(Debug, Clone, Copy)]
struct Window {
    ends_at: Timestamp,
    count: u32,
}

/// What has been refused in the windows that are open.
#[derive(Debug, Default)]
pub(crate) struct Notices(Mutex<HashMap<Event, HashMap<Subject, Window>>>);

impl Notices {
    /// Counts one more. The number in its window, and how long that still lasts; none when too many are open.
    pub(crate) fn count(
        &self,
        event: Event,
        subject: Subject,
        now: Timestamp,
        window: Duration,
    ) -> Option<(u32, Duration)> {
        let mut events = self.events();
        let open = events.entry(event).or_default();
        if open.len() >= MOST && !open.contains_key(&subject) {
            open.retain(|_, window| window.ends_at > now);
            if open.len() >= MOST {
                return None;
            }
        }
        let fresh = Window { ends_at: now + window, count: 0 };
        let entry = open.entry(subject).or_insert(fresh);
        if entry.ends_at <= now {
            *entry = fresh;
        }
        entry.count = entry.count.saturating_add(1);
        Some((entry.count, now.until(entry.ends_at)))
    }

    // Each window is changed as a whole, whatever panicked.
    fn events(&self) -> MutexGuard<'_, HashMap<Event, HashMap<Subject, Window>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Duration = Duration::from_secs(60);

    fn count(notices: &Notices, n: usize, secs: i64) -> Option<(u32, Duration)> {
        let subject = n.to_be_bytes().to_vec();
        notices.count(Event::RefreshForged, subject, Timestamp::from_secs(secs), WINDOW)
    }

    #[test]
    fn a_window_counts_until_it_ends_and_begins_again() {
        let notices = Notices::default();
        assert_eq!(count(&notices, 1, 0), Some((1, WINDOW)));
        assert_eq!(count(&notices, 1, 59), Some((2, Duration::from_secs(1))));
        assert_eq!(count(&notices, 1, 60), Some((1, WINDOW)));
    }

    #[test]
    fn so_many_windows_of_an_event_are_open_and_another_event_has_its_own() {
        let notices = Notices::default();
        for n in 0..MOST {
            assert!(count(&notices, n, 0).is_some());
        }
        assert_eq!(count(&notices, MOST, 1), None);
        assert!(count(&notices, 0, 1).is_some());
        assert!(notices.count(Event::AccessDenied, vec![1], Timestamp::from_secs(1), WINDOW).is_some());
        assert!(count(&notices, MOST, 61).is_some());
        assert_eq!(notices.events()[&Event::RefreshForged].len(), 1);
    }
}
