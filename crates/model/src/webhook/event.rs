//! What webhooks tell, made of what the audit log says: ids and what has changed, never an address, a hash or a secret.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde_json::{Map, Value, json};

use crate::audit::{AuditRecord, Event as Audit};

macro_rules! types {
    ($($(#[$doc:meta])* $name:ident => $text:literal,)*) => {
        /// The type of an event. The names are stable: receivers choose by them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Type { $($(#[$doc])* $name,)* }

        impl Type {
            /// Every type that an endpoint can ask for.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

types! {
    UserCreated => "user.created",
    /// Role, address or password changed; `changed` says which.
    UserUpdated => "user.updated",
    UserDeleted => "user.deleted",
    UserSuspended => "user.suspended",
    UserActivated => "user.activated",
    /// The user has proved the address.
    UserVerified => "user.verified",
    SessionCreated => "session.created",
    /// One session ended, or several: then `scope` says which.
    SessionRevoked => "session.revoked",
    RefreshReused => "refresh.reused",
    /// An account is locked for a while.
    LoginLocked => "login.locked",
    KeyRotated => "key.rotated",
    KeyRevoked => "key.revoked",
    ClientCreated => "client.created",
    ClientRevoked => "client.revoked",
    /// A mail was refused for good, or could not be delivered in its time; `state` says which.
    MailFailed => "mail.failed",
}

/// The text names no type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no event type of this name")]
pub struct ParseTypeError;

impl FromStr for Type {
    type Err = ParseTypeError;

    fn from_str(name: &str) -> Result<Self, ParseTypeError> {
        Self::ALL.iter().copied().find(|one| one.as_str() == name).ok_or(ParseTypeError)
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An event that webhooks tell.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub kind: Type,
    /// Ids, and what has changed.
    pub data: Map<String, Value>,
}

impl Event {
    /// The events that a row of the audit log is about: none, one or two of different types.
    pub fn of(row: &AuditRecord) -> Vec<Self> {
        let Some(event) = Audit::from_name(&row.event) else { return Vec::new() };
        let details: BTreeMap<String, String> = serde_json::from_str(&row.detail).unwrap_or_default();
        let of = Of { row, details };
        match event {
            Audit::Registered | Audit::UserCreated => of.created(),
            Audit::RoleChanged => of.updated("role", &["from", "to"]).into_iter().chain(of.all_ended("all")).collect(),
            Audit::EmailChanged => of.updated_email(),
            Audit::PasswordChanged => of.updated_password("others"),
            Audit::PasswordReset | Audit::PasswordRecovered | Audit::DeviceDisowned => of.updated_password("all"),
            Audit::UserDeleted => vec![of.about_user(Type::UserDeleted)],
            Audit::UserSuspended => {
                std::iter::once(of.about_user(Type::UserSuspended)).chain(of.all_ended("all")).collect()
            }
            Audit::UserActivated => vec![of.about_user(Type::UserActivated)],
            Audit::EmailVerified => of.verified(),
            Audit::LoginSucceeded => vec![of.about_session(Type::SessionCreated)],
            Audit::LoggedOut | Audit::SessionRevoked | Audit::RefreshAhead => vec![of.ended()],
            Audit::RefreshReused => vec![of.about_session(Type::RefreshReused), of.ended()],
            Audit::LoggedOutAll => vec![of.ended_many("all")],
            Audit::AccountLocked => vec![of.about_user(Type::LoginLocked)],
            Audit::KeyActivated => vec![of.plain(Type::KeyRotated, &["kid", "alg"])],
            Audit::KeyRevoked => vec![of.plain(Type::KeyRevoked, &["kid"])],
            Audit::ClientCreated => vec![of.plain(Type::ClientCreated, &["client"])],
            Audit::ClientRevoked => vec![of.plain(Type::ClientRevoked, &["client"])],
            Audit::MailFailed => {
                vec![of.plain(Type::MailFailed, &["message", "template", "state"]).with("user", json!(row.user))]
            }
            _ => Vec::new(),
        }
    }
}

/// A row with its particulars. Only those that are named below go out: a particular may be an address.
struct Of<'a> {
    row: &'a AuditRecord,
    details: BTreeMap<String, String>,
}

impl Of<'_> {
    fn plain(&self, kind: Type, details: &[&str]) -> Event {
        let known =
            details.iter().filter_map(|name| Some(((*name).to_owned(), self.details.get(*name)?.clone().into())));
        Event { kind, data: known.collect() }
    }

    fn about_user(&self, kind: Type) -> Event {
        self.plain(kind, &[]).with("user", json!(self.row.user))
    }

    fn about_session(&self, kind: Type) -> Event {
        self.about_user(kind).with("session", json!(self.row.session))
    }

    fn created(&self) -> Vec<Event> {
        let role = self.details.get("role").cloned();
        let mut events = vec![self.about_user(Type::UserCreated).with("role", json!(role))];
        if self.row.session.is_some() {
            events.push(self.about_session(Type::SessionCreated));
        }
        events
    }

    fn updated(&self, what: &str, details: &[&str]) -> Vec<Event> {
        let event = self.plain(Type::UserUpdated, details).with("user", json!(self.row.user));
        vec![event.with("changed", json!([what]))]
    }

    /// Who changes an address goes on in the session; who takes the change back ends all of them, and the password with it.
    fn updated_email(&self) -> Vec<Event> {
        let is_undone = self.details.get("by").is_some_and(|by| by == "undo");
        let (changed, ended) =
            if is_undone { (json!(["email", "password"]), "all") } else { (json!(["email"]), "others") };
        let event = self.about_user(Type::UserUpdated).with("changed", changed);
        std::iter::once(event).chain(self.all_ended(ended)).collect()
    }

    /// A first proof by way of a mail removes what was set up before it.
    fn verified(&self) -> Vec<Event> {
        let is_removed = self.details.contains_key("password");
        let event = self.about_user(Type::UserVerified);
        let removed = is_removed.then(|| self.updated("password", &[])).into_iter().flatten();
        std::iter::once(event).chain(removed).chain(self.all_ended("all")).collect()
    }

    fn updated_password(&self, ended: &str) -> Vec<Event> {
        self.updated("password", &[]).into_iter().chain(self.all_ended(ended)).collect()
    }

    fn ended(&self) -> Event {
        self.about_session(Type::SessionRevoked).with("scope", json!("one")).with("reason", json!(self.row.event))
    }

    fn ended_many(&self, scope: &str) -> Event {
        self.about_user(Type::SessionRevoked).with("scope", json!(scope)).with("reason", json!(self.row.event))
    }

    /// Sessions that ended with something else, if any did.
    fn all_ended(&self, scope: &str) -> Option<Event> {
        let ended = self.details.get("sessions").is_some_and(|count| count != "0");
        ended.then(|| self.ended_many(scope))
    }
}

impl Event {
    fn with(mut self, name: &str, value: Value) -> Self {
        self.data.insert(name.to_owned(), value);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SessionId, Timestamp, UserId};

    fn row(event: &str, detail: &Value) -> AuditRecord {
        AuditRecord {
            seq: 1,
            at: Timestamp::EPOCH,
            event: event.to_owned(),
            actor: "anonymous".to_owned(),
            user: Some(UserId::from_bytes([1; 16])),
            session: Some(SessionId::from_bytes([2; 16])),
            ip: Some("192.0.2.1".to_owned()),
            user_agent: Some("curl".to_owned()),
            request_id: None,
            detail: detail.to_string(),
        }
    }

    #[test]
    fn no_event_carries_an_address_whatever_the_log_says() {
        let detail =
            json!({"email": "ada@example.com", "from": "ada@example.com", "to": "eve@example.com", "name": "x"});
        for event in Audit::ALL.iter().filter(|event| **event != Audit::RoleChanged) {
            for told in Event::of(&row(event.as_str(), &detail)) {
                let text = Value::Object(told.data).to_string();
                assert!(
                    !text.contains('@') && !text.contains("192.0.2.1") && !text.contains("curl"),
                    "{event}: {text}"
                );
            }
        }
    }

    #[test]
    fn the_types_of_one_row_differ() {
        for event in Audit::ALL {
            let mut kinds: Vec<Type> =
                Event::of(&row(event.as_str(), &json!({"sessions": "2"}))).iter().map(|told| told.kind).collect();
            let told = kinds.len();
            kinds.dedup();
            assert_eq!(kinds.len(), told, "{event}");
        }
    }

    #[test]
    fn every_type_is_told_of() {
        let told: Vec<Type> = Audit::ALL
            .iter()
            .flat_map(|event| Event::of(&row(event.as_str(), &json!({"sessions": "2"}))))
            .map(|event| event.kind)
            .collect();
        for kind in Type::ALL {
            assert!(told.contains(kind), "{kind}");
        }
    }

    #[test]
    fn sessions_that_ended_with_a_suspension_are_told_of_once() {
        let kinds = |sessions: &str| -> Vec<Type> {
            Event::of(&row("user.suspended", &json!({"sessions": sessions}))).iter().map(|event| event.kind).collect()
        };
        assert_eq!(kinds("3"), [Type::UserSuspended, Type::SessionRevoked]);
        assert_eq!(kinds("0"), [Type::UserSuspended]);
    }
}
