//! A store in a folder of its own, and short names for what tests do with it.

use std::marker::PhantomData;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hallpass_model::audit::{Actor, AuditContext, AuditRecord, Event};
use hallpass_model::page::PageRequest;
use hallpass_model::refresh_token::RefreshToken;
use hallpass_model::revocation::{FeedEntry, Subject};
use hallpass_model::secret::Secret;
use hallpass_model::session::{RefreshPolicy, Session};
use hallpass_model::user::User;
use hallpass_model::{Email, Role, SessionId, Timestamp, UserId};
use hallpass_store::conn::{Conn, FromRow};
use hallpass_store::op::{self, CreateUserOutcome, Mode, NewSession, NewUser, Refreshed, UserKey};
use hallpass_store::{Operation, Options, Revoking, Store};
use tempfile::TempDir;

pub const REVOCATION_TTL: Duration = Duration::from_secs(900);
pub const DAY: Duration = Duration::from_secs(24 * 3600);
pub const POLICY: RefreshPolicy = RefreshPolicy {
    idle: Duration::from_secs(7 * 24 * 3600),
    absolute: Duration::from_secs(30 * 24 * 3600),
    sliding: true,
    grace: Duration::from_secs(10),
};
pub const STRICT: RefreshPolicy = RefreshPolicy { grace: Duration::ZERO, ..POLICY };

/// The instant at which every test begins, in seconds since the epoch.
const START: i64 = 1_700_000_000;

/// So many seconds after the beginning.
pub fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(START + secs)
}

pub fn act(secs: i64) -> AuditContext {
    AuditContext {
        at: at(secs),
        actor: Actor::Operator,
        ip: Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7))),
        user_agent: Some("agent".to_owned()),
        request_id: Some("request-1".to_owned()),
    }
}

pub fn user_id(n: u8) -> UserId {
    UserId::new(at(0), [0, 0, 0, 0, 0, 0, 0, 0, 0, n])
}

pub fn session_id(n: u8) -> SessionId {
    SessionId::new(at(0), [0, 0, 0, 0, 0, 0, 0, 0, 0, n])
}

/// The first refresh token of session `n`.
pub fn first_token(n: u8) -> RefreshToken {
    RefreshToken::first(session_id(n), Secret::new([n; 32]))
}

pub fn new_user(n: u8, role: Role) -> NewUser {
    let email = Email::parse(&format!("User{n}@example.com")).expect("an address");
    NewUser::new(user_id(n), email, role, hash_of(n))
}

pub fn hash_of(n: u8) -> String {
    format!("$2b$hash-of-{n}")
}

pub fn new_session(n: u8, user: u8, secs: i64) -> NewSession {
    let absolute_expires_at = POLICY.absolute_end(at(secs));
    let expires_at = POLICY.idle_end(at(secs), absolute_expires_at);
    NewSession {
        id: session_id(n),
        user: user_id(user),
        first_hash: first_token(n).hash(),
        expires_at,
        absolute_expires_at,
    }
}

/// A refresh whose randomness is `nonce`.
pub fn refresh(presented: &RefreshToken, secs: i64, nonce: u8, policy: RefreshPolicy) -> op::RefreshSession {
    let successor = presented.successor(&[nonce; 16]).expect("derives");
    op::RefreshSession {
        act: act(secs),
        revocation_ttl: REVOCATION_TTL,
        presented: presented.clone(),
        successor,
        nonce: [nonce; 16],
        policy,
        notice: None,
    }
}

/// Whether the tests of this binary run on PostgreSQL.
const ON_POSTGRES: bool = matches!(env!("CARGO_CRATE_NAME").as_bytes(), b"on_postgres");

/// Revoking without other replicas.
pub trait Alone {
    /// What [`Store::revoke`] answers, as soon as it is durable.
    async fn revoked<O: Revoking>(&self, operation: O) -> hallpass_store::Result<O::Output>;
}

impl Alone for Store {
    async fn revoked<O: Revoking>(&self, operation: O) -> hallpass_store::Result<O::Output> {
        Ok(self.revoke(operation).await?.mirrored(async {}).await)
    }
}

/// A store, what its listener heard, and where it keeps what it keeps.
pub struct World {
    pub store: Store,
    pub heard: Arc<Mutex<Vec<FeedEntry>>>,
    pub folder: TempDir,
    /// The schema of this test, on PostgreSQL.
    pub url: Option<String>,
}

impl World {
    pub async fn new() -> Self {
        Self::with(|options| options).await
    }

    pub async fn with(adjust: impl FnOnce(Options) -> Options) -> Self {
        let folder = TempDir::new().expect("a folder");
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ear = heard.clone();
        let listener = Arc::new(move |entries: &[FeedEntry]| ear.lock().expect("whole").extend_from_slice(entries));
        let url = ON_POSTGRES.then(hallpass_testbed::Postgres::schema);
        let options = options(&folder, url.as_deref()).readers(2).listener(listener);
        let store = Store::connect(adjust(options)).await.expect("opens");
        Self { store, heard, folder, url }
    }

    /// Another process on the same database.
    pub async fn beside(&self) -> Store {
        self.beside_with(|options| options).await
    }

    /// Another process, opened in its own way.
    pub async fn beside_with(&self, adjust: impl FnOnce(Options) -> Options) -> Store {
        Store::connect(adjust(options(&self.folder, self.url.as_deref()))).await.expect("opens beside")
    }

    /// The database file.
    pub fn path(&self) -> PathBuf {
        path(&self.folder)
    }

