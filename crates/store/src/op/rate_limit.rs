//! Rate limits in the database: reserving an attempt, settling it, looking at a lock and ending it.
//!
//! The transitions are the model's; here they are only read, applied and written.

use hallpass_model::Timestamp;
use hallpass_model::audit::{AuditContext, AuditEntry, Event};
use hallpass_model::rate_limit::{
    AccountGuard, AddressWindow, BucketKey, Buckets, Budget, Hold, Outcome, Reservation, Rule, Settlement, Terms,
};

use super::user::{self, Credential, UserKey};
use super::{Mode, Operation, audit};
use crate::Result;
use crate::conn::{Columns, Conn, FromRow, Row};

const READ_ADDRESS: &str = "SELECT used, ends_at FROM address_attempts WHERE key = $1";
const WRITE_ADDRESS: &str = "INSERT INTO address_attempts (key, used, ends_at) VALUES ($1, $2, $3) \
    ON CONFLICT (key) DO UPDATE SET used = excluded.used, ends_at = excluded.ends_at";
const READ_ACCOUNT: &str = "SELECT failed, pending, touched_at, locked_until, day_failed, day_ends_at \
    FROM account_attempts WHERE key = $1";
const WRITE_ACCOUNT: &str = "INSERT INTO account_attempts (key, failed, pending, touched_at, locked_until, day_failed, \
    day_ends_at, forget_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (key) DO UPDATE SET \
    failed = excluded.failed, pending = excluded.pending, touched_at = excluded.touched_at, \
    locked_until = excluded.locked_until, day_failed = excluded.day_failed, day_ends_at = excluded.day_ends_at, \
    forget_at = excluded.forget_at";
const DELETE_ACCOUNT: &str = "DELETE FROM account_attempts WHERE key = $1";

/// An attempt that is counted in the database.
#[derive(Debug, Clone)]
pub struct Attempt {
    pub act: AuditContext,
    /// What it is counted against.
    pub buckets: Buckets,
    /// The rule that it is counted by.
    pub rule: Rule,
    /// The canonical address of the account, for the audit log; empty if no account is guarded.
    pub email: String,
    /// What the audit log calls a lock that it closes.
    pub lock_event: Event,
}

impl Attempt {
    /// The row of a lock. It has the particulars of the failure that closed it; without a failure, abandoned attempts did.
    pub fn lock_entry(&self, failure: Option<&AuditEntry>) -> AuditEntry {
        let event = self.lock_event;
        match failure {
            Some(failure) => AuditEntry { event, ..failure.clone() },
            None => AuditEntry::new(event).detail("email", &self.email).detail("cause", "abandoned attempts"),
        }
    }

    const fn terms(&self) -> Terms<'_> {
        Terms { now: self.act.at, rule: &self.rule }
    }
}

/// Reserves an attempt, and brings the credential of a login along.
#[derive(Debug)]
pub struct Reserve {
    pub attempt: Attempt,
    /// Whether a granted attempt needs the credential of its email address.
    pub reads_credential: bool,
}

/// The output of [`Reserve`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reserved {
    /// Whether the attempt may go on.
    pub reservation: Reservation,
    /// The account, if it was asked for and exists.
    pub credential: Option<Credential>,
}

impl Operation for Reserve {
    type Output = Reserved;
    const NAME: &'static str = "reserve_attempt";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Reserved> {
        let reservation = reserve(conn, &self.attempt).await?;
        let credential = match reservation {
            Reservation::Granted { .. } if self.reads_credential => {
                user::credential(conn, &UserKey::Email(self.attempt.email.clone())).await?
            }
            _ => None,
        };
        Ok(Reserved { reservation, credential })
    }
}

async fn reserve<C: Conn>(conn: &mut C, attempt: &Attempt) -> Result<Reservation> {
    let Terms { now, rule } = attempt.terms();
    let before = match &attempt.buckets.address {
        Some(key) => Some((key, read_address(conn, key, attempt.terms()).await?)),
        None => None,
    };
    let mut taken = None;
    if let Some((key, window)) = before {
        let Some(next) = window.reserve(rule) else {
            return Ok(Reservation::AddressLimited { budget: window.budget(now, rule) });
        };
        taken = Some((key, next));
    }
    let budget = |window: Option<(&BucketKey, AddressWindow)>| window.map(|(_, window)| window.budget(now, rule));
    let refusal = reserve_account(conn, attempt).await?;
    if let Some((hold @ Hold::Busy, has_closed)) = refusal {
        return Ok(Reservation::AccountHeld { budget: budget(before), hold, has_closed });
    }
    if let Some((key, window)) = &taken {
        write_address(conn, key, window).await?;
    }
    let budget = budget(taken);
    Ok(match refusal {
        Some((hold, has_closed)) => Reservation::AccountHeld { budget, hold, has_closed },
        None => Reservation::Granted { budget },
    })
}

