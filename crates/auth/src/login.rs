//! Login: reserve, hash, settle.
//!
//! An attempt is reserved against the client address and the email address before any hashing, so that parallel
//! guesses cannot overrun the limit; success gives it back. An address without an account costs the same hash and
//! locks just the same.

use hallpass_model::audit::{Actor, AuditEntry, Event};
use hallpass_model::rate_limit::{Backend, Buckets, Budget, Outcome, Settlement};
use hallpass_model::refresh_token::RefreshToken;
use hallpass_model::{Email, SessionId, UserId};
use hallpass_password::Password;
use hallpass_store::op::{self, Attempt, Credential, NewSession, OpenSessionOutcome, UserKey};

use crate::core::Auth;
use crate::ctx::Ctx;
use crate::mail::PresentedValue;
use crate::one_time::{self, Presented};
use crate::rate_limit::{Granted, Refused};
use crate::rooms::Accounts;
use crate::tokens::{Bearer, LoggedIn};
use crate::{Error, Result};

/// What a client presents.
#[derive(Debug)]
pub struct Login<'a> {
    /// The address, as typed.
    pub email: &'a str,
    /// The password.
    pub password: Password,
    /// The password that shall replace it, when it is a one-time password.
    pub new_password: Option<Password>,
    /// A refresh token that came along in the cookie: its session ends when the new one begins.
    pub previous: Option<&'a str>,
    /// What proves the address, from the mail of the registration.
    pub proof: Option<PresentedValue>,
}

/// How often a password is checked when the stored hash changes meanwhile.
pub(crate) const MOST_CHECKS: usize = 3;

/// What became of a right password.
enum Entered {
    In(Box<LoggedIn>, Option<Budget>),
    /// The account was suspended or deleted in the meantime; the attempt is still reserved.
    Refused,
    /// The stored hash was another one by then; the attempt is still reserved.
    Stale,
    /// The address has to be proved first; the attempt is still reserved.
    Unproved,
    /// What came along does not prove it; the attempt is still reserved.
    Unfit,
}

/// What became of a password that was checked.
enum Tried {
    In(Box<LoggedIn>, Option<Budget>),
    /// It is to be checked again, against what stands now.
    Again,
}

/// A login that was reserved.
struct LoginAttempt<'a> {
    ctx: &'a Ctx,
    email: &'a Email,
    counted: Attempt,
    backend: Backend,
    /// What was left to the client address when it was reserved.
    budget: Option<Budget>,
    /// Whether the address knows the device.
    is_known: bool,
}

/// Who has proved a password, and what the session that begins brings along.
struct Entrant<'a> {
    known: &'a Credential,
    new_hash: Option<String>,
    previous: Option<&'a str>,
    proof: Option<op::Presented>,
}

impl Accounts<'_> {
    /// Logs a user in.
    ///
    /// # Errors
    /// [`Error::InvalidCredentials`] for a wrong password, an unknown address and a suspended account alike;
    /// [`Error::PasswordChangeRequired`] for a one-time password without a new one, [`Error::NotOneTime`],
    /// [`Error::SamePassword`], [`Error::WeakPassword`] for the new one; [`Error::TooManyAttempts`],
    /// [`Error::AccountLocked`], [`Error::LoginInProgress`], [`Error::InvalidEmail`], [`Error::LegacyUnavailable`],
    /// [`Error::Overloaded`], [`Error::Unavailable`].
    pub async fn login(self, ctx: &Ctx, login: Login<'_>) -> Result<(LoggedIn, Option<Budget>), Refused> {
        let (this, at, ctx, email) = (self.0.clone(), ctx.now, ctx.clone(), login.email.to_owned());
        let (password, new_password) = (login.password, login.new_password);
        let (previous, proof) = (login.previous.map(str::to_owned), login.proof);
        let attempt = async move {
            let login = Login { email: &email, password, new_password, previous: previous.as_deref(), proof };
            this.attempt_login(&ctx, login).await
        };
        let result = self.0.to_its_end(Box::pin(attempt)).await;
        let label = match &result {
            Ok(_) => "success",
            Err(refused) => label(&refused.error),
        };
        self.0.core().counters.count_login(label, at);
        result
    }
}

