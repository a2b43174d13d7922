//! Messages that wait to be sent: written in the transaction of their cause, claimed by one process at a time, wiped once
//! they are settled.

use std::fmt;
use std::time::Duration;

use hallpass_model::outbox::{Allowance, Message, State};
use hallpass_model::page::{Page, PageRequest};
use hallpass_model::{MessageId, Timestamp, UserId};

use super::one_time::{self, NewOneTime};
use super::{Mode, Operation};
use crate::conn::{Columns, Conn, FromRow, Row, Value};
use crate::{Error, Result};

const PUT: &str = "INSERT INTO outbox (id, template, user_id, recipient_key, sealed, state, attempts, not_before, \
    claimed_until, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, 0, $7, 0, $7, $8)";
const SENT_LATELY: &str =
    "SELECT COUNT(*) FROM outbox WHERE recipient_key = $1 AND created_at > $2 AND state <> 'void'";
/// The conditions stand outside as well: of two processes that chose the same rows the second finds them claimed.
const CLAIM: &str = "UPDATE outbox SET claimed_until = $2, attempts = attempts + 1 WHERE id IN \
    (SELECT id FROM outbox WHERE state = 'waiting' AND not_before <= $1 AND claimed_until <= $1 \
    ORDER BY not_before LIMIT $3) AND state = 'waiting' AND claimed_until <= $1 \
    RETURNING id, template, user_id, sealed, attempts, expires_at";
const SETTLE: &str = "UPDATE outbox SET state = $3, settled_at = $4, last_error = $5, sealed = NULL, claimed_until = 0 \
    WHERE id = $1 AND claimed_until = $2 AND state = 'waiting'";
const PUT_OFF: &str = "UPDATE outbox SET not_before = $3, last_error = $4, claimed_until = 0, attempts = attempts - $5 \
    WHERE id = $1 AND claimed_until = $2 AND state = 'waiting'";
const RETRY: &str = "UPDATE outbox SET not_before = $2 WHERE id = $1 AND state = 'waiting'";
const LIST: &str = select!(message, "FROM outbox WHERE id < $1 ORDER BY id DESC LIMIT $2");
const LIST_STATE: &str = select!(message, "FROM outbox WHERE state = $3 AND id < $1 ORDER BY id DESC LIMIT $2");
const BY_ID: &str = select!(message, "FROM outbox WHERE id = $1");
const WAITING: &str = "SELECT COUNT(*), MIN(created_at) FROM outbox WHERE state = 'waiting'";

/// The end of a lease is its name: no two claims of a message end at the same instant, for the second begins after the end
/// of the first.
pub type Lease = Timestamp;

/// A message that is about to be written.
#[derive(Clone)]
pub struct NewMessage {
    pub id: MessageId,
    pub template: &'static str,
    pub user: Option<UserId>,
    /// The keyed hash of the recipient: limits are counted by it, and a stolen copy does not name who was never a user.
    pub recipient_key: [u8; 32],
    /// Recipient and values, sealed; none when there is nobody to send it to.
    pub sealed: Option<Vec<u8>>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

impl fmt::Debug for NewMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewMessage({}, {})", self.id, self.template)
    }
}

/// Writes a message, and keeps the value that it carries.
#[derive(Debug)]
pub struct QueueMessage {
    pub message: NewMessage,
    /// What is in it, if that is good once. It takes the place of an earlier one only if the message will be sent.
    pub carries: Option<NewOneTime>,
    pub allowance: Allowance,
}

impl Operation for QueueMessage {
    /// What became of it: waiting or void.
    type Output = State;
    const NAME: &'static str = "queue_message";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<State> {
        queue(conn, self).await
    }
}

/// The same, inside another operation.
pub(super) async fn queue<C: Conn>(conn: &mut C, queued: &QueueMessage) -> Result<State> {
    let QueueMessage { message, carries, allowance } = queued;
    let has_had_enough = has_had_enough(conn, message, *allowance).await?;
    let sealed = message.sealed.as_deref().filter(|_| !has_had_enough);
    let state = if sealed.is_some() { State::Waiting } else { State::Void };
    if let Some(new) = carries.as_ref().filter(|_| state == State::Waiting) {
        one_time::put(conn, new).await?;
    }
    let (id, user) = (message.id.as_bytes().into(), message.user.as_ref().map(UserId::as_bytes).into());
    let (created, expires) = (message.created_at.into(), message.expires_at.into());
    let recipient = (&message.recipient_key).into();
    let sealed = sealed.map_or(Value::Null, Value::Blob);
    conn.execute(PUT, &[id, message.template.into(), user, recipient, sealed, state.as_str().into(), created, expires])
        .await?;
    Ok(state)
}

