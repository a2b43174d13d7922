//! The inside of a sandbox, as its page shows it.

use std::time::SystemTime;

use hallpass_auth::{LabDump, Settings};
use hallpass_mail::{Received, Written};
use hallpass_model::rate_limit::AccountGuard;
use hallpass_model::revocation::Revocation;
use hallpass_model::session::Session;
use hallpass_model::user::User;
use hallpass_model::{Timestamp, hex};
use serde::Serialize;

/// Everything a sandbox holds.
#[derive(Debug, Serialize)]
pub struct State {
    /// The sandbox's time.
    now: Timestamp,
    /// How far it is ahead of the server's.
    ahead_seconds: u64,
    /// When the sandbox ends if it is not used, by the server's time.
    ends_at: Timestamp,
    users: Vec<UserState>,
    sessions: Vec<SessionState>,
    denylist: Vec<Entry>,
    rules: Rules,
}

#[derive(Debug, Serialize)]
struct UserState {
    id: String,
    email: String,
    role: String,
    status: &'static str,
    /// Failed logins in a row.
    failures: u32,
    locked_until: Option<Timestamp>,
}

#[derive(Debug, Serialize)]
struct SessionState {
    id: String,
    user_id: String,
    generation: u32,
    /// The beginning of the hash of the one current refresh token; the token itself is not there.
    current_hash: String,
    created_at: Timestamp,
    rotated_at: Option<Timestamp>,
    expires_at: Timestamp,
    absolute_expires_at: Timestamp,
    revoked_at: Option<Timestamp>,
    ip: Option<String>,
}

#[derive(Debug, Serialize)]
struct Entry {
    kind: &'static str,
    subject: String,
    until: Timestamp,
    remaining_seconds: u64,
}

/// What the sandbox is configured with, in seconds.
#[derive(Debug, Serialize)]
struct Rules {
    issuer: String,
    audience: String,
    algorithm: String,
    access_ttl: u64,
    refresh_ttl: u64,
    refresh_absolute_ttl: u64,
    refresh_grace: u64,
    login_max: u32,
    login_window: u64,
    lockout_failures: u32,
    lockout_for: u64,
}

/// A mail as its mailbox shows it.
#[derive(Serialize)]
pub(crate) struct Mail {
    id: String,
    to: String,
    subject: String,
    text: String,
    at: Timestamp,
}

impl From<Received> for Mail {
    fn from(received: Received) -> Self {
        let since = received.at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let at = Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or_default());
        let Written { to, subject, text } = received.mail;
        Self { id: received.id, to, subject, text, at }
    }
}

impl State {
    pub(crate) fn new(dump: &LabDump, settings: &Settings, now: Timestamp, (ahead, ends_at): (u64, Timestamp)) -> Self {
        Self {
            now,
            ahead_seconds: ahead,
            ends_at,
            users: dump.users.iter().map(|(user, guard)| user_state(user, guard)).collect(),
            sessions: dump.sessions.iter().map(session_state).collect(),
            denylist: dump.denylist.iter().map(|entry| denied(&entry.revocation, now)).collect(),
            rules: rules(settings),
        }
    }
}

fn user_state(user: &User, guard: &AccountGuard) -> UserState {
    UserState {
        id: user.id.to_string(),
        email: user.email.as_given().to_owned(),
        role: user.role.to_string(),
        status: user.status.as_str(),
        failures: guard.failed,
        locked_until: guard.locked_until,
    }
}

fn session_state(session: &Session) -> SessionState {
    SessionState {
        id: session.id.to_string(),
        user_id: session.user.to_string(),
        generation: session.generation,
        current_hash: hex(&session.current_hash[..8]),
        created_at: session.created_at,
        rotated_at: session.rotated_at,
        expires_at: session.expires_at,
        absolute_expires_at: session.absolute_expires_at,
        revoked_at: session.revoked_at,
        ip: session.ip.clone(),
    }
}

fn denied(entry: &Revocation, now: Timestamp) -> Entry {
    let (kind, subject) = (entry.subject.kind().as_str(), entry.subject.id());
    Entry { kind, subject, until: entry.until, remaining_seconds: now.until(entry.until).as_secs() }
}

fn rules(settings: &Settings) -> Rules {
    Rules {
        issuer: settings.token.issuer.clone(),
        audience: settings.token.audience.clone(),
        algorithm: settings.token.algorithm.to_string(),
        access_ttl: settings.token.access_ttl.as_secs(),
        refresh_ttl: settings.refresh.idle.as_secs(),
        refresh_absolute_ttl: settings.refresh.absolute.as_secs(),
        refresh_grace: settings.refresh.grace.as_secs(),
        login_max: settings.rules.login.max,
        login_window: settings.rules.login.window.as_secs(),
        lockout_failures: settings.rules.login.lockout.failures,
        lockout_for: settings.rules.login.lockout.duration.as_secs(),
    }
}
