//! Single values about the installation itself.

use super::{Mode, Operation};
use crate::conn::{Columns, Conn, Dialect, FromRow, Row, Value};
use crate::{Error, Result};

const GET: &str = "SELECT value FROM meta WHERE name = $1";
pub(super) const PUT: &str = "INSERT INTO meta (name, value) VALUES ($1, $2) \
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";
const PUT_IF_ABSENT: &str = "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
const PROBE: &str = "INSERT INTO counters (name, value) VALUES ('probe', 1) \
    ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value";

/// Reads a value.
#[derive(Debug)]
pub struct GetMeta {
    pub name: &'static str,
}

impl Operation for GetMeta {
    type Output = Option<Vec<u8>>;
    const NAME: &'static str = "get_meta";
    const MODE: Mode = Mode::PointRead;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Option<Vec<u8>>> {
        Ok(conn.row::<Bytes>(GET, &[self.name.into()]).await?.map(|bytes| bytes.0))
    }
}

/// Writes a value, whatever stood there.
#[derive(Debug)]
pub struct PutMeta {
    pub name: &'static str,
    pub value: Vec<u8>,
}

impl Operation for PutMeta {
    type Output = ();
    const NAME: &'static str = "put_meta";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<()> {
        conn.execute(PUT, &[self.name.into(), Value::Blob(&self.value)]).await.map(|_| ())
    }
}

/// Writes a value unless there is one; answers the one that stands.
#[derive(Debug)]
pub struct PutMetaIfAbsent {
    pub name: &'static str,
    pub value: Vec<u8>,
}

impl Operation for PutMetaIfAbsent {
    type Output = Vec<u8>;
    const NAME: &'static str = "put_meta_if_absent";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Vec<u8>> {
        conn.execute(PUT_IF_ABSENT, &[self.name.into(), Value::Blob(&self.value)]).await?;
        let stands = conn.row::<Bytes>(GET, &[self.name.into()]).await?;
        stands.map(|bytes| bytes.0).ok_or(Error::Corrupt("a value vanished"))
    }
}

/// The log of a full disk still takes the one page of a counter, in place of what a checkpoint has moved, but no login.
/// So on SQLite a probe writes more pages than a batch of logins does.
const PROBE_BYTES: usize = 128 * 1024;

/// Writes one row, of no meaning but that it can be written: a disk that is full answers reads as ever.
#[derive(Debug)]
pub struct Probe;

impl Operation for Probe {
    type Output = ();
    const NAME: &'static str = "probe";
    const MODE: Mode = Mode::Write;
    const FIRST_MAY_BE_ALL: bool = true;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<()> {
        let number: i64 = conn.row(PROBE, &[]).await?.ok_or(Error::Corrupt("counters are missing"))?;
        if C::DIALECT == Dialect::Sqlite {
            // What stands there already is not written again.
            let room = vec![number.to_le_bytes()[0]; PROBE_BYTES];
            conn.execute(PUT, &["probe".into(), Value::Blob(&room)]).await?;
        }
        Ok(())
    }
}

struct Bytes(Vec<u8>);

impl FromRow for Bytes {
    fn from_row(row: &dyn Row) -> Result<Self> {
        Columns::of(row).blob().map(Self)
    }
}
