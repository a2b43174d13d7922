//! The lab: its sandboxes, and whose turn it is.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64_simd::URL_SAFE_NO_PAD;
use hallpass_auth::{Ctx, Settings, network};
use hallpass_http::state::AppState;
use hallpass_model::Timestamp;
use hallpass_password::{HashPool, PoolOptions, Scheme};

use crate::quota::Share;
use crate::refused::{LabSettings, Refused};
use crate::registry::Registry;
use crate::sandbox::Sandbox;
use crate::template::Template;

/// The cost at which sandboxes hash: the lowest that configuration allows, since nothing real is behind it.
const COST: u32 = 10;
/// Hashes of the whole lab that may wait. It is more than one visitor may have under way.
const QUEUE: usize = 32;

/// The lab.
pub struct Lab {
    settings: LabSettings,
    defaults: Settings,
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
    /// Opens the lab, whose sandboxes start from these settings. It hashes on one thread of its own: a visitor who turns the cost up slows no login down.
    pub fn new(settings: LabSettings, defaults: Settings) -> Self {
        let scheme = Scheme::Bcrypt { cost: COST };
        Self {
            settings,
            defaults,
            pool: HashPool::unmeasured(PoolOptions { threads: 1, lanes: 1, queue: QUEUE, scheme }),
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
        let template = self.template.get_or_try_init(|| Template::make(self.defaults.clone(), ctx, &self.pool)).await?;
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
