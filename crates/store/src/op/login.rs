//! Login: the reservation before the hash, and the session after it.

use std::time::Duration;

use hallpass_model::audit::{AuditContext, Entry, Event};
use hallpass_model::limit::{Budget, Held, LoginLimits, Outcome};
use hallpass_model::refresh_token::TokenHash;
use hallpass_model::user::User;
use hallpass_model::{SessionId, Timestamp, UserId};

use super::guard::{self, Key, Refused, SettleLogin, Settled};
use super::session::EndOne;
use super::user::{self, Credential, UserKey};
use super::{Mode, Operation, Revoker, Revoking, audit, password};
use crate::conn::Conn;
use crate::{Error, Result};

const INSERT_SESSION: &str = "INSERT INTO sessions (id, user_id, generation, current_hash, created_at, last_used_at, \
    expires_at, absolute_expires_at, ip, user_agent) VALUES ($1, $2, 0, $3, $4, $4, $5, $6, $7, $8)";
const TOUCH_USER: &str = "UPDATE users SET last_login_at = $2 WHERE id = $1";

/// A session about to be opened; address and agent come with the act.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// The hash of its first refresh token.
    pub first_hash: TokenHash,
    /// The idle end.
    pub expires_at: Timestamp,
    /// The absolute end.
    pub absolute_expires_at: Timestamp,
}

pub(super) async fn insert_session<C: Conn>(conn: &mut C, act: &AuditContext, session: &NewSession) -> Result<()> {
    let ip = act.ip.map(|ip| ip.to_string());
    let params = [
        session.id.as_bytes().into(),
        session.user.as_bytes().into(),
        (&session.first_hash).into(),
        act.at.into(),
        session.expires_at.into(),
        session.absolute_expires_at.into(),
        ip.as_deref().into(),
        act.user_agent.as_deref().into(),
    ];
    conn.execute(INSERT_SESSION, &params).await.map(|_| ())
}

/// Reserves an attempt against the client address and the account, and brings the credential along.
#[derive(Debug)]
pub struct ReserveLogin {
    /// Who, when, from where.
    pub act: AuditContext,
    /// The address's bucket.
    pub address_key: Key,
    /// The account's bucket.
    pub account_key: Key,
    /// The canonical address of the account.
    pub email: String,
    /// The limits.
    pub limits: LoginLimits,
}

/// What became of a [`ReserveLogin`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reservation {
    /// The password may be tried.
    Granted {
        /// What is left to the address.
        budget: Budget,
        /// The account, if there is one.
        credential: Option<Credential>,
    },
    /// The address has used up its attempts.
    AddressLimited {
        /// What is left: nothing, until the window ends.
        budget: Budget,
    },
    /// The account takes no attempt now. One that is busy has cost the address nothing.
    AccountHeld {
        /// What is left to the address.
        budget: Budget,
        /// Why.
        refused: Refused,
    },
}

impl Operation for ReserveLogin {
    type Output = Reservation;
    const NAME: &'static str = "reserve_login";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Reservation> {
        let (at, limits) = (self.act.at, &self.limits);
        let before = guard::read_address(conn, &self.address_key, at, limits).await?;
        let Some(window) = before.reserve(limits) else {
            return Ok(Reservation::AddressLimited { budget: before.budget(at, limits) });
        };
        let account = (&self.account_key, self.email.as_str());
        let refused = guard::reserve_account(conn, &self.act, account, limits).await?.err();
        if let Some(refused) = refused.filter(|refused| refused.held == Held::Busy) {
            return Ok(Reservation::AccountHeld { budget: before.budget(at, limits), refused });
        }
        guard::write_address(conn, &self.address_key, &window).await?;
        let budget = window.budget(at, limits);
        if let Some(refused) = refused {
            return Ok(Reservation::AccountHeld { budget, refused });
        }
        let credential = user::credential(conn, &UserKey::Email(self.email.clone())).await?;
        Ok(Reservation::Granted { budget, credential })
    }
}

