//! Login: reserve, hash, settle.
//!
//! An attempt is reserved against the client address and the email address before any hashing, so that parallel
//! guesses cannot overrun the limit; success gives it back. An address without an account costs the same hash and
//! locks just the same.

use hallpass_model::audit::{Actor, Entry, Event};
use hallpass_model::limit::{Budget, Outcome};
use hallpass_model::refresh_token::RefreshToken;
use hallpass_model::{Email, SessionId};
use hallpass_password::Password;
use hallpass_store::op::{self, Credential, NewSession, OpenSessionOutcome, Reservation};

use crate::core::Auth;
use crate::ctx::Ctx;
use crate::guard::LimiterKey;
use crate::tokens::{Bearer, LoggedIn};
use crate::{Error, Result};

/// What a client presents.
#[derive(Debug)]
pub struct Login<'a> {
    /// The address, as typed.
    pub email: &'a str,
    /// The password.
    pub password: Password,
    /// A refresh token that came along in the cookie: its session ends when the new one begins.
    pub previous: Option<&'a str>,
}

/// A refused login, with what is left of the address's attempts.
#[derive(Debug)]
pub struct LoginRefused {
    /// Why.
    pub error: Error,
    /// For the `RateLimit-*` headers; none when the request never came to the guard.
    pub budget: Option<Budget>,
}

impl<E: Into<Error>> From<E> for LoginRefused {
    fn from(error: E) -> Self {
        Self { error: error.into(), budget: None }
    }
}

/// One reserved attempt.
struct Attempt<'a> {
    ctx: &'a Ctx,
    email: &'a Email,
    address_key: LimiterKey,
    account_key: LimiterKey,
}

impl Auth {
    /// Logs a user in.
    ///
    /// # Errors
    /// [`Error::InvalidCredentials`] for a wrong password, an unknown address and a suspended account alike;
    /// [`Error::TooManyAttempts`], [`Error::AccountLocked`], [`Error::InvalidEmail`], [`Error::Overloaded`],
    /// [`Error::Unavailable`].
    pub async fn login(&self, ctx: &Ctx, login: Login<'_>) -> Result<(LoggedIn, Budget), LoginRefused> {
        let result = self.attempt_login(ctx, login).await;
        let label = match &result {
            Ok(_) => "success",
            Err(refused) => label(&refused.error),
        };
        metrics::counter!("hallpass_logins_total", "result" => label).increment(1);
        result
    }

    async fn attempt_login(&self, ctx: &Ctx, login: Login<'_>) -> Result<(LoggedIn, Budget), LoginRefused> {
        let email = Email::parse(login.email).map_err(Error::from)?;
        let attempt = Attempt {
            ctx,
            email: &email,
            address_key: self.login_address_key(ctx.ip),
            account_key: self.account_key(&email),
        };
        let (credential, budget) = self.reserve(&attempt).await?;
        let password = login.password;
        let verdict = match self.check(&password, credential.as_ref()).await {
            Ok(verdict) => verdict,
            Err(error) => return Err(self.void(&attempt, error, budget).await),
        };
        let Some(known) = credential.filter(|known| verdict.ok && known.user.status.may_enter()) else {
            return Err(self.fail(&attempt, budget).await?);
        };
        let (logged_in, budget) = self.enter(&attempt, &known, login.previous).await?;
        if verdict.needs_rehash {
            self.remake_hash(ctx, known, password).await;
        }
        Ok((logged_in, budget))
    }

    async fn reserve(&self, attempt: &Attempt<'_>) -> Result<(Option<Credential>, Budget), LoginRefused> {
        let reservation = self
            .core()
            .store
            .write(op::ReserveLogin {
                at: attempt.ctx.now,
                address_key: attempt.address_key,
                account_key: attempt.account_key,
                email: attempt.email.canonical().to_owned(),
                limits: self.settings().limits,
            })
            .await?;
        match reservation {
            Reservation::Granted { budget, credential } => Ok((credential, budget)),
            Reservation::AddressLimited { budget } => {
                let error = Error::TooManyAttempts { retry_after: budget.resets_in };
                Err(LoginRefused { error, budget: Some(budget) })
            }
            Reservation::AccountLocked { budget, retry_after } => {
                Err(LoginRefused { error: Error::AccountLocked { retry_after }, budget: Some(budget) })
            }
        }
    }

