//! What is good once.

use hallpass_model::Timestamp;

use super::{Mode, Operation};
use crate::Result;
use crate::conn::Conn;

/// A value may be used again once it has expired: names of assertions are chosen by their clients.
const USE: &str = "INSERT INTO used_once (key, purpose, subject, expires_at) VALUES ($1, $2, $3, $4) \
    ON CONFLICT (key) DO UPDATE SET expires_at = excluded.expires_at WHERE used_once.expires_at <= $5";

/// Uses a value up, on every replica: one statement, which shares its commit with those of others.
#[derive(Debug)]
pub struct UseOnce {
    /// What it is good for.
    pub purpose: &'static str,
    pub subject: [u8; 16],
    /// A hash of purpose, subject and value.
    pub key: [u8; 32],
    /// Until when it could be presented.
    pub expires_at: Timestamp,
    pub now: Timestamp,
}

impl Operation for UseOnce {
    /// Whether this was the first time.
    type Output = bool;
    const NAME: &'static str = "use_once";
    const MODE: Mode = Mode::Write;
    const FIRST_MAY_BE_ALL: bool = true;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<bool> {
        let Self { purpose, subject, key, expires_at, now } = self;
        let params = [key.into(), (*purpose).into(), subject.into(), (*expires_at).into(), (*now).into()];
        Ok(conn.execute(USE, &params).await? == 1)
    }
}