async fn has_had_enough<C: Conn>(conn: &mut C, message: &NewMessage, allowance: Allowance) -> Result<bool> {
    const QUARTER: Duration = Duration::from_secs(15 * 60);
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    for (span, most) in [(QUARTER, allowance.in_quarter_hour), (DAY, allowance.in_a_day)] {
        let since = message.created_at - span;
        let sent: i64 =
            conn.row(SENT_LATELY, &[(&message.recipient_key).into(), since.into()]).await?.unwrap_or_default();
        if sent >= i64::from(most) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A message that this process may send, until its lease ends.
#[derive(Clone)]
pub struct Claimed {
    pub id: MessageId,
    pub template: String,
    pub user: Option<UserId>,
    pub sealed: Vec<u8>,
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
            sealed: columns.blob()?,
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
}

impl Operation for ClaimMessages {
    type Output = Vec<Claimed>;
    const NAME: &'static str = "claim_messages";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Vec<Claimed>> {
        conn.rows(CLAIM, &[self.now.into(), self.lease.into(), self.limit.into()]).await
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
}

impl Operation for SettleMessage {
    /// Whether the lease still stood.
    type Output = bool;
    const NAME: &'static str = "settle_message";
    const MODE: Mode = Mode::Write;
    const FIRST_MAY_BE_ALL: bool = true;

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
        Ok(done == 1)
    }
}

/// Lets a message that waits be tried at once; whether it waits.
#[derive(Debug)]
pub struct RetryMessage {
    pub id: MessageId,
    pub now: Timestamp,
}

impl Operation for RetryMessage {
    type Output = bool;
    const NAME: &'static str = "retry_message";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<bool> {
        Ok(conn.execute(RETRY, &[self.id.as_bytes().into(), self.now.into()]).await? == 1)
    }
}

impl FromRow for Message {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        Ok(Self {
            id: MessageId::from_bytes(columns.array()?),
            template: columns.text()?,
            user: columns.opt_array()?.map(UserId::from_bytes),
            state: columns.text()?.parse().map_err(|_| Error::Corrupt("state of a message"))?,
            attempts: columns.count()?,
            not_before: columns.time()?,
            created_at: columns.time()?,
            expires_at: columns.time()?,
            settled_at: columns.opt_time()?,
            last_error: columns.opt_text()?,
        })
    }
}

/// Messages, the newest first.
#[derive(Debug)]
pub struct ListMessages {
    pub state: Option<State>,
    pub page: PageRequest<MessageId>,
}

impl Operation for ListMessages {
    type Output = Page<Message, MessageId>;
    const NAME: &'static str = "list_messages";
    const MODE: Mode = Mode::List;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Self::Output> {
        let before = self.page.after.unwrap_or(MessageId::from_bytes([0xff; 16]));
        let limit = (self.page.limit.saturating_add(1)).into();
        let items = match self.state {
            None => conn.rows(LIST, &[before.as_bytes().into(), limit]).await?,
            Some(state) => conn.rows(LIST_STATE, &[before.as_bytes().into(), limit, state.as_str().into()]).await?,
        };
        Ok(Page::cut(items, self.page.limit, |message: &Message| message.id))
    }
}

/// One message.
#[derive(Debug)]
pub struct FindMessage {
    pub id: MessageId,
}

impl Operation for FindMessage {
    type Output = Option<Message>;
    const NAME: &'static str = "find_message";
    const MODE: Mode = Mode::PointRead;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Option<Message>> {
        conn.row(BY_ID, &[self.id.as_bytes().into()]).await
    }
}

/// How many messages wait, and since when the oldest does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Waiting {
    pub count: u64,
    pub oldest: Option<Timestamp>,
}

impl FromRow for Waiting {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        Ok(Self { count: columns.count()?.into(), oldest: columns.opt_time()? })
    }
}

/// Counts what waits.
#[derive(Debug)]
pub struct CountWaiting;

impl Operation for CountWaiting {
    type Output = Waiting;
    const NAME: &'static str = "count_waiting";
    const MODE: Mode = Mode::List;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Waiting> {
        Ok(conn.row(WAITING, &[]).await?.unwrap_or_default())
    }
}
