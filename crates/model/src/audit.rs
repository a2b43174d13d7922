//! Security events, as the audit log keeps them: who, what, from where, never a secret.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use crate::{ClientId, SessionId, Timestamp, UserId};

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident => $text:literal,)*) => {
        /// What happened. The names are stable: operators filter and alert on them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Event { $($(#[$doc])* $name,)* }

        impl Event {
            /// Every event, for documentation and for filters.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The event of this name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$name),)* _ => None }
            }
        }
    };
}

events! {
    /// An account was made by its owner.
    Registered => "user.registered",
    /// An account was made by an admin or the command line.
    UserCreated => "user.created",
    /// A good login.
    LoginSucceeded => "login.succeeded",
    /// A wrong password, an unknown address or a suspended account.
    LoginFailed => "login.failed",
    /// An address of the network used up its attempts.
    LoginLimited => "login.limited",
    /// An attempt on a locked account; once a window.
    LoginWhileLocked => "login.while_locked",
    /// Too many failures in a row: the account is locked for a while.
    AccountLocked => "account.locked",
    /// Too many failures in a row from a known device: it is a stranger for a while.
    DeviceLocked => "device.locked",
    /// A user said that a sign-in from an unknown device was somebody else's.
    DeviceDisowned => "device.disowned",
    /// A lock was ended.
    AccountUnlocked => "account.unlocked",
    /// A spent refresh token came again: the family is revoked.
    RefreshReused => "refresh.reused",
    /// A genuine refresh token that the store cannot have issued: a restored backup, or worse.
    RefreshAhead => "refresh.ahead",
    /// Refresh tokens that this installation did not write, in bulk; once a window.
    RefreshForged => "refresh.forged",
    /// A known caller lacked the role; once a window.
    AccessDenied => "access.denied",
    /// A session ended by its owner.
    LoggedOut => "session.logged_out",
    /// All sessions of a user ended, by the owner or an admin.
    LoggedOutAll => "session.logged_out_all",
    /// One session ended from the list.
    SessionRevoked => "session.revoked",
    /// The user has proved the address.
    EmailVerified => "user.email_verified",
    /// An admin had a mail sent to a user.
    MailRequested => "mail.requested",
    /// An admin read a mail that was written into the folder.
    MailRead => "mail.read",
    /// A mail was refused for good, or could not be delivered in its time.
    MailFailed => "mail.failed",
    /// A forgotten password was replaced by way of a mail.
    PasswordRecovered => "password.recovered",
    /// The password changed.
    PasswordChanged => "password.changed",
    /// An admin or the command line replaced a password.
    PasswordReset => "password.reset",
    /// The current password was wrong when changing it.
    PasswordChangeFailed => "password.change_failed",
    /// The stored hash was remade at today's cost.
    PasswordRehashed => "password.rehashed",
    /// A good login with a password that is known from breaches; once a day and user.
    PasswordBreached => "password.breached",
    /// The role changed.
    RoleChanged => "user.role_changed",
    /// The address changed.
    EmailChanged => "user.email_changed",
    /// The account was suspended.
    UserSuspended => "user.suspended",
    /// The account was activated again.
    UserActivated => "user.activated",
    /// The account was deleted.
    UserDeleted => "user.deleted",
    /// A user took an export of the own account.
    AccountExported => "account.exported",
    /// Users were written to a file, with their password hashes or without.
    UsersExported => "users.exported",
    /// A signing key entered the ring.
    KeyAnnounced => "key.announced",
    /// A signing key began to sign.
    KeyActivated => "key.activated",
    /// A signing key stopped signing.
    KeyRetired => "key.retired",
    /// A signing key left the ring: its last token has expired.
    KeyRemoved => "key.removed",
    /// A signing key was revoked: its tokens are refused at once.
    KeyRevoked => "key.revoked",
    /// A service client was registered.
    ClientCreated => "client.created",
    /// A service client was revoked.
    ClientRevoked => "client.revoked",
    /// A service client gave a wrong credential; once a window.
    ClientRefused => "client.refused",
    /// One token was revoked on a service client's word.
    TokenRevoked => "token.revoked",
    /// A webhook was made.
    WebhookCreated => "webhook.created",
    /// Address, types or state of a webhook changed.
    WebhookChanged => "webhook.changed",
    /// A webhook got a new secret.
    WebhookRotated => "webhook.rotated",
    /// Events are told once more, from an instant on.
    WebhookReplayed => "webhook.replayed",
    /// The server disabled a webhook: it failed for days, or its receiver said that it is gone.
    WebhookDisabled => "webhook.disabled",
    /// A webhook was deleted.
    WebhookDeleted => "webhook.deleted",
    /// The whole store came here from another database.
    StoreMoved => "store.moved",
}

/// The text names no event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no event of this name")]
pub struct ParseEventError;

impl FromStr for Event {
    type Err = ParseEventError;

    fn from_str(name: &str) -> Result<Self, ParseEventError> {
        Self::from_name(name).ok_or(ParseEventError)
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A caller who has not proved an identity.
    Anonymous,
    /// A user with a valid credential.
    User(UserId),
    /// A registered service client.
    Client(ClientId),
    /// The command line on the server's own machine.
    Operator,
    /// The server itself: a background job.
    System,
}

/// Who does something, when and from where: what every change carries into the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditContext {
    /// When: the instant of the request, read once.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    pub ip: Option<IpAddr>,
    /// The client's `User-Agent`, already cut to 256 bytes.
    pub user_agent: Option<String>,
    /// The request's `X-Request-Id`.
    pub request_id: Option<String>,
}

/// An event about to be appended, beside the [`AuditContext`] that caused it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    pub event: Event,
    /// The user it happened to.
    pub user: Option<UserId>,
    /// The session it happened to.
    pub session: Option<SessionId>,
    /// Particulars as `name=value` pairs, never a secret: before and after of a change, a key id, a reason.
    pub detail: Vec<(&'static str, String)>,
}

impl AuditEntry {
    /// An entry about nothing in particular.
    pub const fn new(event: Event) -> Self {
        Self { event, user: None, session: None, detail: Vec::new() }
    }

    /// Names the user it happened to.
    #[must_use]
    pub const fn user(mut self, user: UserId) -> Self {
        self.user = Some(user);
        self
    }

    /// Names the session it happened to.
    #[must_use]
    pub const fn session(mut self, session: SessionId) -> Self {
        self.session = Some(session);
        self
    }

    /// Adds a particular.
    #[must_use]
    pub fn detail(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.detail.push((name, value.into()));
        self
    }
}

/// An event as it was read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord {
    /// Its place in the log: strictly growing.
    pub seq: i64,
    pub at: Timestamp,
    /// The event's stable name.
    pub event: String,
    /// `anonymous`, `user:<id>`, `client:<id>`, `operator` or `system`.
    pub actor: String,
    /// The user it happened to.
    pub user: Option<UserId>,
    /// The session it happened to.
    pub session: Option<SessionId>,
    pub ip: Option<String>,
    /// The client's `User-Agent`.
    pub user_agent: Option<String>,
    /// The request's `X-Request-Id`.
    pub request_id: Option<String>,
    /// Particulars: a JSON object of strings.
    pub detail: String,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => f.write_str("anonymous"),
            Self::User(id) => write!(f, "user:{id}"),
            Self::Client(id) => write!(f, "client:{id}"),
            Self::Operator => f.write_str("operator"),
            Self::System => f.write_str("system"),
        }
    }
}
