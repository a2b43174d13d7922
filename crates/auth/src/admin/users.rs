//! Users, as admins manage them.

use futures_util::stream::{self, StreamExt, TryStreamExt};
use hallpass_model::audit::Event;
use hallpass_model::page::{Page, PageRequest};
use hallpass_model::user::{Status, User};
use hallpass_model::{Email, Role, Timestamp, UserId};
use hallpass_password::{Incoming, Password};
use hallpass_store::op::{self, CreateUserOutcome, DeleteUserOutcome, NewUser, UpdateUserOutcome, UserKey};

pub use hallpass_store::op::SearchPlace;

use super::{Admin, Authority};
use crate::ctx::Ctx;
use crate::{Error, Result};

/// What to change of a user; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct UserPatch {
    /// The role. A change refuses the user's live access tokens at once; a refresh brings one with the new role.
    pub role: Option<Role>,
    /// The status. A suspension ends every session at once.
    pub status: Option<Status>,
    pub email: Option<String>,
}

/// A user on the way in from another system, with a hash made there. It has no `Debug`: a hash belongs in no log.
pub struct ImportUser {
    pub email: Email,
    pub role: Role,
    pub password_hash: Incoming,
    /// Whether the user may come in.
    pub status: Status,
    /// Until when the password is good, if it is a one-time password that its owner has to replace.
    pub one_time_until: Option<Timestamp>,
    /// The id that the other system knew the user by.
    pub external_id: Option<String>,
    /// When the other system has seen the address proved, if it has.
    pub email_verified_at: Option<Timestamp>,
}