/// A reserved attempt.
#[derive(Debug, Clone, Copy)]
pub struct LoginGuard {
    /// The address's bucket.
    pub address_key: Key,
    /// The account's bucket.
    pub account_key: Key,
    /// The limits.
    pub limits: LoginLimits,
}

/// Settles a good login and opens its session, unless the account changed while the password was hashed: then nothing is
/// settled.
pub struct OpenSession {
    /// Who, when, from where.
    pub act: AuditContext,
    /// The attempt to settle; none when it is not counted here.
    pub guard: Option<LoginGuard>,
    /// The stored hash that the password was checked against.
    pub seen_hash: String,
    /// The hash that takes its place: what the owner has chosen instead of a one-time password.
    pub new_hash: Option<String>,
    /// The session.
    pub session: NewSession,
    /// A session that ends with this login, and how long its access tokens may still live.
    pub ends: Option<(SessionId, Duration)>,
}

/// What became of an [`OpenSession`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenSessionOutcome {
    /// The session is open.
    Opened {
        /// The user as of now.
        user: User,
        /// What the settlement left behind, when it is counted here.
        settled: Option<Settled>,
    },
    /// The account was suspended or deleted in the meantime. The attempt is to be settled as any failure.
    Refused,
    /// The stored hash is another one by now: the password must be checked against it.
    Stale,
}

impl Revoking for OpenSession {
    type Output = OpenSessionOutcome;
    const NAME: &'static str = "open_session";

    async fn run<C: Conn>(&self, conn: &mut C, revoker: &Revoker) -> Result<OpenSessionOutcome> {
        let known = user::credential(conn, &UserKey::Id(self.session.user)).await?;
        let known = known.filter(|known| known.user.status.may_enter());
        if known.as_ref().is_some_and(|known| known.password_hash != self.seen_hash) {
            return Ok(OpenSessionOutcome::Stale);
        }
        // No session begins on a one-time password that stays.
        let known = known.filter(|known| known.user.one_time_until.is_none() || self.new_hash.is_some());
        let Some(known) = known else { return Ok(OpenSessionOutcome::Refused) };
        let settled = self.settle(conn, &known.user.email).await?;
        self.replace_password(conn).await?;
        insert_session(conn, &self.act, &self.session).await?;
        conn.execute(TOUCH_USER, &[self.session.user.as_bytes().into(), self.act.at.into()]).await?;
        let entry = Entry::new(Event::LoginSucceeded).user(self.session.user).session(self.session.id);
        audit::append(conn, &self.act, &entry).await?;
        self.end_previous(conn, revoker).await?;
        let user = user::credential(conn, &UserKey::Id(self.session.user)).await?;
        let user = user.ok_or(Error::Corrupt("a user vanished"))?.user;
        Ok(OpenSessionOutcome::Opened { user, settled })
    }
}

impl OpenSession {
    async fn replace_password<C: Conn>(&self, conn: &mut C) -> Result<()> {
        let (Some(new), user) = (&self.new_hash, self.session.user) else { return Ok(()) };
        if !password::set_own(conn, &self.act, user, (&self.seen_hash, new)).await? {
            return Err(Error::Corrupt("a password changed inside its transaction"));
        }
        let entry = Entry::new(Event::PasswordChanged).user(user).detail("from", "one-time");
        audit::append(conn, &self.act, &entry).await
    }

    async fn settle<C: Conn>(&self, conn: &mut C, email: &str) -> Result<Option<Settled>> {
        let Some(LoginGuard { address_key, account_key, limits }) = self.guard else { return Ok(None) };
        let (act, address_key, email) = (self.act.clone(), Some(address_key), email.to_ascii_lowercase());
        let success =
            SettleLogin { act, address_key, account_key, limits, email, outcome: Outcome::Success, audit: None };
        success.run(conn).await.map(Some)
    }

    async fn end_previous<C: Conn>(&self, conn: &mut C, revoker: &Revoker) -> Result<()> {
        if let Some((previous, revocation_ttl)) = self.ends {
            let ending = EndOne { act: &self.act, revocation_ttl, session: previous };
            ending.run(conn, revoker, Entry::new(Event::LoggedOut)).await?;
        }
        Ok(())
    }
}