impl Auth {
    async fn attempt_login(&self, ctx: &Ctx, login: Login<'_>) -> Result<(LoggedIn, Option<Budget>), Refused> {
        let email = Email::parse(login.email).map_err(Error::from)?;
        let counted = Attempt {
            act: ctx.act(Actor::Anonymous),
            buckets: Buckets { address: Some(self.login_address_key(ctx.ip)), account: Some(self.account_key(&email)) },
            rule: self.settings().rules.login,
            email: email.canonical().to_owned(),
            lock_event: Event::AccountLocked,
        };
        let (granted, counted, is_known) = self.reserve_password(ctx, counted, (&email, None)).await?;
        let Granted { mut credential, budget, backend } = granted;
        let attempt = LoginAttempt { ctx, email: &email, counted, backend, budget, is_known };
        let proof = self.proof_of(&email, login.proof.clone());
        for _ in 0..MOST_CHECKS {
            match self.try_password(&attempt, credential, &login, proof.as_ref()).await? {
                Tried::In(logged_in, left) => return Ok((*logged_in, left.or(budget))),
                Tried::Again => credential = self.credential_again(&attempt).await?,
            }
        }
        Err(self.void(&attempt, Error::LoginInProgress).await)
    }

    /// Checks the password against what stands now, and lets its owner in.
    async fn try_password(
        &self,
        attempt: &LoginAttempt<'_>,
        credential: Option<Credential>,
        login: &Login<'_>,
        proof: Option<&op::Presented>,
    ) -> Result<Tried, Refused> {
        let (ctx, password) = (attempt.ctx, &login.password);
        let Some(known) = credential else { return self.try_stranger(attempt, password).await };
        let user = known.user.id;
        let verdict = match self.verify_password(ctx, password.clone(), &known).await {
            Ok(verdict) => verdict,
            Err(error) => return Err(self.void(attempt, error).await),
        };
        if !verdict.ok {
            return Err(self.fail(attempt, Some(user)).await?);
        }
        let presented = Presented { password, replacement: login.new_password.clone() };
        let new_hash = match self.replacement_hash(&known, attempt.email, presented).await {
            Ok(new_hash) => new_hash,
            Err(error) => return Err(self.void(attempt, error).await),
        };
        let is_kept = new_hash.is_none();
        let entrant = Entrant { known: &known, new_hash, previous: login.previous, proof: proof.cloned() };
        match self.enter(attempt, entrant).await? {
            Entered::In(mut logged_in, left) => {
                logged_in.is_password_breached = is_kept && self.warn_if_breached(ctx, user, password).await;
                if is_kept && verdict.needs_rehash {
                    self.remake_hash(ctx, known, password.clone()).await;
                }
                Ok(Tried::In(logged_in, left))
            }
            Entered::Unproved => Err(self.void(attempt, Error::EmailUnverified).await),
            Entered::Unfit => Err(self.void(attempt, Error::UnfitOneTime).await),
            Entered::Refused => Err(self.fail(attempt, Some(user)).await?),
            // Remade by a login beside this one, or changed: the password is checked against what stands now.
            Entered::Stale => Ok(Tried::Again),
        }
    }

    /// An address without an account: who has one elsewhere moves in, and is checked as everybody is.
    async fn try_stranger(&self, attempt: &LoginAttempt<'_>, password: &Password) -> Result<Tried, Refused> {
        match self.move_in(attempt.ctx, attempt.email, password).await {
            Ok(true) => Ok(Tried::Again),
            Ok(false) => Err(self.fail(attempt, None).await?),
            Err(error) => Err(self.void(attempt, error).await),
        }
    }

    /// What the store checks. What is no value at all proves nothing, and is refused only where a proof is asked for.
    fn proof_of(&self, email: &Email, proof: Option<PresentedValue>) -> Option<op::Presented> {
        let value = match proof? {
            PresentedValue::Code { code, .. } => PresentedValue::Code { email: email.canonical().to_owned(), code },
            link @ PresentedValue::Link(_) => link,
        };
        self.presented(&value.anywhere()).ok()
    }

