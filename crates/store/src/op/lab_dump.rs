//! What a small store holds, for the lab. Its visitors may see what an installation never shows.

use hallpass_model::Timestamp;
use hallpass_model::rate_limit::{AccountGuard, BucketKey, Rule, Terms};
use hallpass_model::session::Session;

use super::{Mode, Operation, rate_limit};
use crate::Result;
use crate::conn::Conn;

const NEWEST: &str = select!(session, "FROM sessions ORDER BY id DESC LIMIT 50");

/// Reads the newest sessions, ended ones too, and the guards of some accounts.
#[derive(Debug)]
pub struct LabDump {
    pub now: Timestamp,
    /// The buckets of the accounts.
    pub accounts: Vec<BucketKey>,
    /// The rule that guards them.
    pub rule: Rule,
}

/// What a [`LabDump`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dumped {
    /// Sessions, the newest first.
    pub sessions: Vec<Session>,
    /// The guard of each account, in the order they were asked for.
    pub guards: Vec<AccountGuard>,
}

impl Operation for LabDump {
    type Output = Dumped;
    const NAME: &'static str = "lab_dump";
    const MODE: Mode = Mode::List;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Dumped> {
        let sessions = conn.rows(NEWEST, &[]).await?;
        let mut guards = Vec::with_capacity(self.accounts.len());
        for key in &self.accounts {
            guards.push(rate_limit::read_account(conn, key, Terms { now: self.now, rule: &self.rule }).await?.0);
        }
        Ok(Dumped { sessions, guards })
    }
}
