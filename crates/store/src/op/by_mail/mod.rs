//! What a value from a mail allows. It is spent in the same transaction, so that of two that come at once one is too late.

mod change;
mod disown;
mod enter;
mod reset;
mod spend;
mod verify;

use std::time::Duration;

use hallpass_model::UserId;
use hallpass_model::audit::{AuditContext, AuditEntry, Event};
use hallpass_model::one_time::Purpose;

use super::one_time::{self, Fitting, Presented};
use super::session::EndAll;
use super::{Revoker, audit};
use crate::Result;
use crate::conn::Conn;

pub use self::change::{ChangeEmail, ChangeEmailOutcome, UndoEmail, UndoEmailOutcome};
pub use self::disown::{DisownDevice, DisownOutcome};
pub use self::enter::{EnterByMail, EnterByMailOutcome};
pub use self::reset::{ResetByMail, ResetByMailOutcome};
pub use self::spend::SpendOneTime;
pub(super) use self::verify::verify;
pub use self::verify::{VerifyEmail, VerifyEmailOutcome};

const REMOVE_PASSWORD: &str = "UPDATE users SET password_hash = NULL, one_time_until = NULL WHERE id = $1";
const PROVE_FIRST: &str = "UPDATE users SET email_verified_at = $2, password_hash = NULL, one_time_until = NULL, \
    updated_at = $2 WHERE id = $1 AND email_verified_at IS NULL";

/// What a stranger knows opens nothing any more.
async fn remove_password<C: Conn>(conn: &mut C, user: UserId) -> Result<()> {
    conn.execute(REMOVE_PASSWORD, &[user.as_bytes().into()]).await.map(drop)
}

/// Spends what fits this user; none if nothing does, or another has spent it.
async fn take<C: Conn>(
    conn: &mut C,
    purposes: &'static [Purpose],
    presented: &Presented,
    (act, user): (&AuditContext, UserId),
) -> Result<Option<Fitting>> {
    let found = one_time::check(conn, purposes, presented, act.at).await?;
    let Some(found) = found.filter(|found| found.user == user) else { return Ok(None) };
    Ok(one_time::spend(conn, found.id).await?.then_some(found))
}

/// Who proves a mailbox, and how long the access tokens of sessions that end by it may still live.
#[derive(Clone, Copy)]
struct Prover<'a> {
    act: &'a AuditContext,
    user: UserId,
    revocation_ttl: Duration,
}

impl Prover<'_> {
    /// Notes that whoever has the mailbox is here. If nobody has proved it before, nothing that was set up until now
    /// survives: it may have been set up by a stranger, who waits for the owner to move in (pre-hijacking).
    async fn prove_mailbox<C: Conn>(self, conn: &mut C, revoker: &Revoker) -> Result<()> {
        let Self { act, user, revocation_ttl } = self;
        if conn.execute(PROVE_FIRST, &[user.as_bytes().into(), act.at.into()]).await? == 0 {
            return Ok(());
        }
        let event = Event::EmailVerified;
        let sessions_ended = EndAll { act, revocation_ttl, user, except: None, event }.run(conn, revoker).await?;
        one_time::forget_all(conn, user).await?;
        let entry = AuditEntry::new(event).user(user).detail("sessions", sessions_ended.to_string());
        audit::append(conn, act, &entry.detail("password", "removed")).await
    }
}
