//! Where attempts are counted: in the store, or in what the replicas share.
//!
//! In the store a reservation brings the credential along, and a settlement its audit rows, each in one operation.
//! Elsewhere the counting comes first and the store after it, and what is cut off in between stays reserved, which
//! counts as a failure after a minute.

use hallpass_live::{Bucket, Reserved, Settlement, SharedLimits, Terms};
use hallpass_model::Timestamp;
use hallpass_model::audit::{Actor, AuditContext, Entry};
use hallpass_model::limit::{Budget, Held, LoginLimits, Outcome};
use hallpass_store::op::{self, AddressReservation, Credential, Reservation, Settled, UserKey};

use crate::attempts::Place;
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

/// Counts a lock, if one has closed.
pub(crate) fn count_lockout(has_closed: bool) {
    if has_closed {
        metrics::counter!("hallpass_lockouts_total").increment(1);
    }
}

fn limited(budget: Budget) -> Refused {
    Refused { error: Error::TooManyAttempts { retry_after: budget.resets_in }, budget: Some(budget) }
}

/// How an attempt ended.
pub(crate) struct Settling {
    pub(crate) act: AuditContext,
    /// The canonical address of the account.
    pub(crate) email: String,
    pub(crate) guard: LoginGuard,
    pub(crate) outcome: Outcome,
    pub(crate) audit: Option<Entry>,
}

impl Auth {
    /// Takes one attempt of the client address and one against the account, and reads what the password is checked
    /// against. While attempts under way fill the account's limit, it waits for one of them to be settled.
    pub(crate) async fn reserve_login(&self, attempt: &Attempt<'_>) -> Result<Granted, Refused> {
        let mut place = None;
        loop {
            let (reservation, ledger) = match &self.core().limits {
                None => (self.reserve_in_store(attempt).await?, Ledger::Store),
                Some(shared) => self.reserve_shared(shared, attempt).await?,
            };
            let (budget, held) = match reservation {
                Reservation::Granted { budget, credential } => return Ok(Granted { credential, budget, ledger }),
                Reservation::AddressLimited { budget } => return Err(limited(budget)),
                Reservation::AccountHeld { budget, refused } => (budget, refused),
            };
            let whose = (attempt.ctx.act(Actor::Anonymous), attempt.email.canonical());
            if let Err(error) = self.wait_for(held, &attempt.account_key, &mut place, whose).await {
                return Err(Refused { error, budget: Some(budget) });
            }
        }
    }

