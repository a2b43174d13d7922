//! Rate limits: reserving an attempt, waiting for a busy account, settling.
//!
//! The database counts, or what the replicas share. In the database a reservation brings the credential along, and a
//! settlement its audit rows, each in one operation. Elsewhere the counting comes first and the database after it, and
//! what is cut off in between stays reserved, which counts as a failure after a minute.

mod key;

use hallpass_model::Timestamp;
use hallpass_model::audit::{AuditContext, AuditEntry, Event};
use hallpass_model::rate_limit::{Backend, BucketKey, Budget, Hold, Outcome, Reservation, Settlement, Terms};
use hallpass_shared::SharedLimits;
use hallpass_store::op::{self, Attempt, Credential, Reserved, UserKey};

use crate::core::Auth;
use crate::ctx::Ctx;
use crate::state::Place;
use crate::{Error, Result};

pub use self::key::network;

/// An attempt that may go on.
pub(crate) struct Granted {
    /// What is left to the client address, if one is limited.
    pub(crate) budget: Option<Budget>,
    /// Where the attempt must be settled.
    pub(crate) backend: Backend,
    pub(crate) credential: Option<Credential>,
}

/// A login or a registration that was refused, with what is left of the address's attempts.
#[derive(Debug)]
pub struct Refused {
    pub error: Error,
    /// For the `RateLimit-*` headers; none if no attempt was counted.
    pub budget: Option<Budget>,
}

impl<E: Into<Error>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self { error: error.into(), budget: None }
    }
}

const fn terms(attempt: &Attempt) -> Terms<'_> {
    Terms { now: attempt.act.at, rule: &attempt.rule }
}

impl Auth {
    /// Reserves an attempt, and reads the credential of its email address if that is wanted. While attempts under way
    /// fill the account's limit, it waits for one of them to be settled.
    pub(crate) async fn reserve(&self, attempt: &Attempt, reads_credential: bool) -> Result<Granted, Refused> {
        let mut place = None;
        loop {
            let (backend, reserved) = match &self.core().limits {
                None => (Backend::Database, self.reserve_in_store(attempt, reads_credential).await?),
                Some(shared) => self.reserve_shared(shared, attempt, reads_credential).await?,
            };
            let (budget, error) = match reserved.reservation {
                Reservation::Granted { budget } => {
                    return Ok(Granted { budget, backend, credential: reserved.credential });
                }
                Reservation::AddressLimited { budget } => {
                    (Some(budget), Error::TooManyAttempts { retry_after: budget.resets_in })
                }
                Reservation::AccountHeld { budget, hold, has_closed } => {
                    self.core().counters.count_lockout(has_closed, attempt.act.at);
                    match self.wait_for(hold, attempt, &mut place).await {
                        Ok(()) => continue,
                        Err(error) => (budget, error),
                    }
                }
            };
            return Err(Refused { error, budget });
        }
    }

