//! Locks of the login guard: looked at, and ended.

use hallpass_model::Timestamp;
use hallpass_model::audit::{AuditContext, Entry};
use hallpass_model::limit::LoginLimits;

use super::guard::{self, Key};
use super::{Mode, Operation, audit};
use crate::Result;
use crate::conn::Conn;

const DELETE: &str = "DELETE FROM account_attempts WHERE key = $1";

/// Until when an account is locked; none when it is not.
#[derive(Debug)]
pub struct FindLock {
    /// As of when.
    pub now: Timestamp,
    /// The account's bucket.
    pub account_key: Key,
    /// The limits.
    pub limits: LoginLimits,
}

impl Operation for FindLock {
    type Output = Option<Timestamp>;
    const NAME: &'static str = "find_lock";
    const MODE: Mode = Mode::PointRead;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Option<Timestamp>> {
        Ok(guard::read_account(conn, &self.account_key, self.now, &self.limits).await?.0.locked_until)
    }
}

/// Forgets an account's failures, and its lock with them.
#[derive(Debug)]
pub struct Unlock {
    /// Who, when, from where.
    pub act: AuditContext,
    /// The account's bucket.
    pub account_key: Key,
    /// What the audit log says when there was anything to forget.
    pub entry: Entry,
}

impl Operation for Unlock {
    /// Whether there was anything to forget.
    type Output = bool;
    const NAME: &'static str = "unlock";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<bool> {
        let removed = conn.execute(DELETE, &[(&self.account_key).into()]).await? > 0;
        if removed {
            audit::append(conn, &self.act, &self.entry).await?;
        }
        Ok(removed)
    }
}
