//! How much work the accounts' password hashes take, so that a refusal can take as much.

use hallpass_model::UserId;

use super::{Mode, Operation};
use crate::Result;
use crate::conn::{Columns, Conn, FromRow, Row};

const RAISE: &str = "INSERT INTO counters (name, value) VALUES ('hash_work', $1) ON CONFLICT (name) DO UPDATE \
    SET value = CASE WHEN counters.value < excluded.value THEN excluded.value ELSE counters.value END";
const PAGE: &str =
    "SELECT id, password_hash FROM users WHERE id > $1 AND password_hash IS NOT NULL ORDER BY id LIMIT $2";

/// Notes that some account has a hash that takes this much work. The number never falls.
#[derive(Debug)]
pub struct RaiseHashWork {
    /// In the caller's unit.
    pub work: u64,
}

impl Operation for RaiseHashWork {
    type Output = ();
    const NAME: &'static str = "raise_hash_work";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<()> {
        let work = i64::try_from(self.work).unwrap_or(i64::MAX);
        conn.execute(RAISE, &[work.into()]).await.map(|_| ())
    }
}

/// The stored hashes of accounts, by ascending id.
#[derive(Debug)]
pub struct PasswordHashes {
    /// The account after which the page begins.
    pub after: UserId,
    /// The most that are read.
    pub limit: u32,
}

/// An account and its stored hash. It has no `Debug`: a hash belongs in no log.
pub struct StoredHash {
    pub user: UserId,
    pub text: String,
}

impl Operation for PasswordHashes {
    type Output = Vec<StoredHash>;
    const NAME: &'static str = "password_hashes";
    const MODE: Mode = Mode::List;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Vec<StoredHash>> {
        conn.rows(PAGE, &[self.after.as_bytes().into(), self.limit.into()]).await
    }
}

impl FromRow for StoredHash {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        Ok(Self { user: columns.user_id()?, text: columns.text()? })
    }
}
