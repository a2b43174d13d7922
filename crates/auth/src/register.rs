//! Registration: an account and its first session, in one transaction.

use hallpass_model::audit::{Actor, Event};
use hallpass_model::rate_limit::{Buckets, Budget};
use hallpass_model::{Email, Role, UserId};
use hallpass_password::{Password, Rules};
use hallpass_store::op::{self, Attempt, CreateUserOutcome, NewUser, Welcome};

use crate::core::Auth;
use crate::ctx::Ctx;
use crate::mail::evenly;
use crate::rate_limit::Refused;
use crate::rooms::Accounts;
use crate::settings::Registration;
use crate::tokens::LoggedIn;
use crate::{Error, Result};

/// What became of a registration.
#[derive(Debug)]
pub enum Registered {
    /// The account is made and logged in.
    In(Box<LoggedIn>),
    /// A mail is on its way, to a new account or to the one that has the address already.
    MailTells,
}

impl Accounts<'_> {
    /// Makes an account and logs it in, with what is left of the address's registrations. Where an address has to be proved
    /// first nobody is logged in, and the answer is alike for an address that has an account: the mail tells.
    ///
    /// # Errors
    /// [`Error::RegistrationClosed`], [`Error::InvalidEmail`], [`Error::WeakPassword`], [`Error::EmailTaken`],
    /// [`Error::TooManyAttempts`], [`Error::Overloaded`], [`Error::Unavailable`].
    pub async fn register(self, ctx: &Ctx, email: &str, password: Password) -> Result<(Registered, Budget), Refused> {
        if self.0.settings().accounts.registration == Registration::Closed {
            return Err(Error::RegistrationClosed.into());
        }
        let email = Email::parse(email).map_err(Error::from)?;
        let budget = self.0.spend_registration(ctx).await?;
        let making = self.0.make_account(ctx, email, password);
        // Where the answer tells of no account, its time must not either.
        let made = if self.0.mail().requires_proof() { evenly(making).await } else { making.await };
        match made {
            Ok(made) => Ok((made, budget)),
            Err(error) => Err(Refused { error, budget: Some(budget) }),
        }
    }
}

impl Auth {
    async fn make_account(&self, ctx: &Ctx, email: Email, password: Password) -> Result<Registered> {
        let must_verify = self.mail().requires_proof();
        let password_hash = self.hash_new_password(password, &email).await?;
        let id = ctx.user_id()?;
        let (token, session) = self.new_session(ctx, id)?;
        let mail = self.mail().is_on().then(|| self.welcome(ctx, id, &email)).transpose()?;
        let operation = op::CreateUser {
            act: ctx.act(Actor::User(id)),
            user: NewUser { must_verify, ..NewUser::new(id, email, Role::user(), password_hash) },
            session: (!must_verify).then(|| session.clone()),
            only_if_first: false,
            event: Event::Registered,
            mail,
        };
        let outcome = self.core().store.write(operation).await?;
        self.core().has_mail.notify_one();
        match outcome {
            _ if must_verify => Ok(Registered::MailTells),
            CreateUserOutcome::Created(user) => {
                self.logged_in(ctx, user, &token, &session).map(|made| Registered::In(Box::new(made)))
            }
            CreateUserOutcome::EmailTaken | CreateUserOutcome::NotFirst => Err(Error::EmailTaken),
        }
    }

    /// The mails of a registration. Where the answer tells of a taken address, no mail has to.
    fn welcome(&self, ctx: &Ctx, id: UserId, email: &Email) -> Result<Welcome> {
        let taken = self.mail().requires_proof().then(|| self.account_exists(ctx, email, None)).transpose()?;
        Ok(Welcome { new: self.verification(ctx, id, email)?, taken })
    }

    /// Checks a password against the policy and hashes it.
    pub(crate) async fn hash_new_password(&self, password: Password, email: &Email) -> Result<String> {
        let (pool, rules) = (&self.core().pool, self.password_rules(email));
        if self.settings().accounts.breach_service.is_none() {
            return Ok(pool.hash_new(password, rules).await??);
        }
        // The service is not asked about a password that is refused anyway.
        pool.check_new(password.clone(), rules).await??;
        self.ask_breach_service(&password).await?;
        Ok(pool.hash(password).await?)
    }

    /// What a new password may not be: what belongs to the account and to this service, and so to what a guesser tries
    /// first; and what is known from breaches.
    pub(crate) fn password_rules(&self, email: &Email) -> Rules {
        let issuer = self.settings().token.issuer.as_str();
        let host = issuer.split_once("://").map_or(issuer, |(_, host)| host);
        let names = host.split(['.', ':', '/']).filter(|name| name.len() > 2).map(str::to_owned);
        let own = [email.canonical().to_owned(), email.local_part().to_owned()];
        Rules { context: own.into_iter().chain(names).collect(), breached: self.settings().accounts.breached.clone() }
    }

    /// Registration hashes, and hashing is expensive: an address has a budget of its own, which success does not refill.
    async fn spend_registration(&self, ctx: &Ctx) -> Result<Budget, Refused> {
        let attempt = Attempt {
            act: ctx.act(Actor::Anonymous),
            buckets: Buckets { address: Some(self.register_address_key(ctx.ip)), account: None },
            rule: self.settings().rules.register,
            email: String::new(),
            lock_event: Event::AccountLocked,
        };
        // An address was asked for: there is no answer without its budget.
        self.reserve(&attempt, false).await?.budget.ok_or_else(|| Error::Unavailable.into())
    }
}
