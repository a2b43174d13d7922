//! The login guard's rows: attempts of an address, failures against an account.
//!
//! The transitions are the model's; here they are only read, applied and written.

use std::time::Duration;

use hallpass_model::Timestamp;
use hallpass_model::audit::{Act, Entry, Event};
use hallpass_model::limit::{AccountGuard, AddressWindow, Budget, LoginLimits, Outcome};

use super::{Mode, Operation, audit};
use crate::Result;
use crate::conn::{Columns, Conn, FromRow, Row};

const READ_ADDRESS: &str = "SELECT used, ends_at FROM address_attempts WHERE key = $1";
const WRITE_ADDRESS: &str = "INSERT INTO address_attempts (key, used, ends_at) VALUES ($1, $2, $3) \
    ON CONFLICT (key) DO UPDATE SET used = excluded.used, ends_at = excluded.ends_at";
const READ_ACCOUNT: &str = "SELECT failed, pending, touched_at, locked_until FROM account_attempts WHERE key = $1";
const WRITE_ACCOUNT: &str = "INSERT INTO account_attempts (key, failed, pending, touched_at, locked_until, forget_at) \
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (key) DO UPDATE SET failed = excluded.failed, \
    pending = excluded.pending, touched_at = excluded.touched_at, locked_until = excluded.locked_until, \
    forget_at = excluded.forget_at";
const DELETE_ACCOUNT: &str = "DELETE FROM account_attempts WHERE key = $1";

pub(super) type Key = [u8; 32];

pub(super) async fn read_address<C: Conn>(
    conn: &mut C,
    key: &Key,
    now: Timestamp,
    limits: &LoginLimits,
) -> Result<AddressWindow> {
    let stored = conn.row(READ_ADDRESS, &[key.into()]).await?;
    Ok(AddressWindow::current(stored, now, limits))
}

pub(super) async fn write_address<C: Conn>(conn: &mut C, key: &Key, window: &AddressWindow) -> Result<()> {
    conn.execute(WRITE_ADDRESS, &[key.into(), window.used.into(), window.ends_at.into()]).await.map(|_| ())
}

pub(super) async fn read_account<C: Conn>(conn: &mut C, key: &Key, now: Timestamp) -> Result<AccountGuard> {
    let stored = conn.row(READ_ACCOUNT, &[key.into()]).await?;
    Ok(AccountGuard::current(stored, now))
}

pub(super) async fn write_account<C: Conn>(conn: &mut C, key: &Key, guard: &AccountGuard) -> Result<()> {
    if guard.failed == 0 && guard.pending == 0 && guard.locked_until.is_none() {
        return conn.execute(DELETE_ACCOUNT, &[key.into()]).await.map(|_| ());
    }
    let params = [
        key.into(),
        guard.failed.into(),
        guard.pending.into(),
        guard.touched_at.into(),
        guard.locked_until.into(),
        guard.forget_at().into(),
    ];
    conn.execute(WRITE_ACCOUNT, &params).await.map(|_| ())
}

/// Takes one attempt of an address, for what has no account to guard.
#[derive(Debug)]
pub struct ReserveAddress {
    /// When.
    pub at: Timestamp,
    /// The address's bucket.
    pub address_key: Key,
    /// Its limits.
    pub limits: LoginLimits,
}

/// What became of a [`ReserveAddress`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressReservation {
    /// One attempt was taken.
    Granted {
        /// What is left.
        budget: Budget,
    },
    /// None is left.
    Limited {
        /// What is left: nothing, until the window ends.
        budget: Budget,
    },
}

impl Operation for ReserveAddress {
    type Output = AddressReservation;
    const NAME: &'static str = "reserve_address";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<AddressReservation> {
        let window = read_address(conn, &self.address_key, self.at, &self.limits).await?;
        let Some(taken) = window.reserve(&self.limits) else {
            return Ok(AddressReservation::Limited { budget: window.budget(self.at, &self.limits) });
        };
        write_address(conn, &self.address_key, &taken).await?;
        Ok(AddressReservation::Granted { budget: taken.budget(self.at, &self.limits) })
    }
}

