//! Rows by the thousand, for load tests: no route and no command leads here.

use std::fmt::Write;
use std::sync::LazyLock;

use hallpass_model::refresh_token::TokenHash;
use hallpass_model::{Email, SessionId, Timestamp, UserId};

use super::{Mode, Operation, Revoker, Revoking};
use crate::conn::{Conn, Value};
use crate::{Error, Result};

/// Rows of one statement. SQLite finds a parameter by its name among all of them, so more would not be faster.
const AT_ONCE: usize = 32;

/// Takes as many numbers of the feed as there are entries; answers the last.
const NUMBERS: &str = "UPDATE counters SET value = value + $1 WHERE name = 'revocations' RETURNING value";

static USERS: LazyLock<Statements> = LazyLock::new(|| {
    let columns = "id, email, email_key, role, status, password_hash, tokens_from, created_at, updated_at";
    Statements::new(&format!("users ({columns})"), "(#, #, #, 'user', 'active', '!', 0, $1, $1)", 1)
});
static SESSIONS: LazyLock<Statements> = LazyLock::new(|| {
    let columns = "id, user_id, generation, current_hash, created_at, last_used_at, expires_at, absolute_expires_at";
    Statements::new(&format!("sessions ({columns})"), "(#, #, 0, #, $1, $1, $2, $3)", 3)
});
static REVOCATIONS: LazyLock<Statements> = LazyLock::new(|| {
    let columns = "seq, kind, subject, issued_before, until";
    Statements::new(&format!("revocations ({columns})"), "(#, 'session', #, NULL, $1)", 1)
});

/// An insertion of many rows, and one for what is left over.
struct Statements {
    many: String,
    one: String,
}

impl Statements {
    /// `#` stands for a parameter of the row; the first `common` parameters are the same in each row.
    fn new(into: &str, row: &str, common: usize) -> Self {
        Self { many: insert(into, row, common, AT_ONCE), one: insert(into, row, common, 1) }
    }

    async fn fill<C: Conn, T: Cells>(&'static self, conn: &mut C, common: &[Value<'_>], rows: &[T]) -> Result<()> {
        let chunks = rows.chunks_exact(AT_ONCE);
        let rest = chunks.remainder().chunks(1);
        for chunk in chunks.chain(rest) {
            let params: Vec<Value<'_>> = common.iter().copied().chain(chunk.iter().flat_map(T::cells)).collect();
            let sql = if chunk.len() == AT_ONCE { &self.many } else { &self.one };
            conn.execute(sql, &params).await?;
        }
        Ok(())
    }
}

fn insert(into: &str, row: &str, common: usize, rows: usize) -> String {
    let (mut sql, mut place) = (format!("INSERT INTO {into} VALUES "), common);
    for n in 0..rows {
        sql.push_str(if n == 0 { "" } else { ", " });
        for c in row.chars() {
            if c == '#' {
                place += 1;
                // Writing to memory cannot fail.
                let _ = write!(sql, "${place}");
            } else {
                sql.push(c);
            }
        }
    }
    sql
}

/// What a row has of its own.
trait Cells: Sync {
    fn cells(&self) -> impl Iterator<Item = Value<'_>>;
}

/// A user without a password.
#[derive(Debug)]
pub struct BenchUser {
    pub id: UserId,
    pub email: Email,
}

impl Cells for BenchUser {
    fn cells(&self) -> impl Iterator<Item = Value<'_>> {
        [self.id.as_bytes().into(), self.email.as_given().into(), self.email.canonical().into()].into_iter()
    }
}

/// Writes users as if they had registered, without audit rows.
#[derive(Debug)]
pub struct BenchUsers {
    pub users: Vec<BenchUser>,
    /// The registration of all of them.
    pub at: Timestamp,
}

impl Operation for BenchUsers {
    type Output = ();
    const NAME: &'static str = "bench_users";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<()> {
        USERS.fill(conn, &[self.at.into()], &self.users).await
    }
}

/// A session without a login.
#[derive(Debug)]
pub struct BenchSession {
    pub id: SessionId,
    pub user: UserId,
    /// SHA-256 of its first refresh token.
    pub first_hash: TokenHash,
}

impl Cells for BenchSession {
    fn cells(&self) -> impl Iterator<Item = Value<'_>> {
        [self.id.as_bytes().into(), self.user.as_bytes().into(), (&self.first_hash).into()].into_iter()
    }
}

/// Writes sessions as if they had been opened, without audit rows.
#[derive(Debug)]
pub struct BenchSessions {
    pub sessions: Vec<BenchSession>,
    /// The login of all of them.
    pub opened_at: Timestamp,
    /// Their idle end.
    pub expires_at: Timestamp,
    /// Their absolute end.
    pub absolute_expires_at: Timestamp,
}

impl Operation for BenchSessions {
    type Output = ();
    const NAME: &'static str = "bench_sessions";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<()> {
        let common = [self.opened_at.into(), self.expires_at.into(), self.absolute_expires_at.into()];
        SESSIONS.fill(conn, &common, &self.sessions).await
    }
}

impl Cells for (i64, SessionId) {
    fn cells(&self) -> impl Iterator<Item = Value<'_>> {
        [self.0.into(), self.1.as_bytes().into()].into_iter()
    }
}

/// Writes entries of the denylist as if these sessions had been ended. No server may be running: it would not be notified.
#[derive(Debug)]
pub struct BenchRevocations {
    pub sessions: Vec<SessionId>,
    /// The end of all entries.
    pub until: Timestamp,
}

impl Revoking for BenchRevocations {
    type Output = ();
    const NAME: &'static str = "bench_revocations";

    async fn run<C: Conn>(&self, conn: &mut C, revoker: &Revoker) -> Result<()> {
        revoker.note();
        let count = i64::try_from(self.sessions.len()).map_err(|_| Error::Corrupt("more rows than numbers"))?;
        let last: i64 = conn.row(NUMBERS, &[count.into()]).await?.ok_or(Error::Corrupt("counters are missing"))?;
        let rows: Vec<(i64, SessionId)> = (last - count + 1..).zip(self.sessions.iter().copied()).collect();
        REVOCATIONS.fill(conn, &[self.until.into()], &rows).await
    }
}
