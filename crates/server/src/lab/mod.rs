//! The lab: sandboxed instances of the real server core, one a visitor, to touch and to break.
//!
//! A sandbox is the real router over the real use cases, on a store in memory, with a clock of its own that its visitor
//! may move. It shares nothing with the installation: no account, no key, no denylist, no audit log, no metric. Sandboxes
//! are bounded in number, size, life and speed, and each visitor has a share that no other visitor's greed can touch.

mod clock;
pub mod code;
mod quota;
mod registry;
mod sandbox;
mod silent;
mod template;
mod trace;
mod view;

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64_simd::URL_SAFE_NO_PAD;
use hallpass_auth::{Ctx, RandomError, StartError, network};
use hallpass_model::Timestamp;
use hallpass_password::{HashPool, PoolOptions, Scheme};

use self::quota::Share;
use self::registry::Registry;
use self::template::Template;
use crate::state::AppState;

pub(crate) use self::template::RESIDENTS;

pub use self::clock::TooFar;
pub use self::sandbox::{Sandbox, USERS};
pub use self::view::State;

/// How the lab behaves: resolved configuration.
#[derive(Debug, Clone, Copy)]
pub struct LabSettings {
    /// Sandboxes at once.
    pub max_sandboxes: usize,
}

/// The cost at which sandboxes hash: the lowest that configuration allows, since nothing real is behind it.
const COST: u32 = 10;
/// Hashes of the whole lab that may wait. It is more than one visitor may have under way.
const QUEUE: usize = 32;

/// The lab says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Every sandbox is in use.
    Full {
        /// When one may come free.
        retry_after: Duration,
    },
    /// This visitor asks too much at once.
    Busy,
    /// There is no such sandbox any more.
    Gone,
    /// A sandbox cannot be made now.
    Unavailable,
}

impl From<StartError> for Refused {
    fn from(error: StartError) -> Self {
        tracing::error!(target: "hallpass::lab", %error, "a sandbox could not be made");
        Self::Unavailable
    }
}

impl From<RandomError> for Refused {
    fn from(error: RandomError) -> Self {
        Self::from(StartError::from(error))
    }
}

/// The lab.
pub struct Lab {
    settings: LabSettings,
    pool: HashPool,
    template: tokio::sync::OnceCell<Template>,
    /// Sandboxes are made one after the other, so that a rush of visitors never takes the cores.
    making: tokio::sync::Mutex<()>,
    registry: Mutex<Registry>,
}

impl std::fmt::Debug for Lab {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lab").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Lab {
    /// Opens the lab. It hashes on one thread of its own: a visitor who turns the cost up slows no login down.
    pub fn new(settings: LabSettings) -> Self {
        let scheme = Scheme::Bcrypt { cost: COST };
        Self {
            settings,
            pool: HashPool::unmeasured(PoolOptions { threads: 1, queue: QUEUE, scheme }),
            template: tokio::sync::OnceCell::new(),
            making: tokio::sync::Mutex::default(),
            registry: Mutex::default(),
        }
    }

    /// Makes a sandbox for the visitor at this address.
    ///
    /// # Errors
    /// [`Refused::Full`], [`Refused::Busy`], [`Refused::Unavailable`].
    pub async fn open(&self, outer: &AppState, ctx: &Ctx) -> Result<Arc<Sandbox>, Refused> {
        let share = self.share(ctx.now, ctx.ip)?;
        share.take(ctx.now)?;
        let _place = share.enter()?;
        let _turn = self.making.lock().await;
        self.registry().make_room(&share, ctx.now, self.settings.max_sandboxes)?;
        let template = self.template.get_or_try_init(|| Template::make(ctx, &self.pool)).await?;
        let mut id = [0; 16];
        ctx.random.fill(&mut id)?;
        let id = URL_SAFE_NO_PAD.encode_to_string(id);
        let sandbox = Arc::new(Sandbox::open(id, share, template, (outer, &self.pool), ctx).await?);
        self.registry().insert(sandbox.clone());
        Ok(sandbox)
    }

    /// The sandbox of this id, which only its visitor knows.
    ///
    /// # Errors
    /// [`Refused::Gone`].
    pub fn find(&self, id: &str, now: Timestamp) -> Result<Arc<Sandbox>, Refused> {
        self.registry().find(id, now).ok_or(Refused::Gone)
    }

    /// Ends a sandbox.
    pub fn close(&self, id: &str) {
        self.registry().remove(id);
    }

    /// Forgets sandboxes whose time is over.
    pub fn sweep(&self, now: Timestamp) {
        self.registry().sweep(now);
    }

    /// How many sandboxes are open.
    pub fn len(&self) -> usize {
        self.registry().len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn share(&self, now: Timestamp, ip: Option<IpAddr>) -> Result<Arc<Share>, Refused> {
        self.registry().share(network(ip), now)
    }

    // A panic while the lock was held leaves at worst a sandbox that is swept later.
    fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