    /// Verifies against a stored hash. No password of an account that may not enter is right.
    ///
    /// A hash that cannot be read is logged once for each account and process: no password matches it, and only an
    /// operator can mend that.
    pub(crate) async fn verify_password(
        &self,
        ctx: &Ctx,
        password: Password,
        known: &Credential,
    ) -> Result<hallpass_password::Verdict> {
        let may_enter = known.user.status.may_enter() && one_time::is_good(known, ctx);
        // An account without a password is refused as an unknown one, in the same time.
        let Some(stored) = known.password_hash.clone() else {
            return Ok(self.core().pool.verify_decoy(password).await?);
        };
        let verdict = self.core().pool.verify(password, stored, may_enter).await?;
        if verdict.is_unreadable && self.core().attempts.is_first_unreadable(known.user.id) {
            tracing::error!(user = %known.user.id, "the stored password hash cannot be read: set a new password");
        }
        Ok(verdict)
    }

    async fn credential_again(&self, attempt: &LoginAttempt<'_>) -> Result<Option<Credential>, Refused> {
        let key = UserKey::Email(attempt.email.canonical().to_owned());
        match self.core().store.read(op::FindCredential { key }).await {
            Ok(credential) => Ok(credential),
            Err(error) => Err(self.void(attempt, error.into()).await),
        }
    }

    /// Nothing was found out, so nothing counts. A store that fails now has kept the reservation, which then counts
    /// as a failure: closed rather than open.
    async fn void(&self, attempt: &LoginAttempt<'_>, error: Error) -> Refused {
        let settled = self.settle_login(attempt, Outcome::Void, None).await;
        let budget = settled.ok().and_then(|settled| settled.budget).or(attempt.budget);
        Refused { error, budget }
    }

    async fn fail(&self, attempt: &LoginAttempt<'_>, user: Option<UserId>) -> Result<Refused, Refused> {
        let mut entry = AuditEntry::new(Event::LoginFailed).detail("email", attempt.email.canonical());
        entry.user = user;
        let settled = self.settle_login(attempt, Outcome::Failure, Some(entry)).await?;
        let budget = settled.budget.or(attempt.budget);
        if budget.is_some_and(|budget| budget.remaining == 0) {
            // Once a window, when the last attempt is used up; a flood of refusals writes nothing.
            let act = attempt.counted.act.clone();
            self.core().store.write(op::AppendAudit { act, entry: AuditEntry::new(Event::LoginLimited) }).await?;
        }
        Ok(Refused { error: Error::InvalidCredentials, budget })
    }

    async fn settle_login(
        &self,
        attempt: &LoginAttempt<'_>,
        outcome: Outcome,
        audit: Option<AuditEntry>,
    ) -> Result<Settlement> {
        self.settle(&attempt.counted, attempt.backend, outcome, audit).await
    }

    /// Opens the session, unless the account changed while the password was being hashed.
    async fn enter(
        &self,
        attempt: &LoginAttempt<'_>,
        Entrant { known, new_hash, previous, proof }: Entrant<'_>,
    ) -> Result<Entered> {
        let ctx = attempt.ctx;
        let (token, session) = self.new_session(ctx, known.user.id)?;
        let operation = op::OpenSession {
            act: ctx.act(Actor::User(known.user.id)),
            attempt: (attempt.backend == Backend::Database).then(|| attempt.counted.clone()),
            seen_hash: known.password_hash.clone().unwrap_or_default(),
            new_hash,
            session: session.clone(),
            proof,
            demands_proof: self.mail().requires_proof(),
            notice: if attempt.is_known { None } else { self.new_device(ctx, &known.user)? },
            ends: self.session_of(previous).map(|ended| (ended, self.settings().revocation_ttl())),
        };
        let counts_elsewhere = attempt.backend != Backend::Database;
        let outcome = match self.core().revoke(ctx, operation).await {
            Ok(outcome) => outcome,
            Err(error) => {
                if counts_elsewhere {
                    drop(self.settle_login(attempt, Outcome::Void, None).await);
                }
                return Err(error.into());
            }
        };
        match outcome {
            OpenSessionOutcome::Opened { user, settled } => {
                let settled = if counts_elsewhere {
                    // The session is open: a row that the audit log cannot take now must not keep it from its owner.
                    let settled = self.settle_login(attempt, Outcome::Success, None).await;
                    settled.inspect_err(|error| tracing::warn!(%error, "a good login could not be settled")).ok()
                } else {
                    self.wake_waiting(&attempt.counted);
                    self.core().counters.count_lockout(settled.is_some_and(|settled| settled.locked), ctx.now);
                    settled
                };
                let left = settled.and_then(|settled| settled.budget);
                self.core().has_mail.notify_one();
                Ok(Entered::In(Box::new(self.logged_in(ctx, *user, &token, &session)?), left))
            }
            OpenSessionOutcome::Refused => Ok(Entered::Refused),
            OpenSessionOutcome::Stale => Ok(Entered::Stale),
            OpenSessionOutcome::Unproved => Ok(Entered::Unproved),
            OpenSessionOutcome::Unfit => Ok(Entered::Unfit),
        }
    }

