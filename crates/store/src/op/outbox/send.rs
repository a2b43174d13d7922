//! Claiming messages, and settling them.

use std::fmt;
use std::time::Duration;

use hallpass_model::audit::{AuditContext, AuditEntry};
use hallpass_model::outbox::State;
use hallpass_model::{MessageId, Timestamp, UserId};

use crate::Result;
use crate::conn::{Columns, Conn, FromRow, Row};
use crate::op::{Mode, Operation, audit};

/// The conditions stand outside as well: of two processes that chose the same rows the second finds them claimed.
const CLAIM: &str = "UPDATE outbox SET claimed_until = $2, attempts = attempts + 1 WHERE id IN \
    (SELECT id FROM outbox WHERE state = 'waiting' AND not_before <= $1 AND claimed_until <= $1 \
    ORDER BY not_before, id LIMIT $3) AND state = 'waiting' AND claimed_until <= $1 \
    RETURNING id, template, user_id, sealed, attempts, expires_at";
const LEFT_LATELY: &str = "SELECT COUNT(*) FROM outbox WHERE state = 'sent' AND settled_at > $1";
const SETTLE: &str = "UPDATE outbox SET state = $3, settled_at = $4, last_error = $5, sealed = NULL, claimed_until = 0 \
    WHERE id = $1 AND claimed_until = $2 AND state = 'waiting'";
const PUT_OFF: &str = "UPDATE outbox SET not_before = $3, last_error = $4, claimed_until = 0, attempts = attempts - $5 \
    WHERE id = $1 AND claimed_until = $2 AND state = 'waiting'";
const BURY: &str = "INSERT INTO dead_mailboxes (recipient_key, until) SELECT recipient_key, $2 FROM outbox WHERE id = $1 \
    ON CONFLICT (recipient_key) DO UPDATE SET until = excluded.until";

const HOUR: Duration = Duration::from_secs(60 * 60);

/// The end of a lease is its name: no two claims of a message end at the same instant, for the second begins after the end
/// of the first.
pub type Lease = Timestamp;

/// A message that this process may send, until its lease ends.
#[derive(Clone)]
pub struct Claimed {
    pub id: MessageId,
    pub template: String,
    pub user: Option<UserId>,
    /// What is sealed in it; none when it is its template alone, to the address of its user.
    pub sealed: Option<Vec<u8>>,
    /// With this try.
    pub attempts: u32,
    pub expires_at: Timestamp,
}

impl fmt::Debug for Claimed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Claimed({}, {}, attempt {})", self.id, self.template, self.attempts)
    }
}

impl FromRow for Claimed {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        Ok(Self {
            id: MessageId::from_bytes(columns.array()?),
            template: columns.text()?,
            user: columns.opt_array()?.map(UserId::from_bytes),
            sealed: columns.opt_blob()?,
            attempts: columns.count()?,
            expires_at: columns.time()?,
        })
    }
}

/// Claims messages whose turn has come. Another process takes them again when the lease has ended.
#[derive(Debug)]
pub struct ClaimMessages {
    pub now: Timestamp,
    pub lease: Lease,
    pub limit: u32,
    /// How many may leave in an hour, in all: the others wait.
    pub per_hour: u32,
}

impl Operation for ClaimMessages {
    type Output = Vec<Claimed>;
    const NAME: &'static str = "claim_messages";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Vec<Claimed>> {
        let left: i64 = conn.row(LEFT_LATELY, &[(self.now - HOUR).into()]).await?.unwrap_or_default();
        let may_leave = i64::from(self.per_hour).saturating_sub(left).clamp(0, i64::from(self.limit));
        if may_leave == 0 {
            return Ok(Vec::new());
        }
        let mut claimed: Vec<Claimed> =
            conn.rows(CLAIM, &[self.now.into(), self.lease.into(), may_leave.into()]).await?;
        claimed.sort_by_key(|message| message.id);
        Ok(claimed)
    }
}

/// What a try has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tried {
    /// It is settled, and its content is wiped.
    Settled(State),
    /// It is tried again at this instant.
    PutOff { until: Timestamp, counts: bool },
}

/// Writes down what a try has come to. Nothing happens when the lease was lost.
#[derive(Debug)]
pub struct SettleMessage {
    pub id: MessageId,
    pub lease: Lease,
    pub now: Timestamp,
    pub tried: Tried,
    /// What the other side said.
    pub error: Option<String>,
    /// Until when nothing is written for its mailbox, if that does not exist.
    pub dead_until: Option<Timestamp>,
    /// What the audit log gets if it will not leave.
    pub audit: Option<(AuditContext, AuditEntry)>,
}

impl Operation for SettleMessage {
    /// Whether the lease still stood.
    type Output = bool;
    const NAME: &'static str = "settle_message";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<bool> {
        let (id, lease, error) = (self.id.as_bytes().into(), self.lease.into(), self.error.as_deref().into());
        let done = match self.tried {
            Tried::Settled(state) => {
                conn.execute(SETTLE, &[id, lease, state.as_str().into(), self.now.into(), error]).await?
            }
            Tried::PutOff { until, counts } => {
                let uncounted = i64::from(!counts).into();
                conn.execute(PUT_OFF, &[id, lease, until.into(), error, uncounted]).await?
            }
        };
        if let Some(until) = self.dead_until.filter(|_| done == 1) {
            conn.execute(BURY, &[self.id.as_bytes().into(), until.into()]).await?;
        }
        if let Some((act, entry)) = self.audit.as_ref().filter(|_| done == 1) {
            audit::append(conn, act, entry).await?;
        }
        Ok(done == 1)
    }
}
