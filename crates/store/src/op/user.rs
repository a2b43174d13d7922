//! Users: made, found, listed.

use std::fmt;

use hallpass_model::audit::{AuditContext, AuditEntry, Event};
use hallpass_model::page::{Page, PageRequest};
use hallpass_model::user::{Status, User};
use hallpass_model::{Email, Role, Timestamp, UserId};

use super::new_session::{self, NewSession};
use super::one_time;
use super::outbox::{self, QueueMessage};
use super::{Mode, Operation, audit};
use crate::conn::{Columns, Conn, FromRow, Row, Value};
use crate::{Error, Result};

const INSERT: &str = "INSERT INTO users \
    (id, email, email_key, role, status, password_hash, tokens_from, created_at, updated_at, last_login_at, \
    one_time_until, external_id, must_verify, email_verified_at) \
    VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING";
const COUNT: &str = "SELECT COUNT(*) FROM users";
const IS_INHABITED: &str = "SELECT COUNT(*) FROM (SELECT 1 FROM users LIMIT 1) AS first";
const BY_ID: &str = select!(credential, "FROM users WHERE id = $1");
const BY_EMAIL: &str = select!(credential, "FROM users WHERE email_key = $1");
const LIST: &str = select!(user, "FROM users WHERE id > $1 ORDER BY id LIMIT $2");
const CREDENTIALS: &str = select!(credential, "FROM users WHERE id > $1 ORDER BY id LIMIT $2");

/// An account about to be made.
#[derive(Clone)]
pub struct NewUser {
    pub id: UserId,
    pub email: Email,
    pub role: Role,
    /// The stored form of its password, if it has one.
    pub password_hash: Option<String>,
    /// Whether it may come in.
    pub status: Status,
    /// Until when the password is good, if it is a one-time password.
    pub one_time_until: Option<Timestamp>,
    /// The id that another system knew it by. No two accounts have the same.
    pub external_id: Option<String>,
    /// Whether its address must be proved before it can be entered.
    pub must_verify: bool,
    /// When another system has seen its address proved, if it has.
    pub email_verified_at: Option<Timestamp>,
}

impl NewUser {
    /// An account that may come in, with a password that stays.
    pub const fn new(id: UserId, email: Email, role: Role, password_hash: String) -> Self {
        Self {
            id,
            email,
            role,
            password_hash: Some(password_hash),
            status: Status::Active,
            one_time_until: None,
            external_id: None,
            must_verify: false,
            email_verified_at: None,
        }
    }
}

impl fmt::Debug for NewUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewUser({:?}, {:?}, {})", self.id, self.email, self.role)
    }
}

/// A user with the stored form of the password, which travels only to where a password is checked.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    pub user: User,
    /// The stored hash, if the account has a password.
    pub password_hash: Option<String>,
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credential({:?}, hash redacted)", self.user)
    }
}

/// How a user is looked up.
#[derive(Debug, Clone)]
pub enum UserKey {
    /// By id.
    Id(UserId),
    /// By the canonical address.
    Email(String),
}

/// Makes an account, with its first session if it registered itself.
#[derive(Debug)]
pub struct CreateUser {
    pub act: AuditContext,
    pub user: NewUser,
    /// Its first session.
    pub session: Option<NewSession>,
    /// Only when there is no user yet.
    pub only_if_first: bool,
    /// What the audit log calls it.
    pub event: Event,
    pub mail: Option<Welcome>,
}

/// The mails of a new account.
#[derive(Debug)]
pub struct Welcome {
    /// To the new account.
    pub new: QueueMessage,
    /// To the one that has the address already, if it is told.
    pub taken: Option<QueueMessage>,
}

/// What became of a [`CreateUser`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CreateUserOutcome {
    /// It was made.
    Created(User),
    /// The address has an account.
    EmailTaken,
    /// There is a user already.
    NotFirst,
}

impl Operation for CreateUser {
    type Output = CreateUserOutcome;
    const NAME: &'static str = "create_user";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<CreateUserOutcome> {
        if self.only_if_first && conn.row::<i64>(IS_INHABITED, &[]).await? != Some(0) {
            return Ok(CreateUserOutcome::NotFirst);
        }
        let logs_in = self.session.is_some();
        if self.is_reserved(conn).await? || !insert(conn, &self.act, &self.user, logs_in).await? {
            self.tell_owner(conn).await?;
            return Ok(CreateUserOutcome::EmailTaken);
        }
        let mut entry = entry(&self.user, self.event);
        if let Some(session) = &self.session {
            new_session::insert(conn, &self.act, session).await?;
            entry = entry.session(session.id);
        }
        audit::append(conn, &self.act, &entry).await?;
        if let Some(mail) = &self.mail {
            outbox::queue(conn, &mail.new).await?;
        }
        let made = credential(conn, &UserKey::Id(self.user.id)).await?;
        made.map(|made| CreateUserOutcome::Created(made.user)).ok_or(Error::Corrupt("a user vanished"))
    }
}

impl CreateUser {
    /// Whether the address may yet be given back to another account.
    async fn is_reserved<C: Conn>(&self, conn: &mut C) -> Result<bool> {
        let Some(mail) = &self.mail else { return Ok(false) };
        one_time::is_reserved(conn, &mail.new.message.recipient_key, self.user.id, self.act.at).await
    }

    async fn tell_owner<C: Conn>(&self, conn: &mut C) -> Result<()> {
        let Some(told) = self.mail.as_ref().and_then(|mail| mail.taken.as_ref()) else { return Ok(()) };
        let owner = credential(conn, &UserKey::Email(self.user.email.canonical().to_owned())).await?;
        outbox::queue(conn, &told.to_user(owner.map(|owner| owner.user.id))).await.map(drop)
    }
}

