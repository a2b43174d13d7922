//! The folder with the master key and the database, and the use cases on top of it.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;

use base64_simd::URL_SAFE_NO_PAD;
use hallpass_auth::{Admin, Auth, Deps, MasterKey};
use hallpass_model::secret::Secret;
use hallpass_password::HashPool;
use hallpass_shared::{Denylist, Redis, RedisDenylist, RedisLimits, RedisUrl, SharedLimits, TimeSource};
use hallpass_store::{AuditKey, Store};
use zeroize::Zeroizing;

use super::World;
use super::failure::{Failure, Result};
use crate::config::{Config, Database, parse_master_key};

/// An opened installation.
pub(super) struct Installation {
    pub(super) auth: Auth,
    pub(super) store: Store,
}

/// Whether a command may make what is not there yet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum IfAbsent {
    /// The server and `migrate` do.
    Create,
    /// A command that finds nothing was probably pointed at the wrong folder.
    Fail,
}

impl Installation {
    pub(super) async fn open(config: &Config, world: &World, if_absent: IfAbsent) -> Result<Self> {
        let database = &config.data.database;
        let is_new = !Store::exists(&database.options()).await?;
        if is_new && if_absent == IfAbsent::Fail {
            let message = format!(
                "there is no database at {database}: point --data-dir or --database-url at it, or make it with \
                 `hallpass migrate` or by starting the server"
            );
            return Err(Failure::new("no_database", message));
        }
        if matches!(database, Database::File(_)) || config.data.master_key.is_none() {
            make_folder(&config.data.folder)?;
        }
        let master = MasterKey::new(master_key(config, world, is_new)?);
        let (denylist, limits) = shared(config.data.redis.as_ref(), world, if_absent).await?;
        let listener = denylist.clone();
        let options = database.options().audit_key(audit_key(&master)?);
        let options = options.listener(Arc::new(move |entries| listener.committed(entries)));
        let store = Store::connect(options).await?;
        let deps = Deps {
            store: store.clone(),
            denylist,
            limits,
            pool: HashPool::start(config.pool),
            master,
            mailer: config.mailer.clone(),
        };
        let auth = Auth::start(config.auth.clone(), deps, &world.ctx()).await?;
        Ok(Self { auth, store })
    }

    pub(super) fn admin(&self) -> Admin {
        self.auth.operator()
    }

    pub(super) async fn close(self) {
        self.store.close().await;
    }
}

/// What chains the rows of the audit log.
pub(super) fn audit_key(master: &MasterKey) -> Result<AuditKey> {
    master.audit_key().map_err(|error| Failure::new("bad_master_key", error.to_string()))
}

/// What replicas share. A Redis that does not answer does not prevent a start: the database is the truth. One that
/// would forget revocations is, as far as it can be asked.
async fn shared(
    url: Option<&RedisUrl>,
    world: &World,
    if_absent: IfAbsent,
) -> Result<(Arc<Denylist>, Option<SharedLimits>)> {
    let Some(url) = url else { return Ok((Arc::new(Denylist::new()), None)) };
    let redis = Redis::new(url.clone());
    if if_absent == IfAbsent::Create {
        match redis.about().await {
            Ok(about) => about.check().map_err(|cause| Failure::new("unsafe_redis", format!("redis_url: {cause}")))?,
            Err(fault) => tracing::error!(%fault, "Redis does not answer; this server starts without it"),
        }
    }
    let mut name = [0; 8];
    world.random.fill(&mut name)?;
    let mirror = RedisDenylist::new(redis.clone(), format!("{:016x}", u64::from_be_bytes(name)));
    let limits = SharedLimits::new(RedisLimits::new(redis, TimeSource::Server));
    Ok((Arc::new(Denylist::mirrored(Some(mirror))), Some(limits)))
}

/// Opens the installation, lets the work be done, and closes it whatever came of it.
pub(super) async fn with_installation<T>(
    config: &Config,
    world: &World,
    work: impl AsyncFnOnce(&Installation) -> Result<T>,
) -> Result<T> {
    let installation = Installation::open(config, world, IfAbsent::Fail).await?;
    let result = work(&installation).await;
    installation.close().await;
    result
}

fn make_folder(folder: &Path) -> Result<()> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| Failure::new("io", format!("cannot make {}: {error}", folder.display())))
}

pub(super) fn master_key(config: &Config, world: &World, may_make: bool) -> Result<Secret<32>> {
    if let Some(key) = &config.data.master_key {
        return Ok(key.clone());
    }
    let path = config.data.master_key_file();
    check_mode(&path)?;
    match fs::read_to_string(&path) {
        Ok(text) => {
            let text = Zeroizing::new(text);
            let damaged = || Failure::new("bad_master_key", format!("{} holds no master key", path.display()));
            parse_master_key(text.trim_end()).ok_or_else(damaged)
        }
        Err(error) if error.kind() == ErrorKind::NotFound && may_make => {
            let made = make_master_key(world, &path)?;
            if matches!(config.data.database, Database::Postgres(_)) {
                let path = path.display();
                tracing::warn!(%path, "a master key was made here: give it to every other replica as keys.master_key");
            }
            Ok(made)
        }
        // A new key beside an old database would lock its data away for good.
        Err(error) if error.kind() == ErrorKind::NotFound => Err(no_master_key(&path, &config.data.database)),
        Err(error) => Err(Failure::new("io", format!("cannot read {}: {error}", path.display()))),
    }
}

/// A master key that other users of the machine can read is not secret, and one that they can write is theirs. The group is
/// left to the operator: Kubernetes gives a volume's files to the group of `fsGroup`.
fn check_mode(path: &Path) -> Result<()> {
    let Ok(data) = fs::metadata(path) else { return Ok(()) };
    let mode = data.permissions().mode();
    let path = path.display();
    if mode & 0o007 != 0 {
        let message = format!(
            "{path} is open to every user of this machine (mode {:03o}): chmod 600 {path}. Another user may have read \
             it, so then rotate the signing keys, too: hallpass keys rotate --force",
            mode & 0o777
        );
        return Err(Failure::new("open_master_key", message));
    }
    if mode & 0o070 != 0 {
        tracing::warn!(%path, "the master key is open to its group; chmod 600 unless that group is this server's own");
    }
    Ok(())
}

fn no_master_key(path: &Path, database: &Database) -> Failure {
    let cure = match database {
        Database::File(_) => "put it back, or give it as keys.master_key",
        Database::Postgres(_) => "every replica needs the same one: give it as keys.master_key or keys.master_key_file",
    };
    let message = format!("{} is missing, and {database} was written under it: {cure}", path.display());
    Failure::new("no_master_key", message)
}

/// Durable before anything is sealed with it.
fn make_master_key(world: &World, path: &Path) -> Result<Secret<32>> {
    let mut bytes = Zeroizing::new([0; 32]);
    world.random.fill(bytes.as_mut())?;
    let text = Zeroizing::new(URL_SAFE_NO_PAD.encode_to_string(bytes.as_slice()) + "\n");
    let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = opened.map_err(|error| Failure::new("io", format!("cannot make {}: {error}", path.display())))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    if let Some(folder) = path.parent() {
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(Secret::new(*bytes))
}
