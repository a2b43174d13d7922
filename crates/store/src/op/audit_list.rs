//! The audit log, read: by user and address, by event, by where from and when.

use hallpass_model::audit::{AuditRecord, Event};
use hallpass_model::page::Page;
use hallpass_model::{SessionId, Timestamp, UserId};

use super::user::{self, UserKey};
use super::{Mode, Operation};
use crate::conn::{Columns, Conn, FromRow, Row, Value};
use crate::{Error, Result};

// A plus before a column keeps an engine from walking that column's index where another one is the shorter way.
const OF_ALL: &str =
    select!(audit, "FROM audit_log WHERE seq < $1 AND +at >= $3 AND +at < $4 ORDER BY seq DESC LIMIT $2");
const BY_TIME: &str =
    select!(audit, "FROM audit_log WHERE +seq < $1 AND at >= $3 AND at < $4 ORDER BY seq DESC LIMIT $2");
const BY_EVENT: &str = select!(
    audit,
    "FROM audit_log WHERE event = $5 AND seq < $1 AND +at >= $3 AND +at < $4 ORDER BY seq \
    DESC LIMIT $2"
);
const BY_IP: &str = select!(
    audit,
    "FROM audit_log WHERE ip = $6 AND seq < $1 AND +at >= $3 AND +at < $4 AND (event = $5 OR \
    $5 IS NULL) ORDER BY seq DESC LIMIT $2"
);
/// Two lists, each by its own index: what names the user, and what names the address but not this user.
const BY_SUBJECT: &str = select!(
    audit,
    "FROM ( SELECT * FROM (SELECT seq, at, event, actor, user_id, session_id, ip, user_agent, \
    request_id, detail FROM audit_log WHERE user_id = $7 AND seq < $1 AND +at >= $3 AND +at \
    < $4 AND (event = $5 OR $5 IS NULL) AND (ip = $6 OR $6 IS NULL) ORDER BY seq DESC LIMIT \
    $2) AS of_the_user UNION ALL SELECT * FROM (SELECT seq, at, event, actor, user_id, \
    session_id, ip, user_agent, request_id, detail FROM audit_log WHERE email = $8 AND \
    (user_id IS NULL OR (user_id <> $7 AND CAST($9 AS BIGINT) = 1)) AND seq < $1 AND +at >= \
    $3 AND +at < $4 AND (event = $5 OR $5 IS NULL) AND (ip = $6 OR $6 IS NULL) ORDER BY seq \
    DESC LIMIT $2) AS of_the_address ) AS of_both ORDER BY seq DESC LIMIT $2"
);

/// Whose history is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditSubject {
    /// What happened to this user: rows that name the user, and rows that name no user but the user's address.
    User(UserId),
    /// What happened to this canonical address: all that names it, and all that happened to the user who has it.
    Email(String),
}

/// Which rows are read; what is `None` or left at its default excludes nothing.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Whose history.
    pub subject: Option<AuditSubject>,
    /// Only events of this name.
    pub event: Option<Event>,
    /// Only what came from this client address.
    pub ip: Option<String>,
    /// Only from this instant on.
    pub since: Option<Timestamp>,
    /// Only before this instant.
    pub until: Option<Timestamp>,
}

/// Reads the log, newest first.
#[derive(Debug)]
pub struct ListAudit {
    /// Which rows.
    pub filter: AuditFilter,
    /// Only what stands before this place.
    pub before: Option<i64>,
    /// How many at most.
    pub limit: u32,
}

impl Operation for ListAudit {
    type Output = Page<AuditRecord, i64>;
    const NAME: &'static str = "list_audit";
    const MODE: Mode = Mode::List;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Self::Output> {
        let filter = &self.filter;
        let (user, email, all) = match &filter.subject {
            None => return self.read(conn, self.statement(), &[]).await,
            Some(AuditSubject::User(id)) => {
                let holder = user::credential(conn, &UserKey::Id(*id)).await?;
                (Some(*id), holder.map(|holder| holder.user.email.canonical().to_owned()), 0_i64)
            }
            Some(AuditSubject::Email(email)) => {
                let holder = user::credential(conn, &UserKey::Email(email.clone())).await?;
                (holder.map(|holder| holder.user.id), Some(email.clone()), 1_i64)
            }
        };
        // No row has an empty id or an empty address.
        let user = user.as_ref().map_or(&[][..], |id| id.as_bytes().as_slice());
        let subject = [Value::Blob(user), email.as_deref().unwrap_or_default().into(), all.into()];
        self.read(conn, (BY_SUBJECT, 2), &subject).await
    }
}

impl ListAudit {
    /// The statement whose index leaves the fewest rows to look at, and how many of event and address it names.
    const fn statement(&self) -> (&'static str, usize) {
        match (&self.filter.ip, &self.filter.event, &self.filter.since) {
            (Some(_), _, _) => (BY_IP, 2),
            (None, Some(_), _) => (BY_EVENT, 1),
            (None, None, Some(_)) => (BY_TIME, 0),
            (None, None, None) => (OF_ALL, 0),
        }
    }

    async fn read<C: Conn>(
        &self,
        conn: &mut C,
        (sql, named): (&'static str, usize),
        subject: &[Value<'_>],
    ) -> Result<Page<AuditRecord, i64>> {
        let AuditFilter { event, ip, since, until, .. } = &self.filter;
        let mut params = vec![
            self.before.unwrap_or(i64::MAX).into(),
            self.limit.saturating_add(1).into(),
            Value::Int(since.map_or(i64::MIN, Timestamp::millis)),
            Value::Int(until.map_or(i64::MAX, Timestamp::millis)),
        ];
        let optional: [Value<'_>; 2] = [event.map(Event::as_str).into(), ip.as_deref().into()];
        params.extend(&optional[..named]);
        params.extend(subject);
        let items = conn.rows::<AuditRecord>(sql, &params).await?;
        Ok(Page::cut(items, self.limit, |row| row.seq))
    }
}

impl FromRow for AuditRecord {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        Ok(Self {
            seq: columns.int()?,
            at: columns.time()?,
            event: columns.text()?,
            actor: columns.text()?,
            user: columns.opt_array()?.map(UserId::from_bytes),
            session: columns.opt_array()?.map(SessionId::from_bytes),
            ip: columns.opt_text()?,
            user_agent: columns.opt_text()?,
            request_id: columns.opt_text()?,
            detail: columns.opt_text()?.ok_or(Error::Corrupt("audit detail"))?,
        })
    }
}
