//! Sessions by the thousand, for load tests: no route and no command leads here.

use std::sync::LazyLock;

use hallpass_model::refresh_token::TokenHash;
use hallpass_model::{SessionId, Timestamp, UserId};

use super::{Mode, Operation};
use crate::Result;
use crate::conn::{Conn, Value};

/// Rows of one statement, as many as its parameters allow; what is left over goes one by one.
const AT_ONCE: usize = 5;

static MANY: LazyLock<String> = LazyLock::new(|| insert(AT_ONCE));
static ONE: LazyLock<String> = LazyLock::new(|| insert(1));

fn insert(rows: usize) -> String {
    let row = |n: usize| format!("(${}, ${}, 0, ${}, $1, $1, $2, $3)", 3 * n + 4, 3 * n + 5, 3 * n + 6);
    let rows: Vec<String> = (0..rows).map(row).collect();
    let columns = "id, user_id, generation, current_hash, created_at, last_used_at, expires_at, absolute_expires_at";
    format!("INSERT INTO sessions ({columns}) VALUES {}", rows.join(", "))
}

/// A session without a login.
#[derive(Debug)]
pub struct LoadedSession {
    pub id: SessionId,
    pub user: UserId,
    /// SHA-256 of its first refresh token.
    pub first_hash: TokenHash,
}

/// Writes sessions as if they had been opened, without audit rows.
#[derive(Debug)]
pub struct BenchFill {
    /// The sessions.
    pub sessions: Vec<LoadedSession>,
    /// The login of all of them.
    pub opened_at: Timestamp,
    /// Their idle end.
    pub expires_at: Timestamp,
    /// Their absolute end.
    pub absolute_expires_at: Timestamp,
}

impl Operation for BenchFill {
    type Output = ();
    const NAME: &'static str = "load_sessions";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<()> {
        let chunks = self.sessions.chunks_exact(AT_ONCE);
        let rest = chunks.remainder();
        for chunk in chunks {
            conn.execute(&MANY, &self.params(chunk)).await?;
        }
        for session in rest {
            conn.execute(&ONE, &self.params(std::slice::from_ref(session))).await?;
        }
        Ok(())
    }
}

impl BenchFill {
    fn params<'a>(&self, sessions: &'a [LoadedSession]) -> Vec<Value<'a>> {
        let common = [self.opened_at.into(), self.expires_at.into(), self.absolute_expires_at.into()];
        let rows = sessions.iter().flat_map(|session| {
            [session.id.as_bytes().into(), session.user.as_bytes().into(), (&session.first_hash).into()]
        });
        common.into_iter().chain(rows).collect()
    }
}
