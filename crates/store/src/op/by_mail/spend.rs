//! A value is spent for what no row of the store says.

use hallpass_model::UserId;
use hallpass_model::audit::AuditContext;
use hallpass_model::one_time::Purpose;

use super::take;
use crate::Result;
use crate::conn::Conn;
use crate::op::one_time::Presented;
use crate::op::{Mode, Operation};

/// Spends a value of a user.
#[derive(Debug)]
pub struct SpendOneTime {
    pub act: AuditContext,
    pub purposes: &'static [Purpose],
    pub presented: Presented,
    pub user: UserId,
}

impl Operation for SpendOneTime {
    /// Whether it fitted, and nobody else has spent it.
    type Output = bool;
    const NAME: &'static str = "spend_one_time";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<bool> {
        Ok(take(conn, self.purposes, &self.presented, (&self.act, self.user)).await?.is_some())
    }
}