    /// Waits while an account is busy; the error of one that is locked, or busy for too long.
    async fn wait_for<'a>(&'a self, hold: Hold, attempt: &Attempt, place: &mut Option<Place<'a>>) -> Result<()> {
        if let Hold::Locked { retry_after } = hold {
            // A device that is locked goes on as a stranger: the account may be open.
            if attempt.lock_event == Event::AccountLocked {
                self.note_locked(attempt.act.clone(), &attempt.email).await;
            }
            return Err(Error::AccountLocked { retry_after });
        }
        if place.is_none() {
            *place = attempt.buckets.account.as_ref().and_then(|account| self.core().attempts.queue_up(account));
        }
        match place {
            Some(place) if place.wait().await => Ok(()),
            _ => Err(Error::LoginInProgress),
        }
    }

    async fn reserve_in_store(&self, attempt: &Attempt, reads_credential: bool) -> Result<Reserved> {
        let operation = op::Reserve { attempt: attempt.clone(), reads_credential };
        Ok(self.core().store.write(operation).await?)
    }

    async fn reserve_shared(
        &self,
        shared: &SharedLimits,
        attempt: &Attempt,
        reads_credential: bool,
    ) -> Result<(Backend, Reserved)> {
        let (reservation, backend) = shared.reserve(&attempt.buckets, terms(attempt)).await;
        if let Reservation::AccountHeld { has_closed: true, .. } = reservation {
            let entry = attempt.lock_entry(None);
            self.core().store.write(op::AppendAudit { act: attempt.act.clone(), entry }).await?;
        }
        let mut reserved = Reserved { reservation, credential: None };
        if reads_credential && matches!(reservation, Reservation::Granted { .. }) {
            let key = UserKey::Email(attempt.email.clone());
            reserved.credential = match self.core().store.read(op::FindCredential { key }).await {
                Ok(credential) => credential,
                Err(error) => {
                    self.settle_counters(backend, attempt, Outcome::Void).await;
                    return Err(error.into());
                }
            };
        }
        Ok((backend, reserved))
    }

    /// Settles an attempt, with its audit rows. Every lock that a settlement closes or finds is counted here.
    pub(crate) async fn settle(
        &self,
        attempt: &Attempt,
        backend: Backend,
        outcome: Outcome,
        audit: Option<AuditEntry>,
    ) -> Result<Settlement> {
        let settlement = if backend == Backend::Database {
            let settled = self.core().store.write(op::Settle { attempt: attempt.clone(), outcome, audit }).await;
            self.wake_waiting(attempt);
            settled?
        } else {
            let settlement = self.settle_counters(backend, attempt, outcome).await;
            let lock = settlement.locked.then(|| attempt.lock_entry(audit.as_ref()));
            for entry in audit.into_iter().chain(lock) {
                self.core().store.write(op::AppendAudit { act: attempt.act.clone(), entry }).await?;
            }
            settlement
        };
        self.core().counters.count_lockout(settlement.locked, attempt.act.at);
        Ok(settlement)
    }

    async fn settle_counters(&self, backend: Backend, attempt: &Attempt, outcome: Outcome) -> Settlement {
        let settlement = match &self.core().limits {
            Some(shared) => shared.settle(backend, &attempt.buckets, outcome, terms(attempt)).await,
            None => Settlement::default(),
        };
        self.wake_waiting(attempt);
        settlement
    }

    /// An attempt was settled: the one that has waited longest for its account may go on.
    pub(crate) fn wake_waiting(&self, attempt: &Attempt) {
        if let Some(account) = &attempt.buckets.account {
            self.core().attempts.settled(account);
        }
    }

    /// Until when an account is locked; `None` if it is not.
    pub(crate) async fn locked_until(&self, ctx: &Ctx, account: &BucketKey) -> Result<Option<Timestamp>> {
        let rule = self.settings().rules.login;
        let Some(shared) = &self.core().limits else {
            let operation = op::FindLock { now: ctx.now, account: *account, rule };
            return Ok(self.core().store.read(operation).await?);
        };
        let left = shared.locked_for(account, Terms { now: ctx.now, rule: &rule }).await.map_err(|fault| {
            tracing::warn!(%fault, "a lock could not be read");
            Error::Unavailable
        })?;
        Ok(left.map(|left| ctx.now + left))
    }

    /// Forgets an account's failures, and its lock with them; whether there were any.
    pub(crate) async fn unlock(&self, act: AuditContext, account: BucketKey, entry: AuditEntry) -> Result<bool> {
        let Some(shared) = &self.core().limits else {
            return Ok(self.core().store.write(op::Unlock { act, account, entry }).await?);
        };
        let was_locked = shared.unlock(&account).await.map_err(|fault| {
            tracing::warn!(%fault, "a lock could not be ended");
            Error::Unavailable
        })?;
        if was_locked {
            self.core().store.write(op::AppendAudit { act, entry }).await?;
        }
        Ok(was_locked)
    }
}
