//! Configuration: text from four layers ([`layers`]), checked once, and typed from there on (`resolve`).

mod error;
pub mod keys;
pub mod layers;
mod reader;
mod resolve;
mod shown;
pub mod value;

use std::path::PathBuf;

use hallpass_auth::Settings;
use hallpass_live::RedisUrl;
use hallpass_model::secret::Secret;
use hallpass_password::PoolOptions;

pub use self::error::{ConfigError, ConfigErrors};
use self::layers::{Inputs, Raw};
pub(crate) use self::resolve::parse_master_key;
pub use self::shown::Shown;
use crate::lab::LabSettings;
use crate::log;
use crate::serve::Sockets;
use crate::state::HttpSettings;

/// A configuration that was found safe.
#[derive(Debug)]
pub struct Config {
    /// What it was made of, for `hallpass config`.
    pub raw: Raw,
    /// For the use cases.
    pub auth: Settings,
    /// For the HTTP floor.
    pub http: HttpSettings,
    /// For the listeners.
    pub sockets: Sockets,
    /// For the store.
    pub data: DataSettings,
    /// For the hashing pool.
    pub pool: PoolOptions,
    /// For the lab, if it is open.
    pub lab: Option<LabSettings>,
    /// For the log.
    pub log: LogSettings,
    /// The address of the admin made at the first start.
    pub admin_email: String,
}

/// Where durable things are.
#[derive(Debug)]
pub struct DataSettings {
    /// The folder.
    pub folder: PathBuf,
    /// The database file.
    pub database: PathBuf,
    /// Redis, when there is one.
    pub redis: Option<RedisUrl>,
    /// The master key, when it is not in the folder.
    pub master_key: Option<Secret<32>>,
}

impl DataSettings {
    /// Where the master key lies when it is not configured.
    pub fn master_key_file(&self) -> PathBuf {
        self.folder.join("master.key")
    }
}

/// How the log looks.
#[derive(Debug)]
pub struct LogSettings {
    /// Text or JSON.
    pub format: log::Format,
    /// A level, or directives.
    pub filter: String,
}

impl Config {
    /// Reads and checks.
    ///
    /// # Errors
    /// Everything that is wrong with the inputs.
    pub fn load(inputs: &Inputs) -> Result<Self, ConfigErrors> {
        resolve::resolve(Raw::collect(inputs)?)
    }
}
