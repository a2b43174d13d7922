//! A page of a table: read in the order of keys, written in one transaction with the place that was reached.

use std::collections::{HashMap, HashSet};

use super::mark::CLAIM;
use super::record::Record;
use super::table::{CHUNK, Kind, Statements, Table};
use crate::conn::{Columns, Conn, FromRow, OwnedValue, Row, Value};
use crate::op::meta::PUT;
use crate::op::{Mode, Operation};
use crate::{Error, Result};

const PLACES: &str = "SELECT name, value FROM meta WHERE name LIKE 'migration.at.%'";

/// Reads rows of a table, ordered by the primary key.
///
/// Tables whose keys are texts come whole, in whatever order: databases disagree on how texts are ordered, and these
/// tables hold a handful of rows.
#[derive(Debug)]
pub struct ReadPage {
    pub table: Table,
    /// The key to begin after.
    pub after: Option<OwnedValue>,
    /// How many at most.
    pub limit: u32,
}

impl Operation for ReadPage {
    type Output = Vec<Record>;
    const NAME: &'static str = "copy_read";
    const MODE: Mode = Mode::List;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Vec<Record>> {
        let kind = self.table.key_kind();
        let limit = if self.table.comes_whole() { i64::MAX } else { i64::from(self.limit) };
        let after = match (&self.after, kind) {
            (Some(key), _) => key.borrowed(),
            (None, Kind::Int) => Value::Int(i64::MIN),
            (None, Kind::Text) => Value::Text(""),
            (None, Kind::Blob) => Value::Blob(&[]),
        };
        let mut page: Vec<Record> = conn.rows(&self.table.statements().page, &[after, limit.into()]).await?;
        if self.table.comes_whole() {
            page.sort_by(|one, other| one.key().cmp(other.key()));
        }
        Ok(page)
    }
}

/// Counts the rows of a table, by the database's own count.
#[derive(Debug)]
pub struct CountRecords {
    pub table: Table,
}

impl Operation for CountRecords {
    type Output = u64;
    const NAME: &'static str = "copy_count";
    const MODE: Mode = Mode::List;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<u64> {
        let count: i64 = conn.row(&self.table.statements().count, &[]).await?.unwrap_or_default();
        u64::try_from(count).map_err(|_| Error::Corrupt("a count below zero"))
    }
}

/// Makes a page of the copy equal to the source's.
pub struct WritePage {
    /// Which table.
    pub table: Table,
    /// The mark of the move that this belongs to.
    pub mark: Vec<u8>,
    /// Rows that are missing or different.
    pub upserts: Vec<Record>,
    /// Keys of rows that the source has no more.
    pub deletes: Vec<OwnedValue>,
    /// Up to where the table has been gone through, to be kept for the next run.
    pub place: Option<OwnedValue>,
}

/// What a [`WritePage`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    /// Rows left for a later pass: sessions whose user came into being after the users were copied.
    pub put_off: u64,
}

impl Operation for WritePage {
    /// Nothing when the mark is gone or another: then this is not the copy of this move any more, and nothing was
    /// written. A server may run on it.
    type Output = Option<Written>;
    const NAME: &'static str = "copy_write";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Option<Written>> {
        if conn.execute(CLAIM, &[Value::Blob(&self.mark)]).await? == 0 {
            return Ok(None);
        }
        let statements = self.table.statements();
        for key in &self.deletes {
            conn.execute(&statements.delete, &[key.borrowed()]).await?;
        }
        let mut written = Written::default();
        for chunk in self.upserts.chunks(CHUNK) {
            let rows = self.fitting(conn, statements, chunk).await?;
            written.put_off += (chunk.len() - rows.len()) as u64;
            upsert(conn, statements, &rows).await?;
        }
        if let Some(place) = &self.place {
            conn.execute(PUT, &[self.table.place().into(), Value::Blob(&place.encode())]).await?;
        }
        Ok(Some(written))
    }
}

impl WritePage {
    /// The rows that can be written now. Makes room for them where another row is in their way.
    async fn fitting<'a, C: Conn>(
        &self,
        conn: &mut C,
        statements: &'static Statements,
        chunk: &'a [Record],
    ) -> Result<Vec<&'a Record>> {
        let all = chunk.iter().collect();
        let Some(related) = &statements.related else { return Ok(all) };
        // The column that refers to a user, or the one that is unique among users.
        let column = if self.table == Table::Sessions { 1 } else { 2 };
        let asked: Vec<&OwnedValue> = chunk.iter().map(|record| &record.cells()[column]).collect();
        let last = asked[asked.len() - 1];
        let params: Vec<Value<'_>> =
            asked.iter().copied().chain(std::iter::repeat(last)).take(CHUNK).map(OwnedValue::borrowed).collect();
        let found: Vec<Related> = conn.rows(related, &params).await?;
        if self.table == Table::Sessions {
            let known: HashSet<&OwnedValue> = found.iter().map(|user| &user.id).collect();
            return Ok(chunk.iter().filter(|session| known.contains(&session.cells()[1])).collect());
        }
        let owners: HashMap<&OwnedValue, &OwnedValue> =
            chunk.iter().map(|user| (&user.cells()[2], user.key())).collect();
        for Related { id, unique } in &found {
            // An address that has gone over to another user since. The former owner follows in this pass or the next.
            if owners.get(unique).is_some_and(|owner| *owner != id) {
                conn.execute(&statements.delete, &[id.borrowed()]).await?;
            }
        }
        Ok(all)
    }
}

async fn upsert<C: Conn>(conn: &mut C, statements: &'static Statements, rows: &[&Record]) -> Result<()> {
    let values = |rows: &[&Record]| -> Vec<_> { rows.iter().flat_map(|row| row.cells().iter()).cloned().collect() };
    if rows.len() == CHUNK {
        let cells: Vec<OwnedValue> = values(rows);
        let params: Vec<Value<'_>> = cells.iter().map(OwnedValue::borrowed).collect();
        return conn.execute(&statements.upsert_chunk, &params).await.map(|_| ());
    }
    for row in rows {
        let params: Vec<Value<'_>> = row.cells().iter().map(OwnedValue::borrowed).collect();
        conn.execute(&statements.upsert_one, &params).await?;
    }
    Ok(())
}

/// A user with the address that may be in the way.
struct Related {
    id: OwnedValue,
    unique: OwnedValue,
}

impl FromRow for Related {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        let id = OwnedValue::Blob(columns.blob()?);
        Ok(Self { id, unique: columns.opt_text()?.map_or(OwnedValue::Null, OwnedValue::Text) })
    }
}

/// How far earlier runs of a first pass have come, table by table.
#[derive(Debug)]
pub struct ReadPlaces;

impl Operation for ReadPlaces {
    type Output = HashMap<Table, OwnedValue>;
    const NAME: &'static str = "copy_places";
    const MODE: Mode = Mode::List;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<HashMap<Table, OwnedValue>> {
        let places: Vec<Place> = conn.rows(PLACES, &[]).await?;
        let of = |place: &Place| Table::ALL.iter().copied().find(|table| table.place() == place.name);
        places.iter().filter_map(|place| Some((of(place)?, OwnedValue::decode(&place.value)))).map(whole).collect()
    }
}

fn whole<T>((table, cell): (T, Result<OwnedValue>)) -> Result<(T, OwnedValue)> {
    cell.map(|cell| (table, cell))
}

struct Place {
    name: String,
    value: Vec<u8>,
}

impl FromRow for Place {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        Ok(Self { name: columns.text()?, value: columns.blob()? })
    }
}