/// Takes in users from another system; for each, whether its address and its external id were free.
#[derive(Debug)]
pub struct ImportUsers {
    pub act: AuditContext,
    /// The accounts.
    pub users: Vec<NewUser>,
}

impl Operation for ImportUsers {
    type Output = Vec<bool>;
    const NAME: &'static str = "import_users";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Vec<bool>> {
        let mut taken_in = Vec::with_capacity(self.users.len());
        for user in &self.users {
            let free = insert(conn, &self.act, user, false).await?;
            if free {
                let entry = entry(user, Event::UserCreated).detail("by", "import");
                let entry = if user.status.may_enter() { entry } else { entry.detail("status", user.status.as_str()) };
                audit::append(conn, &self.act, &entry).await?;
            }
            taken_in.push(free);
        }
        Ok(taken_in)
    }
}

fn entry(user: &NewUser, event: Event) -> AuditEntry {
    AuditEntry::new(event).user(user.id).detail("email", user.email.canonical()).detail("role", user.role.as_str())
}

async fn insert<C: Conn>(conn: &mut C, act: &AuditContext, user: &NewUser, logs_in: bool) -> Result<bool> {
    let params = [
        user.id.as_bytes().into(),
        user.email.as_given().into(),
        user.email.canonical().into(),
        user.role.as_str().into(),
        user.status.as_str().into(),
        user.password_hash.as_deref().into(),
        act.at.into(),
        logs_in.then_some(act.at).into(),
        user.one_time_until.into(),
        user.external_id.as_deref().into(),
        i64::from(user.must_verify).into(),
        user.email_verified_at.into(),
    ];
    Ok(conn.execute(INSERT, &params).await? == 1)
}

pub(super) async fn credential<C: Conn>(conn: &mut C, key: &UserKey) -> Result<Option<Credential>> {
    match key {
        UserKey::Id(id) => conn.row(BY_ID, &[id.as_bytes().into()]).await,
        UserKey::Email(email) => conn.row(BY_EMAIL, &[email.as_str().into()]).await,
    }
}

/// How many users there are.
#[derive(Debug)]
pub struct CountUsers;

impl Operation for CountUsers {
    type Output = i64;
    const NAME: &'static str = "count_users";
    const MODE: Mode = Mode::List;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<i64> {
        conn.row(COUNT, &[]).await?.ok_or(Error::Corrupt("a count returned no row"))
    }
}

/// Finds a user.
#[derive(Debug)]
pub struct FindUser {
    pub key: UserKey,
}

impl Operation for FindUser {
    type Output = Option<User>;
    const NAME: &'static str = "find_user";
    const MODE: Mode = Mode::PointRead;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Option<User>> {
        Ok(credential(conn, &self.key).await?.map(|found| found.user))
    }
}

/// Finds a user with the stored hash, to check a password.
#[derive(Debug)]
pub struct FindCredential {
    pub key: UserKey,
}

impl Operation for FindCredential {
    type Output = Option<Credential>;
    const NAME: &'static str = "find_credential";
    const MODE: Mode = Mode::PointRead;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Option<Credential>> {
        credential(conn, &self.key).await
    }
}

/// Lists users by ascending id.
#[derive(Debug)]
pub struct ListUsers {
    pub page: PageRequest<UserId>,
}

impl Operation for ListUsers {
    type Output = Page<User, UserId>;
    const NAME: &'static str = "list_users";
    const MODE: Mode = Mode::List;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Self::Output> {
        let after = self.page.after.as_ref().map_or(&[][..], |id| id.as_bytes().as_slice());
        let params = [Value::Blob(after), self.page.limit.saturating_add(1).into()];
        let users = conn.rows::<User>(LIST, &params).await?;
        Ok(Page::cut(users, self.page.limit, |user| user.id))
    }
}

/// Reads users with their stored hashes by ascending id, for an export. What lists users for people is [`ListUsers`],
/// which reads no hash.
#[derive(Debug)]
pub struct ListCredentials {
    pub page: PageRequest<UserId>,
}

impl Operation for ListCredentials {
    type Output = Page<Credential, UserId>;
    const NAME: &'static str = "list_credentials";
    const MODE: Mode = Mode::List;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Self::Output> {
        let after = self.page.after.as_ref().map_or(&[][..], |id| id.as_bytes().as_slice());
        let params = [Value::Blob(after), self.page.limit.saturating_add(1).into()];
        let found = conn.rows::<Credential>(CREDENTIALS, &params).await?;
        Ok(Page::cut(found, self.page.limit, |found| found.user.id))
    }
}

pub(super) fn read_user(columns: &mut Columns<'_>) -> Result<User> {
    Ok(User {
        id: columns.user_id()?,
        email: Email::from_stored(columns.text()?),
        role: columns.role()?,
        status: columns.text()?.parse().map_err(|_| Error::Corrupt("status"))?,
        tokens_from: columns.int()?,
        created_at: columns.time()?,
        updated_at: columns.time()?,
        last_login_at: columns.opt_time()?,
        one_time_until: columns.opt_time()?,
        email_verified_at: columns.opt_time()?,
        must_verify: columns.int()? != 0,
        device_epoch: columns.count()?,
        external_id: columns.opt_text()?,
    })
}

impl FromRow for User {
    fn from_row(row: &dyn Row) -> Result<Self> {
        read_user(&mut Columns::of(row))
    }
}

impl FromRow for Credential {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        Ok(Self { user: read_user(&mut columns)?, password_hash: columns.opt_text()? })
    }
}
