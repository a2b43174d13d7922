//! Login: the session after the password was found right.

use std::time::Duration;

use hallpass_model::SessionId;
use hallpass_model::audit::{AuditContext, AuditEntry, Event};
use hallpass_model::rate_limit::{Outcome, Settlement};
use hallpass_model::user::User;

use super::by_mail::{self, VerifyEmailOutcome};
use super::new_session::{self, NewSession};
use super::one_time::Presented;
use super::outbox::{self, QueueMessage};
use super::rate_limit::{Attempt, Settle};
use super::session::EndOne;
use super::user::{self, UserKey};
use super::{Operation, Revoker, Revoking, audit, password};
use crate::conn::Conn;
use crate::{Error, Result};

const TOUCH_USER: &str = "UPDATE users SET last_login_at = $2 WHERE id = $1";

/// Settles a good login and opens its session, unless the account changed while the password was hashed: then nothing is
/// settled.
pub struct OpenSession {
    pub act: AuditContext,
    /// The attempt to settle; `None` if the database does not count it.
    pub attempt: Option<Attempt>,
    /// The stored hash that the password was checked against.
    pub seen_hash: String,
    /// The hash that takes its place: what the owner has chosen instead of a one-time password.
    pub new_hash: Option<String>,
    pub session: NewSession,
    /// What proves the address, if it came along.
    pub proof: Option<Presented>,
    /// Whether an account that must prove its address is kept out until it has.
    pub demands_proof: bool,
    /// The mail that tells the user of an unknown device.
    pub notice: Option<QueueMessage>,
    /// A session that ends with this login, and how long its access tokens may still live.
    pub ends: Option<(SessionId, Duration)>,
}

/// What became of an [`OpenSession`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenSessionOutcome {
    /// The session is open.
    Opened {
        /// The user as of now.
        user: Box<User>,
        /// The settlement, if the database counts the attempt.
        settled: Option<Settlement>,
    },
    /// The account was suspended or deleted in the meantime. The attempt is to be settled as any failure.
    Refused,
    /// The stored hash is another one by now: the password must be checked against it.
    Stale,
    /// The address must be proved first. Nothing is settled.
    Unproved,
    /// What came along does not prove the address. Nothing is settled.
    Unfit,
}

impl Revoking for OpenSession {
    type Output = OpenSessionOutcome;
    const NAME: &'static str = "open_session";

    async fn run<C: Conn>(&self, conn: &mut C, revoker: &Revoker) -> Result<OpenSessionOutcome> {
        let known = user::credential(conn, &UserKey::Id(self.session.user)).await?;
        let known = known.filter(|known| known.user.status.may_enter());
        if known.as_ref().is_some_and(|known| known.password_hash.as_ref() != Some(&self.seen_hash)) {
            return Ok(OpenSessionOutcome::Stale);
        }
        // No session begins on a one-time password that stays.
        let known = known.filter(|known| known.user.one_time_until.is_none() || self.new_hash.is_some());
        let Some(known) = known else { return Ok(OpenSessionOutcome::Refused) };
        if let Some(refused) = self.prove_address(conn, &known.user).await? {
            return Ok(refused);
        }
        let settled = self.settle(conn).await?;
        self.replace_password(conn).await?;
        new_session::insert(conn, &self.act, &self.session).await?;
        note_entry(conn, &self.act, &self.session, AuditEntry::new(Event::LoginSucceeded)).await?;
        end_previous(conn, revoker, &self.act, self.ends).await?;
        if let Some(notice) = &self.notice {
            outbox::queue(conn, notice).await?;
        }
        let user = user::credential(conn, &UserKey::Id(self.session.user)).await?;
        let user = user.ok_or(Error::Corrupt("a user vanished"))?.user;
        Ok(OpenSessionOutcome::Opened { user: Box::new(user), settled })
    }
}

impl OpenSession {
    async fn replace_password<C: Conn>(&self, conn: &mut C) -> Result<()> {
        let (Some(new), user) = (&self.new_hash, self.session.user) else { return Ok(()) };
        if !password::set_own(conn, &self.act, user, (&self.seen_hash, new)).await? {
            return Err(Error::Corrupt("a password changed inside its transaction"));
        }
        let entry = AuditEntry::new(Event::PasswordChanged).user(user).detail("from", "one-time");
        audit::append(conn, &self.act, &entry).await
    }

    async fn settle<C: Conn>(&self, conn: &mut C) -> Result<Option<Settlement>> {
        let Some(attempt) = &self.attempt else { return Ok(None) };
        let attempt = Attempt { act: self.act.clone(), ..attempt.clone() };
        Settle { attempt, outcome: Outcome::Success, audit: None }.run(conn).await.map(Some)
    }

    /// What stands against the login as long as the address is not proved.
    async fn prove_address<C: Conn>(&self, conn: &mut C, user: &User) -> Result<Option<OpenSessionOutcome>> {
        if user.email_verified_at.is_some() {
            return Ok(None);
        }
        let must = user.must_verify && self.demands_proof;
        let Some(proof) = &self.proof else { return Ok(must.then_some(OpenSessionOutcome::Unproved)) };
        let proved = by_mail::verify(conn, &self.act, user.id, proof).await?;
        Ok((must && proved == VerifyEmailOutcome::Unfit).then_some(OpenSessionOutcome::Unfit))
    }
}

/// Writes down that a user has come in.
pub(super) async fn note_entry<C: Conn>(
    conn: &mut C,
    act: &AuditContext,
    session: &NewSession,
    entry: AuditEntry,
) -> Result<()> {
    conn.execute(TOUCH_USER, &[session.user.as_bytes().into(), act.at.into()]).await?;
    audit::append(conn, act, &entry.user(session.user).session(session.id)).await
}

/// Ends the session that this browser had before, if it had one; its access tokens may still live for so long.
pub(super) async fn end_previous<C: Conn>(
    conn: &mut C,
    revoker: &Revoker,
    act: &AuditContext,
    previous: Option<(SessionId, Duration)>,
) -> Result<()> {
    if let Some((session, revocation_ttl)) = previous {
        let ending = EndOne { act, revocation_ttl, session };
        ending.run(conn, revoker, AuditEntry::new(Event::LoggedOut)).await?;
    }
    Ok(())
}