    /// Verifies against the stored hash, or against a decoy of the same cost when there is none.
    async fn check(&self, password: &Password, credential: Option<&Credential>) -> Result<hallpass_password::Verdict> {
        let pool = &self.core().pool;
        let verdict = match credential {
            Some(known) => pool.verify(password.clone(), known.password_hash.clone()).await?,
            None => pool.verify_decoy(password.clone()).await?,
        };
        Ok(verdict)
    }

    /// Nothing was found out, so nothing counts. A store that fails now has kept the reservation, which then counts
    /// as a failure: closed rather than open.
    async fn void(&self, attempt: &Attempt<'_>, error: Error, budget: Budget) -> LoginRefused {
        let settled = self.core().store.write(self.settlement(attempt, Outcome::Void, None)).await;
        let budget = settled.ok().and_then(|settled| settled.budget).or(Some(budget));
        LoginRefused { error, budget }
    }

    async fn fail(&self, attempt: &Attempt<'_>, budget: Budget) -> Result<LoginRefused, LoginRefused> {
        let entry = Entry::new(Event::LoginFailed).detail("email", attempt.email.canonical());
        let store = &self.core().store;
        let settled = store.write(self.settlement(attempt, Outcome::Failure, Some(entry))).await?;
        if settled.locked {
            metrics::counter!("hallpass_lockouts_total").increment(1);
        }
        let budget = settled.budget.unwrap_or(budget);
        if budget.remaining == 0 {
            // Once a window, when the last attempt is used up; a flood of refusals writes nothing.
            let act = attempt.ctx.act(Actor::Anonymous);
            store.write(op::AppendAudit { act, entry: Entry::new(Event::LoginLimited) }).await?;
        }
        Ok(LoginRefused { error: Error::InvalidCredentials, budget: Some(budget) })
    }

    fn settlement(&self, attempt: &Attempt<'_>, outcome: Outcome, audit: Option<Entry>) -> op::SettleLogin {
        op::SettleLogin {
            act: attempt.ctx.act(Actor::Anonymous),
            address_key: Some(attempt.address_key),
            account_key: attempt.account_key,
            limits: self.settings().limits,
            outcome,
            audit,
        }
    }

    /// Opens the session, unless the account changed while the password was being hashed.
    async fn enter(
        &self,
        attempt: &Attempt<'_>,
        known: &Credential,
        previous: Option<&str>,
    ) -> Result<(LoggedIn, Budget), LoginRefused> {
        let ctx = attempt.ctx;
        let (token, session) = self.new_session(ctx, known.user.id)?;
        let outcome = self
            .core()
            .store
            .write(op::OpenSession {
                act: ctx.act(Actor::User(known.user.id)),
                address_key: attempt.address_key,
                account_key: attempt.account_key,
                limits: self.settings().limits,
                seen_hash: known.password_hash.clone(),
                session: session.clone(),
                ends: self.session_of(previous).map(|ended| (ended, self.settings().outlives())),
            })
            .await?;
        match outcome {
            OpenSessionOutcome::Opened { user, budget } => Ok((self.logged_in(ctx, user, &token, &session)?, budget)),
            OpenSessionOutcome::Refused => Err(Error::InvalidCredentials.into()),
        }
    }

    /// The session of a genuine token: enough to end it, and a forged one names none.
    fn session_of(&self, token: Option<&str>) -> Option<SessionId> {
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
        let bearer = Bearer { user: user.id, role: &user.role, session: session.id, tokens_from: user.tokens_from };
        let access = self.mint(ctx, &bearer)?;
        let refresh = self.issue(ctx, token, session.expires_at);
        Ok(LoggedIn { access, refresh, user })
    }

    /// Remakes a hash that is below today's cost, now that the password is at hand. The login stands whatever
    /// becomes of it; the next one tries again.
    async fn remake_hash(&self, ctx: &Ctx, known: Credential, password: Password) {
        let user = known.user.id;
        let remade = async {
            let new_hash = self.core().pool.hash(password).await?;
            let act = ctx.act(Actor::System);
            Ok::<_, Error>(
                self.core().store.write(op::Rehash { act, user, old_hash: known.password_hash, new_hash }).await?,
            )
        };
        if let Err(error) = remade.await {
            tracing::warn!(%user, %error, "the password hash could not be remade; the next login tries again");
        }
    }
}

const fn label(error: &Error) -> &'static str {
    match error {
        Error::InvalidCredentials => "invalid_credentials",
        Error::AccountLocked { .. } => "locked",
        Error::TooManyAttempts { .. } => "limited",
        Error::Overloaded => "overloaded",
        Error::Unavailable => "unavailable",
        _ => "invalid_request",
    }
}
