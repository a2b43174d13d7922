//! What a use case knows of the outside world, read once per request.

use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use hallpass_model::audit::{Actor, AuditContext};
use hallpass_model::secret::{Secret, SecretText};
use hallpass_model::{SessionId, Timestamp, UserId};

/// The source of randomness failed. Nothing is made without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the source of randomness failed")]
pub struct RandomError;

/// Where randomness comes from: the operating system in `main`, a seed in tests.
pub trait Random: Send + Sync {
    /// Fills the buffer.
    ///
    /// # Errors
    /// [`RandomError`]; the buffer must then not be used.
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomError>;
}

/// Where time comes from: the wall clock in `main`, a dial in tests.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;
}

/// One request's view of the world.
#[derive(Clone)]
pub struct Ctx {
    /// The instant of the request.
    pub now: Timestamp,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// The client address, after the trusted proxies were walked.
    pub ip: Option<IpAddr>,
    /// The `User-Agent`; cut to 256 bytes when it is stored.
    pub user_agent: Option<String>,
    /// The `Accept-Language`: what is written to the user is written in it.
    pub languages: Option<String>,
    /// The value of the device cookie; none on routes that do not use it.
    pub device: Option<SecretText>,
    /// The `X-Request-Id`.
    pub request_id: Option<Arc<str>>,
    /// Who the request turns out to come from.
    pub caller: Arc<Caller>,
}

/// Who a request comes from, once a token or a password has proved it: for its log lines.
#[derive(Debug, Default)]
pub struct Caller {
    user: OnceLock<UserId>,
    session: OnceLock<SessionId>,
}

impl Caller {
    /// The user, if one is known.
    pub fn user(&self) -> Option<UserId> {
        self.user.get().copied()
    }

    /// The session, if one is known.
    pub fn session(&self) -> Option<SessionId> {
        self.session.get().copied()
    }

    /// Takes down who it is. The first word stands.
    pub(crate) fn note(&self, user: UserId, session: SessionId) {
        if self.user.set(user).is_ok() {
            // The same caller: it was set with the user.
            let _ = self.session.set(session);
        }
    }
}

impl fmt::Debug for Ctx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ctx").field("now", &self.now).field("request_id", &self.request_id).finish_non_exhaustive()
    }
}

impl Ctx {
    /// A context for the command line and background jobs: no client.
    pub fn local(now: Timestamp, random: Arc<dyn Random>) -> Self {
        Self {
            now,
            random,
            ip: None,
            user_agent: None,
            languages: None,
            device: None,
            request_id: None,
            caller: Arc::default(),
        }
    }

    /// Who acts in this request and when, for the audit log.
    pub fn act(&self, actor: Actor) -> AuditContext {
        AuditContext {
            at: self.now,
            actor,
            ip: self.ip,
            user_agent: self.user_agent.as_deref().map(|agent| cut(agent, 256).to_owned()),
            request_id: self.request_id.as_deref().map(str::to_owned),
        }
    }

    pub(crate) fn bytes<const N: usize>(&self) -> Result<[u8; N], RandomError> {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes)?;
        Ok(bytes)
    }

    pub(crate) fn secret<const N: usize>(&self) -> Result<Secret<N>, RandomError> {
        self.bytes().map(Secret::new)
    }

    pub(crate) fn user_id(&self) -> Result<UserId, RandomError> {
        Ok(UserId::new(self.now, self.bytes()?))
    }

    pub(crate) fn session_id(&self) -> Result<SessionId, RandomError> {
        Ok(SessionId::new(self.now, self.bytes()?))
    }
}

/// At most `limit` bytes of `text`, cut between characters.
fn cut(text: &str, limit: usize) -> &str {
    let end = (0..=limit.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_between_characters() {
        assert_eq!(cut("aéé", 2), "a");
        assert_eq!(cut("aéé", 3), "aé");
        assert_eq!(cut("aéé", 30), "aéé");
    }
}
