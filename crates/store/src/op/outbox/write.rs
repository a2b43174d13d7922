//! Writing messages.

use std::fmt;
use std::time::Duration;

use hallpass_model::audit::{AuditContext, AuditEntry};
use hallpass_model::outbox::{Allowance, NOTICE_LIVES, State};
use hallpass_model::{MessageId, SessionId, Timestamp, UserId};

use crate::Result;
use crate::conn::{Columns, Conn, FromRow, Row, Value};
use crate::op::one_time::{self, NewOneTime};
use crate::op::{Mode, Operation, audit};

const PUT: &str = "INSERT INTO outbox (id, template, user_id, recipient_key, sealed, state, attempts, not_before, \
    claimed_until, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, 0, $7, 0, $7, $8) ON CONFLICT DO NOTHING";
const SENT_LATELY: &str =
    "SELECT COUNT(*) FROM outbox WHERE recipient_key = $1 AND created_at > $2 AND state <> 'void'";
const SENT_LATELY_OF_TEMPLATE: &str = "SELECT COUNT(*) FROM outbox WHERE recipient_key = $1 AND created_at > $2 \
    AND state <> 'void' AND template = $3";
const ADMINS: &str = "SELECT id FROM users WHERE role = 'admin' AND status = 'active' ORDER BY id LIMIT $1";
const IS_DEAD: &str = "SELECT COUNT(*) FROM dead_mailboxes WHERE recipient_key = $1 AND until > $2";
const REVIVE: &str = "DELETE FROM dead_mailboxes WHERE recipient_key = $1";

/// A message that is about to be written.
#[derive(Clone)]
pub struct NewMessage {
    pub id: MessageId,
    pub template: &'static str,
    pub user: Option<UserId>,
    /// The keyed hash of the recipient: limits are counted by it, and a stolen copy does not name who was never a user.
    pub recipient_key: [u8; 32],
    pub content: Content,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// What a message says, and to whom.
#[derive(Clone)]
pub enum Content {
    /// Recipient and values, sealed.
    Sealed(Vec<u8>),
    /// Its template alone, to the address that its user has when it is sent.
    Plain,
    /// There is nobody to send it to.
    Nobody,
}

impl fmt::Debug for NewMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewMessage({}, {})", self.id, self.template)
    }
}

/// Writes a message, and keeps the value that it carries.
#[derive(Debug, Clone)]
pub struct QueueMessage {
    pub message: NewMessage,
    /// What is in it, if that is good once. It takes the place of an earlier one only if the message will be sent.
    pub carries: Option<NewOneTime>,
    pub allowance: Allowance,
    /// What the audit log says of it.
    pub entry: Option<(AuditContext, AuditEntry)>,
}

impl QueueMessage {
    /// The same for whoever has the address by now.
    pub(in crate::op) fn to_user(&self, user: Option<UserId>) -> Self {
        let content = if user.is_some() { Content::Plain } else { Content::Nobody };
        Self { message: NewMessage { user, content, ..self.message.clone() }, ..self.clone() }
    }
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
pub(in crate::op) async fn queue<C: Conn>(conn: &mut C, queued: &QueueMessage) -> Result<State> {
    let QueueMessage { message, carries, allowance, entry } = queued;
    let may_not = has_had_enough(conn, message, *allowance).await? || is_dead(conn, message).await?;
    let state = if may_not || matches!(message.content, Content::Nobody) { State::Void } else { State::Waiting };
    if let Some(new) = carries.as_ref().filter(|_| state == State::Waiting) {
        one_time::put(conn, new).await?;
    }
    put(conn, message, state).await?;
    if let Some((act, entry)) = entry {
        audit::append(conn, act, entry).await?;
    }
    Ok(state)
}

async fn put<C: Conn>(conn: &mut C, message: &NewMessage, state: State) -> Result<()> {
    let (id, user) = (message.id.as_bytes().into(), message.user.as_ref().map(UserId::as_bytes).into());
    let (created, expires) = (message.created_at.into(), message.expires_at.into());
    let sealed = match &message.content {
        Content::Sealed(sealed) if state == State::Waiting => Value::Blob(sealed),
        _ => Value::Null,
    };
    let (template, recipient) = (message.template.into(), (&message.recipient_key).into());
    let params = [id, template, user, recipient, sealed, state.as_str().into(), created, expires];
    conn.execute(PUT, &params).await.map(drop)
}

/// Tells a user what happened to a session; once a session.
pub(in crate::op) async fn notice<C: Conn>(
    conn: &mut C,
    template: &'static str,
    user: UserId,
    session: SessionId,
    at: Timestamp,
) -> Result<()> {
    tell(conn, template, (MessageId::from_bytes(*session.as_bytes()), user), at).await
}

/// Tells the admins who may enter, the oldest first, one for each name of a message.
pub(in crate::op) async fn tell_admins<C: Conn>(
    conn: &mut C,
    template: &'static str,
    ids: &[MessageId],
    at: Timestamp,
) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let count = u32::try_from(ids.len()).unwrap_or(u32::MAX);
    let admins: Vec<AdminId> = conn.rows(ADMINS, &[count.into()]).await?;
    for (id, admin) in ids.iter().zip(admins) {
        tell(conn, template, (*id, admin.0), at).await?;
    }
    Ok(())
}

struct AdminId(UserId);

impl FromRow for AdminId {
    fn from_row(row: &dyn Row) -> Result<Self> {
        Columns::of(row).array().map(|id| Self(UserId::from_bytes(id)))
    }
}

/// Writes a notice. No allowance holds it back: it is no answer to a request.
async fn tell<C: Conn>(
    conn: &mut C,
    template: &'static str,
    (id, user): (MessageId, UserId),
    at: Timestamp,
) -> Result<()> {
    let mut recipient_key = [0; 32];
    recipient_key[..16].copy_from_slice(user.as_bytes());
    let message = NewMessage {
        id,
        template,
        user: Some(user),
        recipient_key,
        content: Content::Plain,
        created_at: at,
        expires_at: at + NOTICE_LIVES,
    };
    put(conn, &message, State::Waiting).await
}

async fn is_dead<C: Conn>(conn: &mut C, message: &NewMessage) -> Result<bool> {
    let params = [(&message.recipient_key).into(), message.created_at.into()];
    Ok(conn.row::<i64>(IS_DEAD, &params).await?.unwrap_or_default() > 0)
}

/// Lets messages be written again for a mailbox that did not exist.
#[derive(Debug)]
pub struct ReviveMailbox {
    pub recipient_key: [u8; 32],
}

impl Operation for ReviveMailbox {
    /// Whether its server had said that it does not exist.
    type Output = bool;
    const NAME: &'static str = "revive_mailbox";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<bool> {
        Ok(conn.execute(REVIVE, &[(&self.recipient_key).into()]).await? == 1)
    }
}

async fn has_had_enough<C: Conn>(conn: &mut C, message: &NewMessage, allowance: Allowance) -> Result<bool> {
    const QUARTER: Duration = Duration::from_secs(15 * 60);
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    for (span, most) in [(QUARTER, allowance.in_quarter_hour), (DAY, allowance.in_a_day)] {
        let since = message.created_at - span;
        let (key, since, template) = ((&message.recipient_key).into(), since.into(), message.template.into());
        let sent: Option<i64> = if allowance.of_template {
            conn.row(SENT_LATELY_OF_TEMPLATE, &[key, since, template]).await?
        } else {
            conn.row(SENT_LATELY, &[key, since]).await?
        };
        let sent = sent.unwrap_or_default();
        if sent >= i64::from(most) {
            return Ok(true);
        }
    }
    Ok(false)
}
