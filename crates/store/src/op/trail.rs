//! The life of a session: where it has been, and what the audit log tells of it.

use hallpass_model::audit::AuditRecord;
use hallpass_model::trail::{self, Run};
use hallpass_model::{SessionId, Timestamp, UserId};

use super::{Mode, Operation};
use crate::Result;
use crate::conn::{Columns, Conn, FromRow, Row};

const LIFE: &str = "SELECT s.id, s.user_id, u.email, s.generation, s.created_at, s.last_used_at, s.expires_at, \
    s.revoked_at, s.revoked_by, s.ip, COALESCE(s.agent, s.user_agent), s.run_from, COALESCE(s.run_at, s.created_at), \
    s.trail FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $1";
/// By way of the user, whom an index knows.
const EVENTS: &str = select!(audit, "FROM audit_log WHERE user_id = $1 AND session_id = $2 ORDER BY seq LIMIT 200");

/// Where a session has been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    pub id: SessionId,
    pub user: UserId,
    pub email: String,
    /// The generation of its current token.
    pub generation: u32,
    pub created_at: Timestamp,
    /// The last login or rotation.
    pub last_used_at: Timestamp,
    /// When it ends if it is not used.
    pub expires_at: Timestamp,
    /// When it was ended.
    pub revoked_at: Option<Timestamp>,
    /// The event that ended it.
    pub revoked_by: Option<String>,
    /// Its runs, the oldest first.
    pub runs: Vec<Run>,
}

/// Reads the life of a session.
#[derive(Debug)]
pub struct FindLife {
    pub session: SessionId,
}

impl Operation for FindLife {
    type Output = Option<(Life, Vec<AuditRecord>)>;
    const NAME: &'static str = "find_life";
    const MODE: Mode = Mode::List;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Self::Output> {
        let Some(life) = conn.row::<Life>(LIFE, &[self.session.as_bytes().into()]).await? else { return Ok(None) };
        let events = conn.rows(EVENTS, &[life.user.as_bytes().into(), self.session.as_bytes().into()]).await?;
        Ok(Some((life, events)))
    }
}

impl FromRow for Life {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        let mut life = Self {
            id: columns.session_id()?,
            user: columns.user_id()?,
            email: columns.text()?,
            generation: columns.count()?,
            created_at: columns.time()?,
            last_used_at: columns.time()?,
            expires_at: columns.time()?,
            revoked_at: columns.opt_time()?,
            revoked_by: columns.opt_text()?,
            runs: Vec::new(),
        };
        let (ip, user_agent) = (columns.opt_text()?, columns.opt_text()?.filter(|agent| !agent.is_empty()));
        let (from, first_at) = (columns.count()?, columns.time()?);
        life.runs = trail::parse(&columns.text()?);
        life.runs.push(Run { from, to: life.generation, first_at, last_at: life.last_used_at, ip, user_agent });
        Ok(life)
    }
}
