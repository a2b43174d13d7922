//! Changing one's password, under the same guard as a login: a stolen access token must not allow guessing.

use hallpass_mail::Template;
use hallpass_model::audit::{Actor, AuditEntry, Event};
use hallpass_model::rate_limit::{Buckets, Outcome};
use hallpass_model::secret::SecretText;
use hallpass_password::Password;
use hallpass_store::op::{self, Attempt, ChangePasswordOutcome, Credential, UserKey};

use crate::core::Auth;
use crate::ctx::Ctx;
use crate::login::MOST_CHECKS;
use crate::principal::Principal;
use crate::rooms::Accounts;
use crate::{Error, Result, hash_work};

impl Accounts<'_> {
    /// Changes the caller's password and ends every other session. No device is known any more but this one, which gets what
    /// it keeps from now on.
    ///
    /// # Errors
    /// [`Error::WrongPassword`], [`Error::WeakPassword`], [`Error::AccountLocked`], [`Error::LoginInProgress`],
    /// [`Error::Overloaded`], [`Error::Unavailable`].
    pub async fn change_password(
        self,
        ctx: &Ctx,
        principal: &Principal,
        current: Password,
        new: Password,
    ) -> Result<Option<SecretText>> {
        let (this, ctx, principal) = (self.0.clone(), ctx.clone(), principal.clone());
        self.0.to_its_end(Box::pin(async move { this.replace_password(&ctx, &principal, current, new).await })).await
    }
}

impl Auth {
    async fn replace_password(
        &self,
        ctx: &Ctx,
        principal: &Principal,
        current: Password,
        new: Password,
    ) -> Result<Option<SecretText>> {
        let mut known = self.own_credential(principal).await?;
        // Before the guard: a password that would be refused anyway must not spend an attempt.
        self.core().pool.check_new(new.clone(), self.password_rules(&known.user.email)).await??;
        self.ask_breach_service(&new).await?;
        self.prove_password(ctx, &known, current.clone()).await?;
        let new_hash = self.core().pool.hash(new).await?;
        for _ in 0..MOST_CHECKS {
            // Proved against this hash, so there is one.
            let Some(old_hash) = known.password_hash else { return Err(Error::WrongPassword) };
            let change = op::ChangePassword {
                act: ctx.act(Actor::User(principal.user)),
                revocation_ttl: self.settings().revocation_ttl(),
                user: principal.user,
                old_hash,
                new_hash: new_hash.clone(),
                keep: Some(principal.session),
                mail: self.notice(ctx, Template::PasswordChanged, &known.user)?,
            };
            if let ChangePasswordOutcome::Changed { .. } = self.core().revoke(ctx, change).await? {
                self.core().has_mail.notify_one();
                // The password is changed: a device that is not known again now is at the next login.
                let after = self.own_credential(principal).await.ok();
                return after.map_or(Ok(None), |after| self.remember_device(ctx, &after.user));
            }
            // Remade by a login beside this one, or changed: the password is proved against what stands now.
            known = self.own_credential(principal).await?;
            self.prove_password(ctx, &known, current.clone()).await?;
        }
        Err(Error::LoginInProgress)
    }

    pub(crate) async fn own_credential(&self, principal: &Principal) -> Result<Credential> {
        let found = self.core().store.read(op::FindCredential { key: UserKey::Id(principal.user) }).await?;
        found.filter(|known| known.user.status.may_enter()).ok_or(Error::InvalidToken("user is gone"))
    }

    /// Notes the work of hashes that are about to be stored, before anyone can log in with them.
    pub(crate) async fn note_hash_work<'a>(&self, hashes: impl Iterator<Item = &'a str>) -> Result<()> {
        hash_work::note(&self.core().store, &self.core().pool, hashes).await
    }

    /// Proves the current password: reserve, hash, settle.
    pub(crate) async fn prove_password(&self, ctx: &Ctx, known: &Credential, current: Password) -> Result<()> {
        let email = known.user.email.canonical().to_owned();
        let attempt = Attempt {
            act: ctx.act(Actor::User(known.user.id)),
            buckets: Buckets { address: None, account: Some(self.account_key(&known.user.email)) },
            rule: self.settings().rules.login,
            email,
            lock_event: Event::AccountLocked,
        };
        let reserved = self.reserve_password(ctx, attempt, (&known.user.email, Some(&known.user))).await;
        let (granted, attempt, _) = reserved.map_err(|refused| refused.error)?;
        let verified = self.verify_password(ctx, current, known).await;
        let (outcome, audit, result) = match verified {
            Ok(verdict) if verdict.ok => (Outcome::Success, None, Ok(())),
            Ok(_) => {
                let entry = AuditEntry::new(Event::PasswordChangeFailed).user(known.user.id);
                let entry = entry.detail("email", attempt.email.clone());
                (Outcome::Failure, Some(entry), Err(Error::WrongPassword))
            }
            Err(error) => (Outcome::Void, None, Err(error)),
        };
        self.settle(&attempt, granted.backend, outcome, audit).await?;
        result
    }
}