/// Takes one attempt against the account, or says why not. A lock that abandoned reservations have closed is written and
/// audited by the first attempt that finds it.
async fn reserve_account<C: Conn>(conn: &mut C, attempt: &Attempt) -> Result<Option<(Hold, bool)>> {
    let Some(key) = &attempt.buckets.account else { return Ok(None) };
    let Terms { now, rule } = attempt.terms();
    let (guard, has_closed) = read_account(conn, key, attempt.terms()).await?;
    if has_closed {
        write_account(conn, key, &guard).await?;
        audit::append(conn, &attempt.act, &attempt.lock_entry(None)).await?;
    }
    match guard.reserve(now, rule) {
        Ok(taken) => write_account(conn, key, &taken).await.map(|()| None),
        Err(hold) => Ok(Some((hold, has_closed))),
    }
}

/// Settles a reserved attempt.
#[derive(Debug)]
pub struct Settle {
    pub attempt: Attempt,
    /// How it ended.
    pub outcome: Outcome,
    /// What the audit log gets.
    pub audit: Option<AuditEntry>,
}

impl Operation for Settle {
    type Output = Settlement;
    const NAME: &'static str = "settle_attempt";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Settlement> {
        let Self { attempt, outcome, audit } = self;
        let locked = settle_account(conn, attempt, *outcome).await?;
        let budget = settle_address(conn, attempt, *outcome).await?;
        if let Some(entry) = audit {
            audit::append(conn, &attempt.act, entry).await?;
        }
        if locked {
            audit::append(conn, &attempt.act, &attempt.lock_entry(audit.as_ref())).await?;
        }
        Ok(Settlement { budget, locked })
    }
}

async fn settle_account<C: Conn>(conn: &mut C, attempt: &Attempt, outcome: Outcome) -> Result<bool> {
    let Some(key) = &attempt.buckets.account else { return Ok(false) };
    let Terms { now, rule } = attempt.terms();
    let (mut guard, has_closed) = read_account(conn, key, attempt.terms()).await?;
    let locked = guard.settle(outcome, now, rule);
    write_account(conn, key, &guard).await?;
    Ok(locked || has_closed)
}

/// A failure keeps its attempt; anything else gives it back.
async fn settle_address<C: Conn>(conn: &mut C, attempt: &Attempt, outcome: Outcome) -> Result<Option<Budget>> {
    let Some(key) = &attempt.buckets.address else { return Ok(None) };
    let Terms { now, rule } = attempt.terms();
    let mut window = read_address(conn, key, attempt.terms()).await?;
    if outcome != Outcome::Failure {
        window = window.give_back();
        write_address(conn, key, &window).await?;
    }
    Ok(Some(window.budget(now, rule)))
}

/// Until when an account is locked; `None` if it is not.
#[derive(Debug)]
pub struct FindLock {
    pub now: Timestamp,
    pub account: BucketKey,
    pub rule: Rule,
}

impl Operation for FindLock {
    type Output = Option<Timestamp>;
    const NAME: &'static str = "find_lock";
    const MODE: Mode = Mode::PointRead;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Option<Timestamp>> {
        let terms = Terms { now: self.now, rule: &self.rule };
        Ok(read_account(conn, &self.account, terms).await?.0.locked_until)
    }
}

/// Forgets an account's failures, and its lock with them.
#[derive(Debug)]
pub struct Unlock {
    pub act: AuditContext,
    pub account: BucketKey,
    /// What the audit log gets if there was anything to forget.
    pub entry: AuditEntry,
}

impl Operation for Unlock {
    /// Whether there was anything to forget.
    type Output = bool;
    const NAME: &'static str = "unlock";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<bool> {
        let removed = conn.execute(DELETE_ACCOUNT, &[(&self.account).into()]).await? > 0;
        if removed {
            audit::append(conn, &self.act, &self.entry).await?;
        }
        Ok(removed)
    }
}

async fn read_address<C: Conn>(conn: &mut C, key: &BucketKey, terms: Terms<'_>) -> Result<AddressWindow> {
    let stored = conn.row(READ_ADDRESS, &[key.into()]).await?;
    Ok(AddressWindow::current(stored, terms.now, terms.rule))
}

async fn write_address<C: Conn>(conn: &mut C, key: &BucketKey, window: &AddressWindow) -> Result<()> {
    conn.execute(WRITE_ADDRESS, &[key.into(), window.used.into(), window.ends_at.into()]).await.map(|_| ())
}

/// The guard as it counts now, and whether a lock has closed that no log has yet.
pub(super) async fn read_account<C: Conn>(
    conn: &mut C,
    key: &BucketKey,
    terms: Terms<'_>,
) -> Result<(AccountGuard, bool)> {
    let stored: Option<AccountGuard> = conn.row(READ_ACCOUNT, &[key.into()]).await?;
    let guard = AccountGuard::current(stored, terms.now, terms.rule);
    Ok((guard, guard.has_closed(stored.as_ref())))
}

async fn write_account<C: Conn>(conn: &mut C, key: &BucketKey, guard: &AccountGuard) -> Result<()> {
    if guard.is_empty() {
        return conn.execute(DELETE_ACCOUNT, &[key.into()]).await.map(|_| ());
    }
    let params = [
        key.into(),
        guard.failed.into(),
        guard.pending.into(),
        guard.touched_at.into(),
        guard.locked_until.into(),
        guard.day_failed.into(),
        guard.day_ends_at.into(),
        guard.forget_at().into(),
    ];
    conn.execute(WRITE_ACCOUNT, &params).await.map(|_| ())
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
            day_failed: columns.count()?,
            day_ends_at: columns.opt_time()?,
        })
    }
}
