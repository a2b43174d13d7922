//! Reading the audit log.

use std::net::IpAddr;

use hallpass_model::audit::{AuditRecord, Event};
use hallpass_model::page::Page;
use hallpass_model::{Email, Timestamp, UserId};
use hallpass_store::op::{self, AuditFilter, AuditSubject};

pub use hallpass_store::op::{AuditFault, Head, Progress};

use super::Admin;
use crate::{Error, Result};

/// Rows of one read while the chain is verified.
const VERIFIED_AT_ONCE: u32 = 2000;

/// Which events to read; what is left at its default excludes nothing.
#[derive(Debug, Clone, Default)]
pub struct AuditQuery {
    /// Only what happened to this user, attempts at the user's present address among it.
    pub user: Option<UserId>,
    /// Only what names this address, or happened to the user who has it. Not together with `user`.
    pub email: Option<String>,
    /// Only those of this name.
    pub event: Option<Event>,
    /// Only those that came from this client address.
    pub ip: Option<IpAddr>,
    /// Only those from this instant on.
    pub since: Option<Timestamp>,
    /// Only those before this instant.
    pub until: Option<Timestamp>,
    /// Only those before this place in the log.
    pub before: Option<i64>,
    pub limit: u32,
}

impl Admin {
    /// Reads the whole audit log and verifies its chain; `head` is one that was noted elsewhere and must still be in it.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn verify_audit(&self, head: Option<Head>) -> Result<Progress> {
        let mut progress = Progress::holding(head.as_ref());
        loop {
            let (further, is_last) = self.read(op::VerifyAudit { progress, head, limit: VERIFIED_AT_ONCE }).await?;
            if is_last {
                return Ok(further);
            }
            progress = further;
        }
    }

    /// The audit log, newest first.
    ///
    /// # Errors
    /// [`Error::InvalidEmail`], [`Error::TwoSubjects`], [`Error::Unavailable`].
    pub async fn audit(&self, query: AuditQuery) -> Result<Page<AuditRecord, i64>> {
        let AuditQuery { user, email, event, ip, since, until, before, limit } = query;
        let subject = match (user, email) {
            (None, None) => None,
            (Some(user), None) => Some(AuditSubject::User(user)),
            (None, Some(email)) => Some(AuditSubject::Email(Email::parse(&email)?.canonical().to_owned())),
            (Some(_), Some(_)) => return Err(Error::TwoSubjects),
        };
        // The form in which it is written down.
        let ip = ip.map(|ip| ip.to_canonical().to_string());
        let filter = AuditFilter { subject, event, ip, since, until };
        self.read(op::ListAudit { filter, before, limit }).await
    }
}
