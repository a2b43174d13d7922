//! Every operation on the store, with its SQL. No statement stands anywhere else.

#[macro_use]
mod columns;

mod address;
mod audit;
mod audit_list;
mod audit_verify;
mod authorized;
mod bench_fill;
mod by_mail;
mod client;
mod hash_work;
mod key;
mod lab_dump;
mod login;
mod meta;
mod named;
mod new_session;
mod once;
mod one_time;
mod outbox;
mod password;
mod prune;
mod rate_limit;
mod refresh;
mod revocation;
mod revoking;
mod session;
mod session_all;
mod trail;
pub mod transfer;
mod user;
mod user_change;
mod user_search;
mod webhook;
mod webhook_turn;

use std::future::Future;

use crate::Result;
use crate::conn::Conn;

pub use self::address::FindAddresses;
pub use self::audit::AppendAudit;
pub use self::audit_list::{AuditFilter, AuditSubject, ListAudit};
pub use self::audit_verify::{Fault as AuditFault, Head, Progress, VerifyAudit};
pub use self::authorized::{Authorized, Caller, FindStanding, Standing, Unauthorized};
pub use self::bench_fill::{BenchRevocations, BenchSession, BenchSessions, BenchUser, BenchUsers};
pub use self::by_mail::{
    ChangeEmail, ChangeEmailOutcome, DisownDevice, DisownOutcome, EnterByMail, EnterByMailOutcome, ResetByMail,
    ResetByMailOutcome, SpendOneTime, UndoEmail, UndoEmailOutcome, VerifyEmail, VerifyEmailOutcome,
};
pub use self::client::{CreateClient, FindClient, ListClients, RevokeClient};
pub use self::hash_work::{PasswordHashes, RaiseHashWork, StoredHash};
pub use self::key::{ChangeKeys, KeyChange, KeyRingSnapshot, ListKeys, RevokeKey};
pub use self::lab_dump::{Dumped, LabDump};
pub use self::login::{OpenSession, OpenSessionOutcome};
pub use self::meta::{GetMeta, Probe, PutMeta, PutMetaIfAbsent};
pub use self::named::Named;
pub use self::new_session::NewSession;
pub use self::once::UseOnce;
pub use self::one_time::{CheckOneTime, Fitting, Flow, NewOneTime, Place, Presented, PresentedValue};
pub use self::outbox::{
    ClaimMessages, Claimed, Content, CountWaiting, FindMessage, Lease, ListMessages, NewMessage, QueueMessage,
    RetryMessage, ReviveMailbox, SettleMessage, Tried, Waiting,
};
pub use self::password::{ChangePassword, ChangePasswordOutcome, Rehash, ResetPassword};
pub use self::prune::{Prune, Pruned};
pub use self::rate_limit::{Attempt, FindLock, Reserve, Reserved, Settle, Unlock};
pub use self::refresh::{Family, FindFamily, Grant, ROTATE, RefreshSession, Refreshed};
pub use self::revocation::{RevocationFeed, RevocationsSince, RevokeToken};
pub(crate) use self::revoking::Run;
pub use self::revoking::{Revoker, Revoking, Unmirrored};
pub use self::session::{ListSessions, RevokeSession, RevokeSessions};
pub use self::session_all::{EndedSome, ListAllSessions, LiveSession, RevokeSomeSessions};
pub use self::trail::{FindLife, Life};
pub use self::user::{
    CountUsers, CreateUser, CreateUserOutcome, Credential, FindCredential, FindUser, ImportUsers, ListCredentials,
    ListUsers, NewUser, UserKey, Welcome,
};
pub use self::user_change::{DeleteUser, DeleteUserOutcome, UpdateUser, UpdateUserOutcome};
pub use self::user_search::{ParsePlaceError, SearchPlace, SearchUsers};
pub use self::webhook::{
    CreateWebhook, DeleteWebhook, FindWebhook, ListWebhooks, NewWebhook, NoteTest, ReplayWebhook, RotateWebhook,
    UpdateWebhook,
};
pub use self::webhook_turn::{
    ClaimWebhook, DueWebhooks, EventsAfter, FindTarget, LeasedWebhook, SettleWebhook, StuckDue, Told, WatchWebhooks,
    WebhookWatch,
};

/// How an operation uses the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Reads a handful of rows by their keys.
    PointRead,
    /// Reads many.
    List,
    /// Writes.
    Write,
}

/// A unit of atomicity: all of it happens, or nothing.
///
/// It takes `&self`: an engine whose transactions can fail to serialize runs it again.
pub trait Operation: Send + Sync + 'static {
    /// What it answers.
    type Output: Send + 'static;
    /// Its name in metrics and in tests that make it fail.
    const NAME: &'static str;
    /// How it uses the store.
    const MODE: Mode;
    /// Whether the first statement of an operation that writes, if it changes anything, is all of it. An engine behind
    /// a network then sends it with those of others, in one round trip, and begins over in a transaction of the
    /// operation's own when a second one follows.
    const FIRST_MAY_BE_ALL: bool = false;
    /// Whether it takes something away from a user, so that no refreshing of that user may keep it from being done. An
    /// engine whose transactions can fail to serialize then locks the table of sessions while it runs.
    const CONTAINS: bool = false;

    /// Whether a point read brings many rows this time.
    fn reads_many(&self) -> bool {
        false
    }

    /// Runs inside a transaction.
    ///
    /// # Errors
    /// A storage fault; then the transaction is rolled back.
    fn run<C: Conn>(&self, conn: &mut C) -> impl Future<Output = Result<Self::Output>> + Send;
}