impl Admin {
    /// Users by ascending id.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn users(&self, page: PageRequest<UserId>) -> Result<Page<User, UserId>> {
        self.read(op::ListUsers { page }).await
    }

    /// Users whose canonical address contains `query`: those that begin with it first, then those whose domain does. A page
    /// may hold fewer than it may, and not be the last.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn search_users(&self, query: String, page: PageRequest<SearchPlace>) -> Result<Page<User, SearchPlace>> {
        self.read(op::SearchUsers { query, page, rows: op::SearchUsers::ROWS }).await
    }

    /// One user.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Unavailable`].
    pub async fn user(&self, id: UserId) -> Result<User> {
        self.read(op::FindUser { key: UserKey::Id(id) }).await?.ok_or(Error::NotFound)
    }

    /// The user who has this address.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::InvalidEmail`], [`Error::Unavailable`].
    pub async fn user_by_email(&self, email: &str) -> Result<User> {
        let key = UserKey::Email(Email::parse(email)?.canonical().to_owned());
        self.read(op::FindUser { key }).await?.ok_or(Error::NotFound)
    }

    /// Makes an account.
    ///
    /// # Errors
    /// [`Error::InvalidEmail`], [`Error::WeakPassword`], [`Error::UnknownRole`], [`Error::EmailTaken`],
    /// [`Error::Overloaded`], [`Error::Unavailable`].
    pub async fn create_user(&self, ctx: &Ctx, email: &str, password: Password, role: Role) -> Result<User> {
        self.insert_user(ctx, email, (password, role), false).await
    }

    /// Makes the first account of an empty installation, an admin; [`Error::EmailTaken`] when it is not empty.
    ///
    /// # Errors
    /// As [`Admin::create_user`].
    pub async fn create_first_admin(&self, ctx: &Ctx, email: &str, password: Password) -> Result<User> {
        self.insert_user(ctx, email, (password, Role::admin()), true).await
    }

    async fn insert_user(
        &self,
        ctx: &Ctx,
        email: &str,
        (password, role): (Password, Role),
        only_if_first: bool,
    ) -> Result<User> {
        let email = Email::parse(email)?;
        self.check_role(&role)?;
        let password_hash = self.auth.hash_new_password(password, &email).await?;
        let operation = op::CreateUser {
            act: self.act(ctx),
            user: NewUser::new(ctx.user_id()?, email, role, password_hash),
            session: None,
            only_if_first,
            event: Event::UserCreated,
            mail: None,
        };
        match self.write(operation).await? {
            CreateUserOutcome::Created(user) => Ok(user),
            CreateUserOutcome::EmailTaken | CreateUserOutcome::NotFirst => Err(Error::EmailTaken),
        }
    }

    /// Whether the installation has no user yet.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn is_empty(&self) -> Result<bool> {
        let first = PageRequest { after: None, limit: 1 };
        Ok(self.users(first).await?.items.is_empty())
    }

    /// Changes a user.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::UnknownRole`], [`Error::InvalidEmail`], [`Error::EmailTaken`],
    /// [`Error::LastAdmin`], [`Error::Unavailable`].
    pub async fn update_user(&self, ctx: &Ctx, id: UserId, patch: UserPatch) -> Result<User> {
        if let Some(role) = &patch.role {
            self.check_role(role)?;
        }
        let email = patch.email.as_deref().map(Email::parse).transpose()?;
        let operation = op::UpdateUser {
            act: self.act(ctx),
            revocation_ttl: self.auth.settings().revocation_ttl(),
            id,
            role: patch.role,
            status: patch.status,
            email,
        };
        match self.revoke(ctx, operation).await? {
            UpdateUserOutcome::Updated(user) => {
                // It may be another process that has suspended this user just now.
                self.auth.poll_feed_after(ctx).await;
                Ok(user)
            }
            UpdateUserOutcome::NotFound => Err(Error::NotFound),
            UpdateUserOutcome::EmailTaken => Err(Error::EmailTaken),
            UpdateUserOutcome::LastAdmin => Err(Error::LastAdmin),
        }
    }

    /// Deletes a user with all sessions. The id is never used again.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::LastAdmin`], [`Error::Unavailable`].
    pub async fn delete_user(&self, ctx: &Ctx, id: UserId) -> Result<()> {
        let revocation_ttl = self.auth.settings().revocation_ttl();
        match self.revoke(ctx, op::DeleteUser { act: self.act(ctx), revocation_ttl, id }).await? {
            DeleteUserOutcome::Deleted => Ok(()),
            DeleteUserOutcome::NotFound => {
                // It may be another process that has deleted this user just now.
                self.auth.poll_feed_after(ctx).await;
                Err(Error::NotFound)
            }
            DeleteUserOutcome::LastAdmin => Err(Error::LastAdmin),
        }
    }

    /// Ends a lockout.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Unavailable`].
    pub async fn unlock_user(&self, ctx: &Ctx, id: UserId) -> Result<()> {
        let user = self.user(id).await?;
        self.unlock(ctx, user.email.canonical()).await.map(|_| ())
    }

    /// Ends every session of a user; how many there were.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Unavailable`].
    pub async fn logout_user(&self, ctx: &Ctx, id: UserId) -> Result<u64> {
        self.user(id).await?;
        let Authority { actor, by } = self.authority.clone();
        self.auth.revoke_sessions(ctx, (actor, by), id, None).await
    }

    /// Takes in a batch of users; for each, whether its address and its external id were free. Hashes that are too weak to
    /// be stored are wrapped first, on all cores.
    ///
    /// # Errors
    /// [`Error::UnknownRole`], [`Error::Overloaded`], [`Error::Unavailable`]; then none of the batch is taken in.
    pub async fn import_users(&self, ctx: &Ctx, batch: Vec<ImportUser>) -> Result<Vec<bool>> {
        let pool = &self.auth.core().pool;
        let new_users = batch.into_iter().map(async |user: ImportUser| {
            self.check_role(&user.role)?;
            let stored = pool.take_in(user.password_hash).await?;
            let made = NewUser::new(ctx.user_id()?, user.email, user.role, stored);
            let ImportUser { status, one_time_until, external_id, email_verified_at, .. } = user;
            Ok::<_, Error>(NewUser { status, one_time_until, external_id, email_verified_at, ..made })
        });
        let users: Vec<NewUser> = stream::iter(new_users).buffered(pool.at_once()).try_collect().await?;
        self.auth.note_hash_work(users.iter().filter_map(|user| user.password_hash.as_deref())).await?;
        self.write(op::ImportUsers { act: self.act(ctx), users }).await
    }

    /// A role that no configuration knows would grant nothing and look as if it did.
    pub(super) fn check_role(&self, role: &Role) -> Result<()> {
        if self.auth.settings().accounts.roles.contains(role) { Ok(()) } else { Err(Error::UnknownRole) }
    }
}