/// Takes one attempt against an account, for a password that is proved by somebody already known.
#[derive(Debug)]
pub struct ReserveAccount {
    /// When.
    pub at: Timestamp,
    /// The account's bucket.
    pub account_key: Key,
    /// Its limits.
    pub limits: LoginLimits,
}

/// What became of a [`ReserveAccount`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountReservation {
    /// The password may be tried.
    Granted,
    /// Too many failures in a row.
    Locked {
        /// Until the lock ends.
        retry_after: Duration,
    },
}

impl Operation for ReserveAccount {
    type Output = AccountReservation;
    const NAME: &'static str = "reserve_account";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<AccountReservation> {
        let guard = read_account(conn, &self.account_key, self.at).await?;
        match guard.reserve(self.at, &self.limits) {
            Err(retry_after) => Ok(AccountReservation::Locked { retry_after }),
            Ok(taken) => {
                write_account(conn, &self.account_key, &taken).await?;
                Ok(AccountReservation::Granted)
            }
        }
    }
}

/// Settles a reserved attempt that did not open a session.
#[derive(Debug)]
pub struct SettleLogin {
    /// Who, when, from where.
    pub act: Act,
    /// The address's bucket, when one was reserved.
    pub address_key: Option<Key>,
    /// The account's bucket.
    pub account_key: Key,
    /// The limits.
    pub limits: LoginLimits,
    /// How it ended.
    pub outcome: Outcome,
    /// What to tell the audit log.
    pub audit: Option<Entry>,
}

/// What a settlement left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// What is left to the address.
    pub budget: Option<Budget>,
    /// Whether this attempt closed the lock.
    pub locked: bool,
}

impl Operation for SettleLogin {
    type Output = Settled;
    const NAME: &'static str = "settle_login";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Settled> {
        let locked = settle_account(conn, &self.act, &self.account_key, self.outcome, &self.limits).await?;
        let budget = match &self.address_key {
            Some(key) => Some(settle_address(conn, self.act.at, key, self.outcome, &self.limits).await?),
            None => None,
        };
        if let Some(entry) = &self.audit {
            audit::append(conn, &self.act, entry).await?;
        }
        if locked {
            audit::append(conn, &self.act, &lock_entry(self.audit.as_ref())).await?;
        }
        Ok(Settled { budget, locked })
    }
}

/// The lock is told of with the particulars of the failure that closed it.
pub fn lock_entry(failure: Option<&Entry>) -> Entry {
    let mut entry = failure.cloned().unwrap_or_else(|| Entry::new(Event::AccountLocked));
    entry.event = Event::AccountLocked;
    entry
}

pub(super) async fn settle_account<C: Conn>(
    conn: &mut C,
    act: &Act,
    key: &Key,
    outcome: Outcome,
    limits: &LoginLimits,
) -> Result<bool> {
    let mut guard = read_account(conn, key, act.at).await?;
    let locked = guard.settle(outcome, act.at, limits);
    write_account(conn, key, &guard).await?;
    Ok(locked)
}

/// A failure keeps its attempt; anything else gives it back.
pub(super) async fn settle_address<C: Conn>(
    conn: &mut C,
    now: Timestamp,
    key: &Key,
    outcome: Outcome,
    limits: &LoginLimits,
) -> Result<Budget> {
    let mut window = read_address(conn, key, now, limits).await?;
    if outcome != Outcome::Failure {
        window = window.give_back();
        write_address(conn, key, &window).await?;
    }
    Ok(window.budget(now, limits))
}

impl FromRow for AddressWindow {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        Ok(Self { used: columns.count()?, ends_at: columns.time()? })
    }
}

impl FromRow for AccountGuard {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        Ok(Self {
            failed: columns.count()?,
            pending: columns.count()?,
            touched_at: columns.opt_time()?,
            locked_until: columns.opt_time()?,
        })
    }
}
