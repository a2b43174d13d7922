//! Where an installation lies: its folder, and its database if that is elsewhere.

use std::fs;
use std::path::{Path, PathBuf};

use base64_simd::URL_SAFE_NO_PAD;
use hallpass_auth::MasterKey;
use hallpass_model::refresh_token::Codec;
use hallpass_model::secret::Secret;
use hallpass_store::{Options, PostgresUrl, Store};
use hallpass_testbed::Postgres;

use crate::Outcome;

/// A folder, and perhaps a database.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) folder: PathBuf,
    pub(crate) database_url: Option<String>,
}

impl Place {
    pub(crate) const fn new(folder: PathBuf, database_url: Option<String>) -> Self {
        Self { folder, database_url }
    }

    /// What the binary must be told to find it.
    pub(crate) fn settings(&self) -> Vec<String> {
        let folder = format!("data_dir={}", self.folder.display());
        let database = self.database_url.iter().map(|url| format!("database_url={url}"));
        std::iter::once(folder).chain(database).collect()
    }

    /// Opens the store, which must have been made.
    pub(crate) async fn store(&self) -> Outcome<Store> {
        let options = match &self.database_url {
            None => Options::new(self.folder.join("hallpass.db")),
            Some(url) => Options::postgres(url.parse::<PostgresUrl>()?),
        };
        Ok(Store::connect(options).await?)
    }

    /// What the database holds on the disk, indexes and log included.
    pub(crate) fn bytes(&self) -> Outcome<u64> {
        let Some(url) = &self.database_url else {
            let files = ["hallpass.db", "hallpass.db-wal"].map(|name| fs::metadata(self.folder.join(name)));
            return Ok(files.into_iter().flatten().map(|file| file.len()).sum());
        };
        let sum = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class \
            WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace";
        Ok(Postgres::psql(url, sum).parse()?)
    }

    /// Has PostgreSQL do now what it would do some minutes after so many rows came, in the midst of what is measured.
    pub(crate) fn settle(&self) {
        if let Some(url) = &self.database_url {
            Postgres::psql(url, "VACUUM (ANALYZE) users, sessions, revocations");
            Postgres::psql(url, "CHECKPOINT");
        }
    }

    /// What writes refresh tokens that the installation takes for its own.
    pub(crate) fn codec(&self) -> Outcome<Codec> {
        Ok(MasterKey::new(master_key(&self.folder.join("master.key"))?).refresh_codec()?)
    }
}

fn master_key(path: &Path) -> Outcome<Secret<32>> {
    let text = fs::read_to_string(path)?;
    let bytes = URL_SAFE_NO_PAD.decode_to_vec(text.trim_end())?;
    let bytes: [u8; 32] = bytes.try_into().map_err(|_| "the master key has another length")?;
    Ok(Secret::new(bytes))
}
