//! Where attempts are counted: in the store, or in what the replicas share.
//!
//! In the store a reservation brings the credential along, and a settlement its audit rows, each in one operation.
//! Elsewhere the counting comes first and the store after it, and what is cut off in between stays reserved, which
//! counts as a failure after a minute.

use hallpass_live::{Bucket, Reserved, Settlement, SharedLimits, Terms};
use hallpass_model::Timestamp;
use hallpass_model::audit::{Act, Entry};
use hallpass_model::limit::{Budget, LoginLimits, Outcome};
use hallpass_store::op::{self, AccountReservation, AddressReservation, Credential, Reservation, Settled, UserKey};

use crate::core::Auth;
use crate::ctx::Ctx;
use crate::guard::LimiterKey;
use crate::login::Attempt;
use crate::{Error, Result};

/// Where an attempt was reserved, and so where it must be settled.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ledger {
    Store,
    Shared(hallpass_live::Ledger),
}

/// Whose attempt it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LoginGuard {
    pub(crate) address_key: Option<LimiterKey>,
    pub(crate) account_key: LimiterKey,
}

impl LoginGuard {
    const fn bucket(&self) -> Bucket<'_> {
        Bucket { address: self.address_key.as_ref(), account: Some(&self.account_key) }
    }
}

/// A login that may go on.
pub(crate) struct Granted {
    pub(crate) credential: Option<Credential>,
    pub(crate) budget: Budget,
    pub(crate) ledger: Ledger,
}

/// A login or a registration that was refused, with what is left of the address's attempts.
#[derive(Debug)]
pub struct Refused {
    /// Why.
    pub error: Error,
    /// For the `RateLimit-*` headers; none when the request never came to the guard.
    pub budget: Option<Budget>,
}

impl<E: Into<Error>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self { error: error.into(), budget: None }
    }
}

fn limited(budget: Budget) -> Refused {
    Refused { error: Error::TooManyAttempts { retry_after: budget.resets_in }, budget: Some(budget) }
}

/// How an attempt ended.
pub(crate) struct Settling {
    pub(crate) act: Act,
    pub(crate) guard: LoginGuard,
    pub(crate) outcome: Outcome,
    pub(crate) audit: Option<Entry>,
}

impl Auth {
    /// Takes one attempt of the client address and one against the account, and reads what the password is checked
    /// against.
    pub(crate) async fn reserve_login(&self, attempt: &Attempt<'_>) -> Result<Granted, Refused> {
        let (reservation, ledger) = match &self.core().limits {
            None => (self.reserve_in_store(attempt).await?, Ledger::Store),
            Some(shared) => self.reserve_shared(shared, attempt).await?,
        };
        match reservation {
            Reservation::Granted { budget, credential } => Ok(Granted { credential, budget, ledger }),
            Reservation::AddressLimited { budget } => Err(limited(budget)),
            Reservation::AccountLocked { budget, retry_after } => {
                Err(Refused { error: Error::AccountLocked { retry_after }, budget: Some(budget) })
            }
        }
    }

    async fn reserve_in_store(&self, attempt: &Attempt<'_>) -> Result<Reservation> {
        let operation = op::ReserveLogin {
            at: attempt.ctx.now,
            address_key: attempt.address_key,
            account_key: attempt.account_key,
            email: attempt.email.canonical().to_owned(),
            limits: self.settings().limits,
        };
        Ok(self.core().store.write(operation).await?)
    }

    async fn reserve_shared(&self, shared: &SharedLimits, attempt: &Attempt<'_>) -> Result<(Reservation, Ledger)> {
        let limits = self.settings().limits;
        let terms = Terms { now: attempt.ctx.now, limits: &limits };
        let (reserved, ledger) = shared.reserve(attempt.guard().bucket(), terms).await;
        let whole = Budget { limit: limits.max, window: limits.window, remaining: 0, resets_in: limits.window };
        let reservation = match reserved {
            Reserved::AddressLimited { budget } => Reservation::AddressLimited { budget },
            Reserved::AccountLocked { budget, retry_after } => {
                Reservation::AccountLocked { budget: budget.unwrap_or(whole), retry_after }
            }
            Reserved::Granted { budget } => {
                let key = UserKey::Email(attempt.email.canonical().to_owned());
                match self.core().store.read(op::FindCredential { key }).await {
                    Ok(credential) => Reservation::Granted { budget: budget.unwrap_or(whole), credential },
                    Err(error) => {
                        shared.settle(ledger, attempt.guard().bucket(), Outcome::Void, terms).await;
                        return Err(error.into());
                    }
                }
            }
        };
        Ok((reservation, Ledger::Shared(ledger)))
    }

