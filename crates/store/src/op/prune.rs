//! Forgetting what has ended.

use std::time::Duration;

use hallpass_model::Timestamp;
use hallpass_model::audit::{Act, Actor};

use super::{Mode, Operation, key};
use crate::Result;
use crate::conn::Conn;

/// A family is kept to its absolute end, revoked or not: until then a replay of its tokens is recognised as reuse.
const SESSIONS: &str = "DELETE FROM sessions WHERE id IN \
    (SELECT id FROM sessions WHERE absolute_expires_at <= $1 LIMIT $2)";
const REVOCATIONS: &str = "DELETE FROM revocations WHERE seq IN \
    (SELECT seq FROM revocations WHERE until <= $1 LIMIT $2)";
const ADDRESSES: &str = "DELETE FROM address_attempts WHERE key IN \
    (SELECT key FROM address_attempts WHERE ends_at <= $1 LIMIT $2)";
const ACCOUNTS: &str = "DELETE FROM account_attempts WHERE key IN \
    (SELECT key FROM account_attempts WHERE forget_at <= $1 LIMIT $2)";
const USED_ONCE: &str = "DELETE FROM used_once WHERE key IN \
    (SELECT key FROM used_once WHERE expires_at <= $1 LIMIT $2)";
/// The newest day stays, whatever the retention: the log's own trigger would refuse the rest along with it.
const AUDIT: &str = "DELETE FROM audit_log WHERE seq IN (SELECT seq FROM audit_log \
    WHERE at < $1 AND at <= (SELECT MAX(at) FROM audit_log) - 86400000 LIMIT $2)";

/// How long a key pair is kept after its last token has expired, for whoever looks into an incident.
const KEYS_KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Removes ended rows, at most `limit` of each kind.
#[derive(Debug)]
pub struct Prune {
    /// What has ended by now.
    pub now: Timestamp,
    /// Audit rows older than this.
    pub audit_before: Timestamp,
    /// Of each kind at most so many.
    pub limit: u32,
}

/// How many rows were removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pruned {
    /// Ended families.
    pub sessions: u64,
    /// Ended denylist entries.
    pub revocations: u64,
    /// Ended windows and forgotten failures.
    pub attempts: u64,
    /// Values that were good once and have expired.
    pub used_once: u64,
    /// Key pairs whose last token expired a month ago.
    pub keys: u64,
    /// Audit rows past their retention.
    pub audit: u64,
}

impl Pruned {
    /// The largest number of rows of one kind: at the limit there may be more of it.
    pub fn most(&self) -> u64 {
        let Self { sessions, revocations, attempts, used_once, keys, audit } = *self;
        [sessions, revocations, attempts, used_once, keys, audit].into_iter().max().unwrap_or_default()
    }
}

impl std::ops::AddAssign for Pruned {
    fn add_assign(&mut self, other: Self) {
        self.sessions += other.sessions;
        self.revocations += other.revocations;
        self.attempts += other.attempts;
        self.used_once += other.used_once;
        self.keys += other.keys;
        self.audit += other.audit;
    }
}

impl Operation for Prune {
    type Output = Pruned;
    const NAME: &'static str = "prune";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Pruned> {
        let ended = [(self.now - Self::KEPT).into(), self.limit.into()];
        Ok(Pruned {
            sessions: conn.execute(SESSIONS, &ended).await?,
            revocations: conn.execute(REVOCATIONS, &ended).await?,
            attempts: conn.execute(ADDRESSES, &ended).await? + conn.execute(ACCOUNTS, &ended).await?,
            used_once: conn.execute(USED_ONCE, &ended).await?,
            keys: key::remove_gone(conn, &self.act(), self.now - KEYS_KEPT).await?,
            audit: conn.execute(AUDIT, &[self.audit_before.into(), self.limit.into()]).await?,
        })
    }
}

impl Prune {
    /// How long a row is kept after its end: a process whose clock runs ahead by less forgets nothing that another one
    /// must still refuse.
    pub const KEPT: Duration = Duration::from_secs(2 * 60 * 60);

    const fn act(&self) -> Act {
        Act { at: self.now, actor: Actor::System, ip: None, user_agent: None, request_id: None }
    }
}