    /// The session of a genuine token: enough to end it, and a forged one names none.
    pub(crate) fn session_of(&self, token: Option<&str>) -> Option<SessionId> {
        token.and_then(|text| self.core().codec.decode(text).ok()).map(|token| token.session())
    }

    /// A fresh family: its first token, and the row that knows only the token's hash.
    pub(crate) fn new_session(&self, ctx: &Ctx, user: hallpass_model::UserId) -> Result<(RefreshToken, NewSession)> {
        let token = RefreshToken::first(ctx.session_id()?, ctx.secret()?);
        let policy = self.settings().refresh;
        let absolute_expires_at = policy.absolute_end(ctx.now);
        let session = NewSession {
            id: token.session(),
            user,
            first_hash: token.hash(),
            expires_at: policy.idle_end(ctx.now, absolute_expires_at),
            absolute_expires_at,
        };
        Ok((token, session))
    }

    pub(crate) fn logged_in(
        &self,
        ctx: &Ctx,
        user: hallpass_model::user::User,
        token: &RefreshToken,
        session: &NewSession,
    ) -> Result<LoggedIn> {
        ctx.caller.note(user.id, session.id);
        let bearer = Bearer {
            user: user.id,
            role: &user.role,
            session: session.id,
            tokens_from: user.tokens_from,
            // The act's own, which the new row says.
            issued_at: ctx.now,
        };
        let access = self.mint(ctx, &bearer)?;
        let refresh = self.issue(ctx, token, session.expires_at);
        let device = self.remember_device(ctx, &user)?;
        Ok(LoggedIn { access, refresh, user, device, is_password_breached: false })
    }

    /// Whether the password of a good login is known from breaches. If it is, the audit log gets a row.
    async fn warn_if_breached(&self, ctx: &Ctx, user: UserId, password: &Password) -> bool {
        let breached = self.settings().accounts.breached.as_ref();
        let is_breached = breached.is_some_and(|breached| breached.contains(password));
        if is_breached {
            self.note_breached(ctx, user).await;
        }
        is_breached
    }

    /// Remakes a hash that is below today's cost, now that the password is at hand. The login stands whatever
    /// becomes of it; the next one tries again.
    async fn remake_hash(&self, ctx: &Ctx, known: Credential, password: Password) {
        let user = known.user.id;
        let Some(old_hash) = known.password_hash else { return };
        let remade = async {
            let new_hash = self.core().pool.hash(password).await?;
            let act = ctx.act(Actor::System);
            Ok::<_, Error>(self.core().store.write(op::Rehash { act, user, old_hash, new_hash }).await?)
        };
        if let Err(error) = remade.await {
            tracing::warn!(%user, %error, "the password hash could not be remade; the next login tries again");
        }
    }
}

const fn label(error: &Error) -> &'static str {
    match error {
        Error::InvalidCredentials => "invalid_credentials",
        Error::PasswordChangeRequired => "password_change_required",
        Error::EmailUnverified => "email_unverified",
        Error::AccountLocked { .. } => "locked",
        Error::LoginInProgress => "busy",
        Error::TooManyAttempts { .. } => "limited",
        Error::Overloaded => "overloaded",
        Error::LegacyUnavailable => "legacy_unavailable",
        Error::Unavailable => "unavailable",
        _ => "invalid_request",
    }
}
