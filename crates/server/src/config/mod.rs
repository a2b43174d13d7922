//! Configuration: text from four layers ([`layers`]), checked once, and typed from there on (`resolve`).

mod environment;
mod error;
mod file;
pub mod keys;
pub mod layers;
mod reader;
mod resolve;
mod shown;
pub mod value;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use hallpass_auth::Settings;
use hallpass_mail::Mailer;
use hallpass_model::secret::Secret;
use hallpass_password::PoolOptions;
use hallpass_shared::RedisUrl;
use hallpass_store::{Options, PostgresUrl};

pub use self::error::{ConfigError, ConfigErrors};
use self::keys::KEYS;
use self::layers::{Inputs, Raw, Source};
pub(crate) use self::resolve::{parse_database, parse_master_key};
use crate::log;
use crate::places::PlaceFile;
use crate::serve::Sockets;
use hallpass_http::state::HttpSettings;
use hallpass_lab::LabSettings;

/// A configuration that was found safe.
#[derive(Debug)]
pub struct Config {
    /// What it was made of, for `hallpass config`.
    pub raw: Raw,
    /// For the use cases.
    pub auth: Settings,
    /// For HTTP.
    pub http: HttpSettings,
    /// For the listeners.
    pub sockets: Sockets,
    /// For the store.
    pub data: DataSettings,
    /// What sends mail, if anything does.
    pub mailer: Option<Mailer>,
    /// For the hashing pool.
    pub pool: PoolOptions,
    /// For the lab, if it is open.
    pub lab: Option<LabSettings>,
    /// For the lab, whether it is open beside the server or not.
    pub lab_settings: LabSettings,
    /// The database of places, if there is one: the same as in `http`, to be read again.
    pub places: Option<Arc<PlaceFile>>,
    /// For the log.
    pub log: LogSettings,
    /// The address of the admin made at the first start.
    pub admin_email: String,
    /// What is allowed but risky: logged at the start, and shown by `hallpass doctor`.
    pub warnings: Vec<ConfigError>,
}

/// Where durable things are.
#[derive(Debug)]
pub struct DataSettings {
    /// The folder.
    pub folder: PathBuf,
    pub database: Database,
    /// Redis, when there is one.
    pub redis: Option<RedisUrl>,
    /// The master key, when it is not in the folder.
    pub master_key: Option<Secret<32>>,
}

/// Which database. As text it holds no password.
#[derive(Debug, Clone)]
pub enum Database {
    /// A SQLite file.
    File(PathBuf),
    /// A PostgreSQL server.
    Postgres(Box<PostgresUrl>),
}

impl Database {
    /// How the store opens it.
    pub fn options(&self) -> Options {
        match self {
            Self::File(path) => Options::new(path),
            Self::Postgres(target) => Options::postgres(PostgresUrl::clone(target)),
        }
    }
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(target) => target.fmt(f),
        }
    }
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
    /// What is logged.
    pub filter: log::Filter,
}

impl Config {
    /// Reads and checks.
    ///
    /// # Errors
    /// Everything that is wrong with the inputs.
    pub fn load(inputs: &Inputs) -> Result<Self, ConfigErrors> {
        let (raw, faults) = Raw::collect(inputs);
        let is_set: Vec<&str> =
            KEYS.iter().map(|key| key.name).filter(|key| raw.source(key) != Source::Default).collect();
        match resolve::resolve(raw) {
            resolved if faults.is_empty() => resolved,
            Ok(_) => Err(ConfigErrors(faults)),
            // A default is refused only because what should stand in its place was not understood.
            Err(ConfigErrors(refused)) => {
                let further = refused.into_iter().filter(|error| is_set.contains(&error.key.as_str()));
                Err(ConfigErrors(faults.into_iter().chain(further).collect()))
            }
        }
    }

    /// The defaults alone, whatever files and the environment say.
    ///
    /// # Errors
    /// The defaults contradict each other.
    pub fn defaults() -> Result<Self, ConfigErrors> {
        resolve::resolve(Raw::defaults())
    }
}
