//! What lasts: the database, the master key; and the hashing pool.

use std::path::{Path, PathBuf};

use base64_simd::URL_SAFE_NO_PAD;
use hallpass_model::secret::Secret;
use hallpass_password::{PoolOptions, Scheme};
use hallpass_shared::RedisUrl;
use hallpass_store::PostgresUrl;
use zeroize::Zeroizing;

use crate::config::reader::{Reader, Refusal};
use crate::config::{DataSettings, Database};

const DATABASE_FILE: &str = "hallpass.db";

pub(super) fn settings(reader: &mut Reader<'_>) -> Option<DataSettings> {
    let folder = reader.with("data_dir", |text| {
        if text.is_empty() { Err(("bad_value", "must name a folder".to_owned())) } else { Ok(PathBuf::from(text)) }
    });
    // A folder that is refused does not hide a fault of the address.
    let place = folder.clone().unwrap_or_default();
    let database = reader.with("database_url", |text| database(text, &place));
    let redis = reader.with("redis_url", redis);
    let master_key = reader.with("keys.master_key", master_key);
    Some(DataSettings { folder: folder?, database: database?, redis: redis?, master_key: master_key? })
}

fn database(text: &str, folder: &Path) -> Result<Database, Refusal> {
    let own = || Database::File(folder.join(DATABASE_FILE));
    match text.split_once(':') {
        None if text.is_empty() => Ok(own()),
        Some(("sqlite", "")) => Ok(own()),
        Some(("sqlite", path)) => Ok(Database::File(PathBuf::from(path.strip_prefix("//").unwrap_or(path)))),
        // The value may hold a password: no refusal repeats it.
        Some(("postgres" | "postgresql", _)) => {
            let target = text.parse::<PostgresUrl>().map_err(|error| ("bad_value", error.to_string()))?;
            Ok(Database::Postgres(Box::new(target)))
        }
        _ => {
            let message = "is not a database that hallpass knows; write sqlite:PATH or postgres://USER@HOST/NAME";
            Err(("bad_value", message.to_owned()))
        }
    }
}

fn redis(text: &str) -> Result<Option<RedisUrl>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    // The value may hold a password: it is not repeated.
    RedisUrl::parse(text).map(Some).map_err(|error| ("bad_value", error.to_string()))
}

fn master_key(text: &str) -> Result<Option<Secret<32>>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    parse_master_key(text).map(Some).ok_or_else(|| {
        let message = "must be 32 random bytes as base64url, 43 characters";
        ("bad_master_key", message.to_owned())
    })
}

/// A database named on a command line; its text may hold a password, and is not repeated when it is refused.
pub(crate) fn parse_database(text: &str, folder: &Path) -> Result<Database, String> {
    database(text, folder).map_err(|(_, message)| message)
}

/// 32 bytes in unpadded base64url.
pub(crate) fn parse_master_key(text: &str) -> Option<Secret<32>> {
    let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode_to_vec(text).ok()?);
    let bytes: [u8; 32] = bytes.as_slice().try_into().ok()?;
    // What is all one byte was typed, not drawn.
    if bytes.iter().all(|byte| *byte == bytes[0]) { None } else { Some(Secret::new(bytes)) }
}

pub(super) fn pool(reader: &mut Reader<'_>, scheme: Option<Scheme>) -> Option<PoolOptions> {
    let threads = reader.number("password.hash_threads", 0..=1024_usize);
    let lanes = reader.number("password.bcrypt_lanes", 1..=4_usize);
    let queue = reader.number("password.hash_queue", 0..=1_000_000_usize);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = if threads? == 0 { cores } else { threads? };
    let queue = if queue? == 0 { threads * 16 } else { queue? };
    Some(PoolOptions { threads, lanes: lanes?, queue, scheme: scheme? })
}