    /// Waits while an account is busy; the error of one that is locked, or busy for too long.
    async fn wait_for<'a>(
        &'a self,
        refused: op::Refused,
        account_key: &LimiterKey,
        place: &mut Option<Place<'a>>,
        (act, email): (AuditContext, &str),
    ) -> Result<()> {
        count_lockout(refused.has_closed);
        if let Held::Locked { retry_after } = refused.held {
            self.note_locked(act, email).await;
            return Err(Error::AccountLocked { retry_after });
        }
        if place.is_none() {
            *place = self.core().attempts.queue_up(account_key);
        }
        match place {
            Some(place) if place.wait().await => Ok(()),
            _ => Err(Error::LoginInProgress),
        }
    }

    async fn reserve_in_store(&self, attempt: &Attempt<'_>) -> Result<Reservation> {
        let operation = op::ReserveLogin {
            act: attempt.ctx.act(Actor::Anonymous),
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
            Reserved::AccountHeld { budget, held, has_closed } => {
                let refused = op::Refused { held, has_closed };
                self.audit_closed(refused, attempt.ctx.act(Actor::Anonymous), attempt.email.canonical()).await?;
                Reservation::AccountHeld { budget: budget.unwrap_or(whole), refused }
            }
            Reserved::Granted { budget } => {
                let key = UserKey::Email(attempt.email.canonical().to_owned());
                match self.core().store.read(op::FindCredential { key }).await {
                    Ok(credential) => Reservation::Granted { budget: budget.unwrap_or(whole), credential },
                    Err(error) => {
                        shared.settle(ledger, attempt.guard().bucket(), Outcome::Void, terms).await;
                        self.core().attempts.settled(&attempt.account_key);
                        return Err(error.into());
                    }
                }
            }
        };
        Ok((reservation, Ledger::Shared(ledger)))
    }

    /// A lock that abandoned attempts have closed, found where the store does not count.
    async fn audit_closed(&self, refused: op::Refused, act: AuditContext, email: &str) -> Result<()> {
        if refused.has_closed {
            self.core().store.write(op::AppendAudit { act, entry: op::closed_entry(email) }).await?;
        }
        Ok(())
    }

    /// Settles an attempt, with its audit rows. Every lock that a settlement closes or finds is counted here.
    pub(crate) async fn settle(&self, ledger: Ledger, settling: Settling) -> Result<Settled> {
        let settled = match ledger {
            Ledger::Store => self.settle_in_store(settling).await?,
            Ledger::Shared(ledger) => self.settle_in_shared(ledger, settling).await?,
        };
        count_lockout(settled.locked);
        Ok(settled)
    }

    async fn settle_in_store(&self, settling: Settling) -> Result<Settled> {
        let Settling { act, email, guard: LoginGuard { address_key, account_key }, outcome, audit } = settling;
        let limits = self.settings().limits;
        let operation = op::SettleLogin { act, address_key, account_key, limits, email, outcome, audit };
        let settled = self.core().store.write(operation).await;
        self.core().attempts.settled(&account_key);
        Ok(settled?)
    }

    async fn settle_in_shared(&self, ledger: hallpass_live::Ledger, settling: Settling) -> Result<Settled> {
        let Settling { act, email, guard, outcome, audit } = settling;
        let limits = self.settings().limits;
        let terms = Terms { now: act.at, limits: &limits };
        let settled = self.settle_with(ledger, guard.bucket(), outcome, terms).await;
        let lock = settled.locked.then(|| op::lock_entry(audit.as_ref(), &email));
        for entry in audit.into_iter().chain(lock) {
            self.core().store.write(op::AppendAudit { act: act.clone(), entry }).await?;
        }
        Ok(Settled { budget: settled.budget, locked: settled.locked })
    }

    async fn settle_with(
        &self,
        ledger: hallpass_live::Ledger,
        bucket: Bucket<'_>,
        outcome: Outcome,
        terms: Terms<'_>,
    ) -> Settlement {
        let settlement = match &self.core().limits {
            Some(shared) => shared.settle(ledger, bucket, outcome, terms).await,
            None => Settlement::default(),
        };
        if let Some(account_key) = bucket.account {
            self.core().attempts.settled(account_key);
        }
        settlement
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
                Reserved::Granted { budget: None } | Reserved::AccountHeld { .. } => Err(Error::Unavailable.into()),
            };
        }
        let operation = op::ReserveAddress { at: ctx.now, address_key: *key, limits: *limits };
        match self.core().store.write(operation).await? {
            AddressReservation::Granted { budget } => Ok(budget),
            AddressReservation::Limited { budget } => Err(limited(budget)),
        }
    }

    /// Takes one attempt against an account, for a password that is proved by a caller who is known already.
    pub(crate) async fn reserve_proof(
        &self,
        act: &AuditContext,
        account_key: &LimiterKey,
        email: &str,
    ) -> Result<Ledger> {
        let mut place = None;
        loop {
            let (refused, ledger) = self.try_proof(act, account_key, email).await?;
            let Some(refused) = refused else { return Ok(ledger) };
            self.wait_for(refused, account_key, &mut place, (act.clone(), email)).await?;
        }
    }

    async fn try_proof(
        &self,
        act: &AuditContext,
        account_key: &LimiterKey,
        email: &str,
    ) -> Result<(Option<op::Refused>, Ledger)> {
        let limits = self.settings().limits;
        let Some(shared) = &self.core().limits else {
            let (act, email) = (act.clone(), email.to_owned());
            let operation = op::ReserveAccount { act, account_key: *account_key, email, limits };
            return Ok((self.core().store.write(operation).await?.err(), Ledger::Store));
        };
        let bucket = Bucket { address: None, account: Some(account_key) };
        let (reserved, ledger) = shared.reserve(bucket, Terms { now: act.at, limits: &limits }).await;
        let Reserved::AccountHeld { held, has_closed, .. } = reserved else {
            return Ok((None, Ledger::Shared(ledger)));
        };
        let refused = op::Refused { held, has_closed };
        self.audit_closed(refused, act.clone(), email).await?;
        Ok((Some(refused), Ledger::Shared(ledger)))
    }

    /// Until when an account is locked; none when it is not.
    pub(crate) async fn locked_until(&self, ctx: &Ctx, account_key: &LimiterKey) -> Result<Option<Timestamp>> {
        let limits = self.settings().limits;
        let Some(shared) = &self.core().limits else {
            let operation = op::FindLock { now: ctx.now, account_key: *account_key, limits };
            return Ok(self.core().store.read(operation).await?);
        };
        let left = shared.locked_for(account_key, Terms { now: ctx.now, limits: &limits }).await.map_err(|fault| {
            tracing::warn!(%fault, "a lock could not be looked at");
            Error::Unavailable
        })?;
        Ok(left.map(|left| ctx.now + left))
    }

    /// Forgets an account's failures, and its lock with them; whether there were any.
    pub(crate) async fn unlock(&self, act: AuditContext, account_key: LimiterKey, entry: Entry) -> Result<bool> {
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
