//! Reading the audit log.

use std::collections::{BTreeMap, BTreeSet};
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

    /// The row of this place in the audit log.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Unavailable`].
    pub async fn audit_row(&self, seq: i64) -> Result<AuditRecord> {
        let behind = op::ListAudit { filter: AuditFilter::default(), before: Some(seq.saturating_add(1)), limit: 1 };
        let found = self.read(behind).await?.items.pop();
        found.filter(|row| row.seq == seq).ok_or(Error::NotFound)
    }

    /// The present addresses of the users that rows name, as whom it happened to and as who did it.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn people_of(&self, rows: &[AuditRecord]) -> Result<BTreeMap<UserId, String>> {
        self.addresses_of(rows.iter().flat_map(|row| [row.user, acting_user(row)]).flatten().collect()).await
    }

    /// The present addresses of users; who is gone is left out.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn addresses_of(&self, users: BTreeSet<UserId>) -> Result<BTreeMap<UserId, String>> {
        if users.is_empty() { Ok(BTreeMap::new()) } else { self.read(op::FindAddresses { users }).await }
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

/// The user who did it, if it was a user.
pub fn acting_user(row: &AuditRecord) -> Option<UserId> {
    row.actor.strip_prefix("user:")?.parse().ok()
}
