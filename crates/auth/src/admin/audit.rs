//! Reading the audit log.

use hallpass_model::UserId;
use hallpass_model::audit::{Event, Recorded};
use hallpass_model::page::Page;
use hallpass_store::op;

use super::Admin;
use crate::Result;

/// Which events to read.
#[derive(Debug, Clone, Default)]
pub struct AuditQuery {
    /// Only those that happened to this user.
    pub user: Option<UserId>,
    /// Only those of this name.
    pub event: Option<Event>,
    /// Only those before this place in the log.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: u32,
}

impl Admin {
    /// The audit log, newest first.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::Error::Unavailable).
    pub async fn audit(&self, query: AuditQuery) -> Result<Page<Recorded, i64>> {
        let AuditQuery { user, event, before, limit } = query;
        Ok(self.store().read(op::ListAudit { user, event, before, limit }).await?)
    }
}