    /// The database file, past the store.
    pub fn raw(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.path()).expect("opens")
    }

    /// The one value that a statement answers.
    pub async fn one<T: FromRow + 'static>(&self, sql: &'static str) -> T {
        self.read(One(sql, PhantomData)).await
    }

    /// Every row of every table.
    pub fn contents(&self) -> Vec<String> {
        let Some(url) = &self.url else { return contents_of(&self.raw()) };
        let tables =
            "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY 1";
        let rows = |table: &str| format!("SELECT '{table}', CAST(t AS TEXT) FROM {table} t ORDER BY 2;");
        let all: String = hallpass_testbed::Postgres::psql(url, tables).lines().map(rows).collect();
        hallpass_testbed::Postgres::psql(url, &all).lines().map(str::to_owned).collect()
    }

    pub async fn read<O: Operation>(&self, operation: O) -> O::Output {
        self.store.read(operation).await.expect("reads")
    }

    pub async fn write<O: Operation>(&self, operation: O) -> O::Output {
        self.store.write(operation).await.expect("writes")
    }

    pub async fn revoke<O: Revoking>(&self, operation: O) -> O::Output {
        self.store.revoked(operation).await.expect("writes")
    }

    /// User `n`, without a session.
    pub async fn user(&self, n: u8, role: Role) -> User {
        let made = self.write(create(new_user(n, role), None)).await;
        let CreateUserOutcome::Created(user) = made else { panic!("not made: {made:?}") };
        user
    }

    /// User `n` with the role `user`, and one session of that user with the same number.
    pub async fn user_with_session(&self, n: u8) -> User {
        let made = self.write(create(new_user(n, Role::user()), Some(new_session(n, n, 0)))).await;
        let CreateUserOutcome::Created(user) = made else { panic!("not made: {made:?}") };
        user
    }

    /// One more session, by a login of user `user`.
    pub async fn session(&self, n: u8, user: u8, secs: i64) {
        let opened = self.revoke(super::login::open(new_session(n, user, secs), user, secs)).await;
        assert!(matches!(opened, op::OpenSessionOutcome::Opened { .. }), "{opened:?}");
    }

    pub async fn find(&self, n: u8) -> Option<User> {
        self.read(op::FindUser { key: UserKey::Id(user_id(n)) }).await
    }

    pub async fn sessions(&self, user: u8, secs: i64) -> Vec<Session> {
        let page = PageRequest { after: None, limit: 1000 };
        self.read(op::ListSessions { user: user_id(user), now: at(secs), first: None, page }).await.items
    }

    pub async fn rotate(&self, token: &RefreshToken, secs: i64, nonce: u8) -> RefreshToken {
        let rotated = self.revoke(refresh(token, secs, nonce, POLICY)).await;
        assert!(matches!(rotated, Refreshed::Rotated(_)), "{rotated:?}");
        token.successor(&[nonce; 16]).expect("derives")
    }

    /// The newest audit rows first.
    pub async fn audit(&self) -> Vec<AuditRecord> {
        self.read(op::ListAudit { filter: op::AuditFilter::default(), before: None, limit: 1000 }).await.items
    }

    /// How often an event stands in the log.
    pub async fn count(&self, event: Event) -> usize {
        self.audit().await.iter().filter(|row| row.event == event.as_str()).count()
    }

    /// What the listener heard so far, without the numbers.
    pub fn subjects(&self) -> Vec<Subject> {
        self.heard.lock().expect("whole").iter().map(|entry| entry.revocation.subject.clone()).collect()
    }
}

fn path(folder: &TempDir) -> PathBuf {
    folder.path().join("data/hallpass.db")
}

fn options(folder: &TempDir, url: Option<&str>) -> Options {
    match url {
        Some(url) => Options::postgres(url.parse().expect("a URL")),
        None => Options::new(path(folder)),
    }
}

fn contents_of(raw: &rusqlite::Connection) -> Vec<String> {
    let mut names = raw.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").expect("reads");
    let names = names.query_map([], |row| row.get::<_, String>(0)).expect("reads");
    let names: Vec<String> = names.map(|name| name.expect("a name")).collect();
    let mut rows = Vec::new();
    for table in names {
        let mut all = raw.prepare(&format!("SELECT * FROM {table}")).expect("reads");
        let columns = all.column_count();
        let row = |row: &rusqlite::Row<'_>| {
            (0..columns).map(|column| row.get::<_, rusqlite::types::Value>(column)).collect::<Result<Vec<_>, _>>()
        };
        let read = all.query_map([], row).expect("reads");
        rows.extend(read.map(|row| format!("{table} {:?}", row.expect("a row"))));
    }
    rows
}

/// Reads one value.
struct One<T>(&'static str, PhantomData<fn() -> T>);

impl<T: FromRow + 'static> Operation for One<T> {
    type Output = T;
    const NAME: &'static str = "one";
    const MODE: Mode = Mode::List;

    async fn run<C: Conn>(&self, conn: &mut C) -> hallpass_store::Result<T> {
        Ok(conn.row(self.0, &[]).await?.expect("a row"))
    }
}

/// Runs a statement; how many rows it changed.
pub struct Execute(pub &'static str);

impl Operation for Execute {
    type Output = u64;
    const NAME: &'static str = "execute";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> hallpass_store::Result<u64> {
        conn.execute(self.0, &[]).await
    }
}

pub fn create(user: NewUser, session: Option<NewSession>) -> op::CreateUser {
    op::CreateUser { act: act(0), user, session, only_if_first: false, event: Event::Registered, mail: None }
}
