//! The use cases' common ground: what every one of them holds.

use std::sync::atomic::AtomicI64;
use std::sync::{Arc, OnceLock};

use hallpass_egress::Client;
use hallpass_mail::Mailer;
use hallpass_model::refresh_token::Codec;
use hallpass_password::HashPool;
use hallpass_shared::{Denylist, RedisDenylist, SharedLimits};
use hallpass_store::{Revoking, Store, op};
use tokio::sync::{Mutex, Notify};

use crate::Result;
use crate::ctx::Ctx;
use crate::hash_work;
use crate::keys::{KeyRing, RingError};
use crate::master::{LimiterKeys, MasterKey, SealBroken};
use crate::settings::Settings;
use crate::state::{Attempts, Counters, FeedPlaces, Hosts, LegacyState, Notices, Readiness, Schedule, Spent, Verified};

/// What the use cases stand on.
#[derive(Debug)]
pub struct Deps {
    /// Durable truth. Its listener must feed `denylist` ([`Denylist::committed`]).
    pub store: Store,
    /// The replica that every verification asks.
    pub denylist: Arc<Denylist>,
    /// The login guard that replicas share; without it the store counts.
    pub limits: Option<SharedLimits>,
    /// The bounded hashing pool.
    pub pool: HashPool,
    pub master: MasterKey,
    /// What sends mail, if this installation sends any.
    pub mailer: Option<Mailer>,
}

/// The use cases. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Auth(Arc<Core>);

#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) settings: Settings,
    pub(crate) store: Store,
    pub(crate) denylist: Arc<Denylist>,
    pub(crate) limits: Option<SharedLimits>,
    pub(crate) pool: HashPool,
    pub(crate) codec: Codec,
    pub(crate) limiter_keys: LimiterKeys,
    pub(crate) ring: KeyRing,
    pub(crate) schedule: Schedule,
    pub(crate) spent: Spent,
    /// The newest version of the key ring that was read again because Redis named it.
    pub(crate) ring_asked_for: AtomicI64,
    /// Held while the denylist is read again.
    pub(crate) rebuilding: Mutex<()>,
    pub(crate) feed_places: FeedPlaces,
    pub(crate) readiness: Readiness,
    pub(crate) attempts: Attempts,
    pub(crate) counters: Counters,
    /// Access tokens whose signature was verified.
    pub(crate) verified: Verified,
    pub(crate) notices: Notices,
    pub(crate) master: MasterKey,
    pub(crate) mailer: Option<Mailer>,
    /// Somebody has written a message.
    pub(crate) has_mail: Notify,
    pub(crate) legacy: LegacyState,
    pub(crate) webhook_client: OnceLock<Client>,
    pub(crate) hosts: Hosts,
    /// An admin has changed a webhook.
    pub(crate) has_webhooks: Notify,
}