    /// Settles an attempt that opened no session, with its audit rows.
    pub(crate) async fn settle(&self, ledger: Ledger, settling: Settling) -> Result<Settled> {
        let Settling { act, guard, outcome, audit } = settling;
        let limits = self.settings().limits;
        let Ledger::Shared(ledger) = ledger else {
            let LoginGuard { address_key, account_key } = guard;
            let operation = op::SettleLogin { act, address_key, account_key, limits, outcome, audit };
            return Ok(self.core().store.write(operation).await?);
        };
        let terms = Terms { now: act.at, limits: &limits };
        let settled = self.settle_with(ledger, guard.bucket(), outcome, terms).await;
        let lock = settled.locked.then(|| op::lock_entry(audit.as_ref()));
        for entry in audit.into_iter().chain(lock) {
            self.core().store.write(op::AppendAudit { act: act.clone(), entry }).await?;
        }
        Ok(Settled { budget: settled.budget, locked: settled.locked })
    }

    /// Settles an attempt whose session the store has opened or refused, when it is not the store that counts.
    pub(crate) async fn settle_shared(
        &self,
        ledger: Ledger,
        attempt: &Attempt<'_>,
        outcome: Outcome,
    ) -> Option<Budget> {
        let Ledger::Shared(ledger) = ledger else { return None };
        let limits = self.settings().limits;
        let terms = Terms { now: attempt.ctx.now, limits: &limits };
        self.settle_with(ledger, attempt.guard().bucket(), outcome, terms).await.budget
    }

    async fn settle_with(
        &self,
        ledger: hallpass_live::Ledger,
        bucket: Bucket<'_>,
        outcome: Outcome,
        terms: Terms<'_>,
    ) -> Settlement {
        match &self.core().limits {
            Some(shared) => shared.settle(ledger, bucket, outcome, terms).await,
            None => Settlement::default(),
        }
    }

    /// What the store has to settle when it opens a session: nothing, when it does not count.
    pub(crate) fn guard_in_store(&self, ledger: Ledger, attempt: &Attempt<'_>) -> Option<op::LoginGuard> {
        matches!(ledger, Ledger::Store).then(|| op::LoginGuard {
            address_key: attempt.address_key,
            account_key: attempt.account_key,
            limits: self.settings().limits,
        })
    }

    /// Takes one attempt of a client address, for what has no account to guard.
    pub(crate) async fn reserve_address(
        &self,
        ctx: &Ctx,
        key: &LimiterKey,
        limits: &LoginLimits,
    ) -> Result<Budget, Refused> {
        if let Some(shared) = &self.core().limits {
            let bucket = Bucket { address: Some(key), account: None };
            return match shared.reserve(bucket, Terms { now: ctx.now, limits }).await.0 {
                Reserved::Granted { budget: Some(budget) } => Ok(budget),
                Reserved::AddressLimited { budget } => Err(limited(budget)),
                // An address was asked for: there is no answer without one.
                Reserved::Granted { budget: None } | Reserved::AccountLocked { .. } => Err(Error::Unavailable.into()),
            };
        }
        let operation = op::ReserveAddress { at: ctx.now, address_key: *key, limits: *limits };
        match self.core().store.write(operation).await? {
            AddressReservation::Granted { budget } => Ok(budget),
            AddressReservation::Limited { budget } => Err(limited(budget)),
        }
    }

    /// Takes one attempt against an account, for a password that is proved by somebody already known.
    pub(crate) async fn reserve_proof(&self, ctx: &Ctx, account_key: &LimiterKey) -> Result<Ledger> {
        let limits = self.settings().limits;
        if let Some(shared) = &self.core().limits {
            let bucket = Bucket { address: None, account: Some(account_key) };
            return match shared.reserve(bucket, Terms { now: ctx.now, limits: &limits }).await {
                (Reserved::AccountLocked { retry_after, .. }, _) => Err(Error::AccountLocked { retry_after }),
                (_, ledger) => Ok(Ledger::Shared(ledger)),
            };
        }
        let operation = op::ReserveAccount { at: ctx.now, account_key: *account_key, limits };
        match self.core().store.write(operation).await? {
            AccountReservation::Granted => Ok(Ledger::Store),
            AccountReservation::Locked { retry_after } => Err(Error::AccountLocked { retry_after }),
        }
    }

    /// Until when an account is locked; none when it is not.
    pub(crate) async fn locked_until(&self, ctx: &Ctx, account_key: &LimiterKey) -> Result<Option<Timestamp>> {
        let Some(shared) = &self.core().limits else {
            let operation = op::FindLock { now: ctx.now, account_key: *account_key };
            return Ok(self.core().store.read(operation).await?);
        };
        let left = shared.locked_for(account_key, ctx.now).await.map_err(|fault| {
            tracing::warn!(%fault, "a lock could not be looked at");
            Error::Unavailable
        })?;
        Ok(left.map(|left| ctx.now + left))
    }

    /// Forgets an account's failures, and its lock with them; whether there were any.
    pub(crate) async fn unlock(&self, act: Act, account_key: LimiterKey, entry: Entry) -> Result<bool> {
        let Some(shared) = &self.core().limits else {
            return Ok(self.core().store.write(op::Unlock { act, account_key, entry }).await?);
        };
        let was_locked = shared.unlock(&account_key).await.map_err(|fault| {
            tracing::warn!(%fault, "a lockout could not be ended");
            Error::Unavailable
        })?;
        if was_locked {
            self.core().store.write(op::AppendAudit { act, entry }).await?;
        }
        Ok(was_locked)
    }
}
