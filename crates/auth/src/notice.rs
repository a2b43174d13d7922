//! What is in the audit log once a window, refusals above all: a flood of them must not become a flood of rows.

use std::time::Duration;

use hallpass_model::audit::{Actor, AuditContext, AuditEntry, Event};
use hallpass_model::{ClientId, UserId};
use hallpass_store::op;

use crate::Error;
use crate::core::Auth;
use crate::ctx::Ctx;
use crate::rate_limit::network;
use crate::state::Subject;

/// A forged refresh token may be one of an installation that was restored. So many of one client address are an attack.
const FORGED_IN_BULK: u32 = 10;
/// Logins with a breached password are logged once in this time for each user, who may log in often before choosing
/// another password.
const BREACHED_ONCE_IN: Duration = Duration::from_secs(24 * 60 * 60);

impl Auth {
    /// Writes to the audit log that a known caller was refused for lack of a role; once a window and user.
    pub async fn note_denied(&self, ctx: &Ctx, method: &str, route: &str) {
        let Some(user) = ctx.caller.user() else { return };
        let mut entry = AuditEntry::new(Event::AccessDenied).user(user).detail("method", method).detail("route", route);
        entry.session = ctx.caller.session();
        self.note(ctx.act(Actor::User(user)), (user.as_bytes().to_vec(), 1), entry).await;
    }

    /// An attempt on a locked account; once a window and email address.
    pub(crate) async fn note_locked(&self, act: AuditContext, email: &str) {
        let entry = AuditEntry::new(Event::LoginWhileLocked).detail("email", email.to_ascii_lowercase());
        self.note(act, (email.to_ascii_lowercase().into_bytes(), 1), entry).await;
    }

    /// A refresh token that this installation did not write; from the tenth of a client address in a window on.
    pub(crate) async fn note_forged(&self, ctx: &Ctx) {
        let entry = AuditEntry::new(Event::RefreshForged).detail("at_least", FORGED_IN_BULK.to_string());
        self.note(ctx.act(Actor::Anonymous), (network(ctx.ip), FORGED_IN_BULK), entry).await;
    }

    /// A good login with a password that is known from breaches; once a day and user.
    pub(crate) async fn note_breached(&self, ctx: &Ctx, user: UserId) {
        metrics::counter!("hallpass_breached_logins_total").increment(1);
        let entry = AuditEntry::new(Event::PasswordBreached).user(user);
        self.note(ctx.act(Actor::User(user)), (user.as_bytes().to_vec(), 1), entry).await;
    }

    /// A wrong credential of a service client; once a window, client and client address. All unknown clients of an
    /// address are counted together: their names are the attacker's choice.
    ///
    /// The error of a refusal: beyond the rule `client_auth` it is 429, for this client from this address. A right
    /// credential is never counted, so a stranger shuts no client out.
    pub(crate) async fn refuse_client(&self, ctx: &Ctx, client: Option<ClientId>) -> Error {
        let mut entry = AuditEntry::new(Event::ClientRefused);
        let mut subject = network(ctx.ip);
        if let Some(client) = client {
            entry = entry.detail("client", client.to_string());
            subject.extend(client.as_bytes());
        }
        match self.note(ctx.act(Actor::Anonymous), (subject, 1), entry).await {
            Some((count, retry_after)) if count > self.settings().rules.client_auth.max => {
                Error::TooManyClientFailures { retry_after }
            }
            _ => Error::InvalidClient,
        }
    }

    /// Counts a happening, and appends its row when it is the `nth` of its window. The answer to the request does not
    /// depend on it, so a store that does not take the row changes nothing but the log.
    async fn note(
        &self,
        act: AuditContext,
        (subject, nth): (Subject, u32),
        entry: AuditEntry,
    ) -> Option<(u32, Duration)> {
        let rules = &self.settings().rules;
        let window = match entry.event {
            Event::ClientRefused => rules.client_auth.window,
            Event::PasswordBreached => BREACHED_ONCE_IN,
            _ => rules.login.window,
        };
        let counted = self.core().notices.count(entry.event, subject, act.at, window);
        if counted.is_some_and(|(count, _)| count == nth) {
            let event = entry.event;
            let appended = self.core().store.write(op::AppendAudit { act, entry }).await;
            if let Err(error) = appended {
                tracing::warn!(%error, event = %event, "an event could not be written to the audit log");
            }
        }
        counted
    }
}