/// Why the use cases cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store does not answer.
    #[error("the store does not answer: {0}")]
    Store(#[from] hallpass_store::Error),
    /// The data were written under another master key.
    #[error(
        "the master key does not fit this database: it was written under another one. Give back the key file or \
         `keys.master_key` it was made with; without it the signing keys cannot be read and every refresh token is void"
    )]
    WrongMasterKey,
    /// The store is a copy that is not complete.
    #[error(
        "this database is an unfinished copy of {from}: run the same `hallpass migrate` again to finish it, or serve \
         from {from}"
    )]
    Unfinished {
        /// What it is a copy of.
        from: String,
    },
    /// The store is about to move, and closed for writing.
    #[error(
        "this database is closed for a move to {to}: run the same `hallpass migrate` again to finish it, or give it \
         up with `hallpass migrate --from URL --give-up`"
    )]
    Moving { to: String },
    /// The store has moved.
    #[error("this database has moved to {to}, for good: set database_url to that")]
    Moved { to: String },
    /// The signing keys cannot be made or read.
    #[error("signing keys: {0}")]
    Keys(#[from] RingError),
    /// The source of randomness failed.
    #[error(transparent)]
    Random(#[from] crate::ctx::RandomError),
}

impl From<SealBroken> for StartError {
    fn from(_: SealBroken) -> Self {
        Self::WrongMasterKey
    }
}

impl Auth {
    /// Opens the use cases: checks the master key against the store, makes or reads the signing keys, and rebuilds
    /// the denylist from the store before anything can be verified.
    ///
    /// # Errors
    /// A [`StartError`], fit to be shown to the operator.
    pub async fn start(settings: Settings, deps: Deps, ctx: &Ctx) -> Result<Self, StartError> {
        check_marks(&deps.store).await?;
        check_master(&deps, ctx).await?;
        let ring = KeyRing::open(&settings, deps.store.clone(), deps.master.clone(), ctx).await?;
        let feed = deps.store.read(op::RevocationsSince { seq: 0 }).await?;
        deps.denylist.rebuild(&feed.entries);
        deps.denylist.advance(feed.last_seq);
        hash_work::learn(&deps.store, &deps.pool, &settings, feed.hash_work).await?;
        let codec = deps.master.refresh_codec()?;
        let limiter_keys = LimiterKeys::new(&deps.master.derive(b"limiter keys")?);
        let verified = Verified::new(settings.token.cache_bytes);
        let schedule = Schedule::starting_at(ctx.now);
        let Deps { store, denylist, limits, pool, master, mailer } = deps;
        Ok(Self(Arc::new(Core {
            settings,
            store,
            denylist,
            limits,
            pool,
            codec,
            limiter_keys,
            ring,
            schedule,
            spent: Spent::default(),
            ring_asked_for: AtomicI64::new(0),
            rebuilding: Mutex::default(),
            feed_places: FeedPlaces::default(),
            readiness: Readiness::starting(),
            attempts: Attempts::default(),
            counters: Counters::default(),
            verified,
            notices: Notices::default(),
            master,
            mailer,
            has_mail: Notify::new(),
            legacy: LegacyState::default(),
            webhook_client: OnceLock::new(),
            hosts: Hosts::default(),
            has_webhooks: Notify::new(),
        })))
    }

    pub(crate) fn core(&self) -> &Core {
        &self.0
    }

    /// What the use cases were configured with.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The replica of what is revoked.
    pub fn denylist(&self) -> &Arc<Denylist> {
        &self.0.denylist
    }
}

impl Core {
    /// Runs an operation that may revoke; there is no other way to. When this returns, what it revoked is in Redis and
    /// published to the other replicas. A Redis that does not take it fails nothing: the database has it, and they read that,
    /// too.
    pub(crate) async fn revoke<O: Revoking>(&self, ctx: &Ctx, operation: O) -> hallpass_store::Result<O::Output> {
        let done = self.store.revoke(operation).await?;
        Ok(done.mirrored(self.flush_mirror(ctx)).await)
    }

    pub(crate) async fn flush_mirror(&self, ctx: &Ctx) {
        if let Some(mirror) = self.mirror() {
            mirror.flush(ctx.now).await;
        }
    }

    pub(crate) fn mirror(&self) -> Option<&Arc<RedisDenylist>> {
        self.denylist.mirror()
    }
}

pub(crate) const CHECK_NAME: &str = "master_key_check";
const CHECK_TEXT: &[u8] = b"hallpass";

/// A sealed known text tells a wrong master key apart from damage, at start and not at the first login.
async fn check_master(deps: &Deps, ctx: &Ctx) -> Result<(), StartError> {
    let value = if let Some(value) = deps.store.read(op::GetMeta { name: CHECK_NAME }).await? {
        value
    } else {
        let value = deps.master.seal(ctx, CHECK_NAME, CHECK_TEXT).map_err(|_| StartError::WrongMasterKey)?;
        // Of two processes that start together one writes; both check what stands.
        deps.store.write(op::PutMetaIfAbsent { name: CHECK_NAME, value }).await?
    };
    if fits(&deps.master, &value) { Ok(()) } else { Err(StartError::WrongMasterKey) }
}

/// Whether a sealed check was made under this master key.
pub(crate) fn fits(master: &MasterKey, check: &[u8]) -> bool {
    master.open(CHECK_NAME, check).is_ok_and(|text| text.as_slice() == CHECK_TEXT)
}

/// At most one store of a move is open, and this is where the others are turned away.
async fn check_marks(store: &Store) -> Result<(), StartError> {
    let marks = store.read(op::transfer::ReadMarks).await?;
    match (marks.incoming, marks.outgoing) {
        (Some(incoming), _) => Err(StartError::Unfinished { from: incoming.from }),
        (None, Some(outgoing)) if marks.is_moved => Err(StartError::Moved { to: outgoing.to }),
        (None, Some(outgoing)) => Err(StartError::Moving { to: outgoing.to }),
        (None, None) => Ok(()),
    }
}
