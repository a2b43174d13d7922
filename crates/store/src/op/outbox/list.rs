//! Looking at messages.

use hallpass_model::outbox::{Message, State};
use hallpass_model::page::{Page, PageRequest};
use hallpass_model::{MessageId, Timestamp, UserId};

use crate::conn::{Columns, Conn, FromRow, Row};
use crate::op::{Mode, Operation};
use crate::{Error, Result};

const RETRY: &str = "UPDATE outbox SET not_before = $2 WHERE id = $1 AND state = 'waiting'";
const LIST: &str = select!(message, "FROM outbox WHERE id < $1 ORDER BY id DESC LIMIT $2");
const LIST_STATE: &str = select!(message, "FROM outbox WHERE state = $3 AND id < $1 ORDER BY id DESC LIMIT $2");
const BY_ID: &str = select!(message, "FROM outbox WHERE id = $1");
const WAITING: &str = "SELECT COUNT(*), MIN(created_at) FROM outbox WHERE state = 'waiting'";

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
