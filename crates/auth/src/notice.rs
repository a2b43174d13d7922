//! Refusals that the audit log tells of once a window: a flood of them must not become a flood of rows.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hallpass_model::audit::{Actor, Entry, Event};
use hallpass_model::{ClientId, Timestamp, UserId};
use hallpass_store::op;

use crate::core::Auth;
use crate::ctx::Ctx;
use crate::{Error, Result};

/// Windows of one process. When so many are open, further subjects are counted by metrics and log lines alone.
const MOST: usize = 4096;
/// A forged refresh token may be one of an installation that was restored. So many of one client address are an attack.
const FORGED_IN_BULK: u32 = 10;

/// Wrong credentials of one service client and client address in a window, until the answer is 429.
const WRONG_CREDENTIALS: u32 = 20;

/// Whose refusals are counted together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Subject {
    User(UserId),
    Email(String),
    Address(String),
    Client(ClientId, String),
}

#[derive(Debug, Clone, Copy)]
struct Window {
    ends_at: Timestamp,
    count: u32,
}

/// What has been refused in the windows that are open.
#[derive(Debug, Default)]
pub(crate) struct Notices(Mutex<HashMap<(Event, Subject), Window>>);

impl Notices {
    /// Counts one more. The number in its window, and how long that still lasts; none when too many are open.
    fn count(&self, key: (Event, Subject), now: Timestamp, window: Duration) -> Option<(u32, Duration)> {
        let mut open = self.open();
        if open.len() >= MOST && !open.contains_key(&key) {
            open.retain(|_, window| window.ends_at > now);
            if open.len() >= MOST {
                return None;
            }
        }
        let fresh = Window { ends_at: now + window, count: 0 };
        let entry = open.entry(key).or_insert(fresh);
        if entry.ends_at <= now {
            *entry = fresh;
        }
        entry.count = entry.count.saturating_add(1);
        Some((entry.count, now.until(entry.ends_at)))
    }

    // Each window is changed as a whole, whatever panicked.
    fn open(&self) -> MutexGuard<'_, HashMap<(Event, Subject), Window>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Auth {
    /// Tells the audit log that a known caller was refused for lack of a role; once a window and user.
    pub async fn note_denied(&self, ctx: &Ctx, method: &str, route: &str) {
        let Some(user) = ctx.caller.user() else { return };
        let mut entry = Entry::new(Event::AccessDenied).user(user).detail("method", method).detail("route", route);
        entry.session = ctx.caller.session();
        self.note(ctx, (Subject::User(user), 1), (Actor::User(user), entry)).await;
    }

    /// An attempt on a locked account; once a window and email address.
    pub(crate) async fn note_locked(&self, ctx: &Ctx, email: &str) {
        let entry = Entry::new(Event::LoginWhileLocked).detail("email", email);
        self.note(ctx, (Subject::Email(email.to_owned()), 1), (Actor::Anonymous, entry)).await;
    }

    /// A refresh token that this installation did not write; from the tenth of a client address in a window on.
    pub(crate) async fn note_forged(&self, ctx: &Ctx) {
        let entry = Entry::new(Event::RefreshForged).detail("at_least", FORGED_IN_BULK.to_string());
        self.note(ctx, (Subject::Address(address(ctx)), FORGED_IN_BULK), (Actor::Anonymous, entry)).await;
    }

    /// A wrong credential of a service client that exists; once a window, client and client address.
    ///
    /// The error of a refusal: after [`WRONG_CREDENTIALS`] it is 429, for this client from this address. A right
    /// credential is never counted, so a stranger shuts no client out.
    pub(crate) async fn refuse_client(&self, ctx: &Ctx, client: ClientId) -> Error {
        let entry = Entry::new(Event::ClientRefused).detail("client", client.to_string());
        let counted = self.note(ctx, (Subject::Client(client, address(ctx)), 1), (Actor::Anonymous, entry)).await;
        match counted {
            Some((count, retry_after)) if count > WRONG_CREDENTIALS => Error::TooManyClientFailures { retry_after },
            _ => Error::InvalidClient,
        }
    }

    /// Counts a refusal, and appends its row when it is the `told`-th of its window. The request is refused in any case,
    /// so a store that does not take the row changes nothing but the log.
    async fn note(
        &self,
        ctx: &Ctx,
        (subject, told): (Subject, u32),
        (actor, entry): (Actor, Entry),
    ) -> Option<(u32, Duration)> {
        let window = self.settings().limits.window;
        let counted = self.core().notices.count((entry.event, subject), ctx.now, window);
        if counted.is_some_and(|(count, _)| count == told) {
            let appended: Result<()> = self.append(ctx, actor, entry).await;
            if let Err(error) = appended {
                tracing::warn!(%error, "a refusal could not be written to the audit log");
            }
        }
        counted
    }

    async fn append(&self, ctx: &Ctx, actor: Actor, entry: Entry) -> Result<()> {
        Ok(self.core().store.write(op::AppendAudit { act: ctx.act(actor), entry }).await?)
    }
}

/// The client address; the command line has none.
fn address(ctx: &Ctx) -> String {
    ctx.ip.map(|ip| ip.to_canonical().to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Duration = Duration::from_secs(60);

    fn key(n: usize) -> (Event, Subject) {
        (Event::RefreshForged, Subject::Address(n.to_string()))
    }

    #[test]
    fn a_window_counts_until_it_ends_and_begins_again() {
        let notices = Notices::default();
        let at = |secs| notices.count(key(1), Timestamp::from_secs(secs), WINDOW);
        assert_eq!(at(0), Some((1, WINDOW)));
        assert_eq!(at(59), Some((2, Duration::from_secs(1))));
        assert_eq!(at(60), Some((1, WINDOW)));
    }

    #[test]
    fn so_many_windows_are_open_and_no_more_until_some_have_ended() {
        let notices = Notices::default();
        for n in 0..MOST {
            assert!(notices.count(key(n), Timestamp::from_secs(0), WINDOW).is_some());
        }
        assert_eq!(notices.count(key(MOST), Timestamp::from_secs(1), WINDOW), None);
        assert!(notices.count(key(0), Timestamp::from_secs(1), WINDOW).is_some());
        assert!(notices.count(key(MOST), Timestamp::from_secs(61), WINDOW).is_some());
        assert_eq!(notices.open().len(), 1);
    }
}
