//! Forgetting what has ended.

use std::time::Duration;

use hallpass_model::Timestamp;
use hallpass_model::audit::{Actor, AuditContext};

use super::{Mode, Operation, key};
use crate::Result;
use crate::audit_chain::Mac;
use crate::conn::{Columns, Conn, FromRow, Row, Value};

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
const ONE_TIME: &str = "DELETE FROM one_time_tokens WHERE id IN \
    (SELECT id FROM one_time_tokens WHERE expires_at <= $1 LIMIT $2)";
const DEAD: &str = "DELETE FROM dead_mailboxes WHERE recipient_key IN \
    (SELECT recipient_key FROM dead_mailboxes WHERE until <= $1 LIMIT $2)";
/// A message is kept for as long as its recipient's limits look back, whatever became of it. One that waits is settled
/// first.
const OUTBOX: &str = "DELETE FROM outbox WHERE id IN \
    (SELECT id FROM outbox WHERE created_at <= $1 AND state <> 'waiting' ORDER BY created_at LIMIT $2)";
/// A delivery that failed says nothing once the log has forgotten its event.
const STUCK: &str = "DELETE FROM webhook_stuck WHERE id IN (SELECT id FROM webhook_stuck WHERE seq < \
    (SELECT MIN(position) FROM audit_log WHERE position IS NOT NULL) ORDER BY seq LIMIT $1)";
/// The oldest rows. The newest day stays, whatever the retention: the log's own trigger would refuse the rest along with
/// it.
const OLDEST: &str = "SELECT seq, CAST(CASE WHEN at < $1 AND at <= (SELECT MAX(at) FROM audit_log) - 86400000 \
    THEN 1 ELSE 0 END AS BIGINT), position, mac FROM audit_log ORDER BY seq LIMIT $2";
const AUDIT: &str = "DELETE FROM audit_log WHERE seq <= $1";
const PRUNED: &str = "INSERT INTO audit_chain (name, position, seal) VALUES ('pruned', $1, $2) \
    ON CONFLICT (name) DO UPDATE SET position = excluded.position, seal = excluded.seal";

/// How long a key pair is kept after its last token has expired, for the investigation of an incident.
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
    /// Values that were sent and have expired.
    pub one_time: u64,
    /// Messages that are settled.
    pub messages: u64,
    /// Key pairs whose last token expired a month ago.
    pub keys: u64,
    /// Audit rows past their retention.
    pub audit: u64,
    /// Failed deliveries of events that the log has forgotten.
    pub deliveries: u64,
}

impl Pruned {
    /// The largest number of rows of one kind: at the limit there may be more of it.
    pub fn most(&self) -> u64 {
        let Self { sessions, revocations, attempts, used_once, one_time, messages, keys, audit, deliveries } = *self;
        [sessions, revocations, attempts, used_once, one_time, messages, keys, audit, deliveries]
            .into_iter()
            .max()
            .unwrap_or_default()
    }
}

impl std::ops::AddAssign for Pruned {
    fn add_assign(&mut self, other: Self) {
        self.sessions += other.sessions;
        self.revocations += other.revocations;
        self.attempts += other.attempts;
        self.used_once += other.used_once;
        self.one_time += other.one_time;
        self.messages += other.messages;
        self.keys += other.keys;
        self.audit += other.audit;
        self.deliveries += other.deliveries;
    }
}

impl Operation for Prune {
    type Output = Pruned;
    const NAME: &'static str = "prune";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Pruned> {
        let dead = [self.now.into(), self.limit.into()];
        let settled = [(self.now - Self::MESSAGES_KEPT).into(), self.limit.into()];
        let ended = [(self.now - Self::KEPT).into(), self.limit.into()];
        Ok(Pruned {
            sessions: conn.execute(SESSIONS, &ended).await?,
            revocations: conn.execute(REVOCATIONS, &ended).await?,
            attempts: conn.execute(ADDRESSES, &ended).await? + conn.execute(ACCOUNTS, &ended).await?,
            used_once: conn.execute(USED_ONCE, &ended).await?,
            one_time: conn.execute(ONE_TIME, &ended).await?,
            messages: conn.execute(OUTBOX, &settled).await? + conn.execute(DEAD, &dead).await?,
            keys: key::remove_gone(conn, &self.act(), self.now - KEYS_KEPT).await?,
            audit: self.audit(conn).await?,
            deliveries: conn.execute(STUCK, &[self.limit.into()]).await?,
        })
    }
}

impl Prune {
    /// How long a message that is settled can be looked up.
    pub const MESSAGES_KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);

    /// How long a row is kept after its end: a process whose clock runs ahead by less forgets nothing that another one
    /// must still refuse.
    pub const KEPT: Duration = Duration::from_secs(2 * 60 * 60);

    /// Removes the oldest rows of the audit log up to the first that must stay: a chain has no holes. The newest row that
    /// goes is noted, so that verifying can begin after it.
    async fn audit<C: Conn>(&self, conn: &mut C) -> Result<u64> {
        let oldest: Vec<Old> = conn.rows(OLDEST, &[self.audit_before.into(), self.limit.into()]).await?;
        let ended: Vec<Old> = oldest.into_iter().take_while(|row| row.may_go).collect();
        let Some(last) = ended.last() else { return Ok(0) };
        if let Some((position, mac)) = ended.iter().rev().find_map(|row| row.link) {
            let proof = conn.audit_key().pruned(position, &mac);
            let seal = [mac, proof].concat();
            conn.execute(PRUNED, &[position.into(), Value::Blob(&seal)]).await?;
        }
        conn.execute(AUDIT, &[last.seq.into()]).await
    }

    const fn act(&self) -> AuditContext {
        AuditContext { at: self.now, actor: Actor::System, ip: None, user_agent: None, request_id: None }
    }
}

/// A row of the audit log that is looked at for its age.
struct Old {
    seq: i64,
    may_go: bool,
    /// Its place in the chain and its mac.
    link: Option<(i64, Mac)>,
}

impl FromRow for Old {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        let (seq, may_go) = (columns.int()?, columns.int()? == 1);
        let (position, mac) = (columns.opt_int()?, columns.opt_array()?);
        Ok(Self { seq, may_go, link: position.zip(mac) })
    }
}
