//! The login guard's rows: attempts of an address, failures against an account.
//!
//! The transitions are the model's; here they are only read, applied and written.

use hallpass_model::Timestamp;
use hallpass_model::audit::{AuditContext, Entry, Event};
use hallpass_model::limit::{AccountGuard, AddressWindow, Budget, Held, LoginLimits, Outcome};

use super::{Mode, Operation, audit};
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
) -> crate::Result<AddressWindow> {
    let stored = conn.row(READ_ADDRESS, &[key.into()]).await?;
    Ok(AddressWindow::current(stored, now, limits))
}

pub(super) async fn write_address<C: Conn>(conn: &mut C, key: &Key, window: &AddressWindow) -> crate::Result<()> {
    conn.execute(WRITE_ADDRESS, &[key.into(), window.used.into(), window.ends_at.into()]).await.map(|_| ())
}

/// The guard as it counts now, and whether a lock has closed that is in no log yet.
pub(super) async fn read_account<C: Conn>(
    conn: &mut C,
    key: &Key,
    now: Timestamp,
    limits: &LoginLimits,
) -> crate::Result<(AccountGuard, bool)> {
    let stored: Option<AccountGuard> = conn.row(READ_ACCOUNT, &[key.into()]).await?;
    let guard = AccountGuard::current(stored, now, limits);
    Ok((guard, guard.has_closed(stored.as_ref())))
}

/// Takes one attempt against an account. A lock that abandoned reservations have closed is written down and audited by
/// the first attempt that finds it.
pub(super) async fn reserve_account<C: Conn>(
    conn: &mut C,
    act: &AuditContext,
    (key, email): (&Key, &str),
    limits: &LoginLimits,
) -> crate::Result<Result<(), Refused>> {
    let (guard, has_closed) = read_account(conn, key, act.at, limits).await?;
    if has_closed {
        write_account(conn, key, &guard).await?;
        audit::append(conn, act, &closed_entry(email)).await?;
    }
    match guard.reserve(act.at, limits) {
        Ok(taken) => write_account(conn, key, &taken).await.map(Ok),
        Err(held) => Ok(Err(Refused { held, has_closed })),
    }
}

/// An attempt that may not go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub held: Held,
    /// Whether this attempt found a lock that abandoned reservations had closed.
    pub has_closed: bool,
}

pub(super) async fn write_account<C: Conn>(conn: &mut C, key: &Key, guard: &AccountGuard) -> crate::Result<()> {
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

    async fn run<C: Conn>(&self, conn: &mut C) -> crate::Result<AddressReservation> {
        let window = read_address(conn, &self.address_key, self.at, &self.limits).await?;
        let Some(taken) = window.reserve(&self.limits) else {
            return Ok(AddressReservation::Limited { budget: window.budget(self.at, &self.limits) });
        };
        write_address(conn, &self.address_key, &taken).await?;
        Ok(AddressReservation::Granted { budget: taken.budget(self.at, &self.limits) })
    }
}

/// Takes one attempt against an account, for a password that is proved by a caller who is known already.
#[derive(Debug)]
pub struct ReserveAccount {
    /// Who, when, from where.
    pub act: AuditContext,
    /// The account's bucket.
    pub account_key: Key,
    /// The canonical address of the account.
    pub email: String,
    /// The limits.
    pub limits: LoginLimits,
}

impl Operation for ReserveAccount {
    type Output = Result<(), Refused>;
    const NAME: &'static str = "reserve_account";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> crate::Result<Result<(), Refused>> {
        reserve_account(conn, &self.act, (&self.account_key, &self.email), &self.limits).await
    }
}

/// Settles a reserved attempt that did not open a session.
#[derive(Debug)]
pub struct SettleLogin {
    /// Who, when, from where.
    pub act: AuditContext,
    /// The address's bucket, when one was reserved.
    pub address_key: Option<Key>,
    /// The account's bucket.
    pub account_key: Key,
    /// The limits.
    pub limits: LoginLimits,
    /// The canonical address of the account.
    pub email: String,
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
    /// Whether this attempt closed the lock, or found one that is in no log yet.
    pub locked: bool,
}

impl Operation for SettleLogin {
    type Output = Settled;
    const NAME: &'static str = "settle_login";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> crate::Result<Settled> {
        let locked = settle_account(conn, &self.act, &self.account_key, self.outcome, &self.limits).await?;
        let budget = match &self.address_key {
            Some(key) => Some(settle_address(conn, self.act.at, key, self.outcome, &self.limits).await?),
            None => None,
        };
        if let Some(entry) = &self.audit {
            audit::append(conn, &self.act, entry).await?;
        }
        if locked {
            audit::append(conn, &self.act, &lock_entry(self.audit.as_ref(), &self.email)).await?;
        }
        Ok(Settled { budget, locked })
    }
}

/// The row of a lock has the particulars of the failure that closed the lock. Without a failure the lock was only found.
pub fn lock_entry(failure: Option<&Entry>, email: &str) -> Entry {
    let Some(failure) = failure else { return closed_entry(email) };
    Entry { event: Event::AccountLocked, ..failure.clone() }
}

/// The lock that abandoned attempts have closed.
pub fn closed_entry(email: &str) -> Entry {
    Entry::new(Event::AccountLocked).detail("email", email).detail("cause", "abandoned attempts")
}

async fn settle_account<C: Conn>(
    conn: &mut C,
    act: &AuditContext,
    key: &Key,
    outcome: Outcome,
    limits: &LoginLimits,
) -> crate::Result<bool> {
    let (mut guard, has_closed) = read_account(conn, key, act.at, limits).await?;
    let locked = guard.settle(outcome, act.at, limits);
    write_account(conn, key, &guard).await?;
    Ok(locked || has_closed)
}

/// A failure keeps its attempt; anything else gives it back.
async fn settle_address<C: Conn>(
    conn: &mut C,
    now: Timestamp,
    key: &Key,
    outcome: Outcome,
    limits: &LoginLimits,
) -> crate::Result<Budget> {
    let mut window = read_address(conn, key, now, limits).await?;
    if outcome != Outcome::Failure {
        window = window.give_back();
        write_address(conn, key, &window).await?;
    }
    Ok(window.budget(now, limits))
}

impl FromRow for AddressWindow {
    fn from_row(row: &dyn Row) -> crate::Result<Self> {
        let mut columns = Columns::of(row);
        Ok(Self { used: columns.count()?, ends_at: columns.time()? })
    }
}

impl FromRow for AccountGuard {
    fn from_row(row: &dyn Row) -> crate::Result<Self> {
        let mut columns = Columns::of(row);
        Ok(Self {
            failed: columns.count()?,
            pending: columns.count()?,
            touched_at: columns.opt_time()?,
            locked_until: columns.opt_time()?,
        })
    }
}
