//! Refusals that are in the audit log once a window: a flood of them must not become a flood of rows.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hallpass_model::audit::{Actor, AuditContext, Entry, Event};
use hallpass_model::{ClientId, Timestamp};
use hallpass_store::op;

use crate::Error;
use crate::core::Auth;
use crate::ctx::Ctx;
use crate::guard::network;

/// Open windows of one event in one process. Further subjects are in metrics and log lines alone. Each event has its own
/// bound, so that many forged tokens do not hide a refusal of another kind.
const MOST: usize = 4096;
/// A forged refresh token may be one of an installation that was restored. So many of one client address are an attack.
const FORGED_IN_BULK: u32 = 10;
/// Wrong credentials of one service client and client address in a window, until the answer is 429.
const WRONG_CREDENTIALS: u32 = 20;

/// The bytes of the user, email address, client or network whose refusals are counted together.
type Subject = Vec<u8>;

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
    fn count(&self, event: Event, subject: Subject, now: Timestamp, window: Duration) -> Option<(u32, Duration)> {
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

impl Auth {
    /// Writes to the audit log that a known caller was refused for lack of a role; once a window and user.
    pub async fn note_denied(&self, ctx: &Ctx, method: &str, route: &str) {
        let Some(user) = ctx.caller.user() else { return };
        let mut entry = Entry::new(Event::AccessDenied).user(user).detail("method", method).detail("route", route);
        entry.session = ctx.caller.session();
        self.note(ctx.act(Actor::User(user)), (user.as_bytes().to_vec(), 1), entry).await;
    }

    /// An attempt on a locked account; once a window and email address.
    pub(crate) async fn note_locked(&self, act: AuditContext, email: &str) {
        let entry = Entry::new(Event::LoginWhileLocked).detail("email", email.to_ascii_lowercase());
        self.note(act, (email.to_ascii_lowercase().into_bytes(), 1), entry).await;
    }

    /// A refresh token that this installation did not write; from the tenth of a client address in a window on.
    pub(crate) async fn note_forged(&self, ctx: &Ctx) {
        let entry = Entry::new(Event::RefreshForged).detail("at_least", FORGED_IN_BULK.to_string());
        self.note(ctx.act(Actor::Anonymous), (network(ctx.ip), FORGED_IN_BULK), entry).await;
    }

    /// A wrong credential of a service client; once a window, client and client address. All unknown clients of an
    /// address are counted together: their names are the attacker's choice.
    ///
    /// The error of a refusal: after [`WRONG_CREDENTIALS`] it is 429, for this client from this address. A right
    /// credential is never counted, so a stranger shuts no client out.
    pub(crate) async fn refuse_client(&self, ctx: &Ctx, client: Option<ClientId>) -> Error {
        let mut entry = Entry::new(Event::ClientRefused);
        let mut subject = network(ctx.ip);
        if let Some(client) = client {
            entry = entry.detail("client", client.to_string());
            subject.extend(client.as_bytes());
        }
        match self.note(ctx.act(Actor::Anonymous), (subject, 1), entry).await {
            Some((count, retry_after)) if count > WRONG_CREDENTIALS => Error::TooManyClientFailures { retry_after },
            _ => Error::InvalidClient,
        }
    }

    /// Counts a refusal, and appends its row when it is the `nth` of its window. The request is refused in any case, so a
    /// store that does not take the row changes nothing but the log.
    async fn note(&self, act: AuditContext, (subject, nth): (Subject, u32), entry: Entry) -> Option<(u32, Duration)> {
        let window = self.settings().limits.window;
        let counted = self.core().notices.count(entry.event, subject, act.at, window);
        if counted.is_some_and(|(count, _)| count == nth) {
            let appended = self.core().store.write(op::AppendAudit { act, entry }).await;
            if let Err(error) = appended {
                tracing::warn!(%error, "a refusal could not be written to the audit log");
            }
        }
        counted
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
