//! Closing a store for writing, in the database itself: every write, by whatever process, is refused from the commit
//! on that closes it. That is what makes it certain that no refresh token is ever spent in two stores.

use std::sync::LazyLock;

use super::mark::{self, MOVED, OUTGOING, Outgoing};
use super::table::Table;
use crate::conn::{Conn, Dialect, Value};
use crate::op::meta::PUT;
use crate::op::{Mode, Operation};
use crate::{Error, Result};

const REMOVE_MARK: &str = "DELETE FROM meta WHERE name = 'migration.outgoing' AND value = $1";
const POSTGRES_FUNCTION: &str = "CREATE OR REPLACE FUNCTION store_is_closed() RETURNS trigger LANGUAGE plpgsql AS $$ \
    BEGIN RAISE EXCEPTION 'closed for writing: this database moves, or has moved'; END $$";

/// What an engine runs to close and to reopen.
struct Scripts {
    close: Vec<String>,
    reopen: Vec<String>,
}

static SQLITE: LazyLock<Scripts> = LazyLock::new(|| {
    let pairs = || guarded().flat_map(|table| ["INSERT", "UPDATE", "DELETE"].map(|verb| (table, verb)));
    Scripts {
        close: pairs()
            .map(|(table, verb)| {
                format!(
                    "CREATE TRIGGER closed_{table}_{verb} BEFORE {verb} ON {table} BEGIN \
                     SELECT RAISE(ABORT, 'closed for writing: this database moves, or has moved'); END"
                )
            })
            .collect(),
        reopen: pairs().map(|(table, verb)| format!("DROP TRIGGER IF EXISTS closed_{table}_{verb}")).collect(),
    }
});

static POSTGRES: LazyLock<Scripts> = LazyLock::new(|| {
    let close = guarded().map(|table| {
        format!(
            "CREATE TRIGGER store_is_closed BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} \
             FOR EACH STATEMENT EXECUTE FUNCTION store_is_closed()"
        )
    });
    Scripts {
        close: std::iter::once(POSTGRES_FUNCTION.to_owned()).chain(close).collect(),
        reopen: guarded().map(|table| format!("DROP TRIGGER IF EXISTS store_is_closed ON {table}")).collect(),
    }
});

/// All but `meta`, where the marks are.
fn guarded() -> impl Iterator<Item = &'static str> {
    Table::ALL.iter().filter(|table| **table != Table::Meta).map(|table| table.name())
}

fn scripts<C: Conn>() -> &'static Scripts {
    match C::DIALECT {
        Dialect::Sqlite => &SQLITE,
        Dialect::Postgres => &POSTGRES,
    }
}

/// Closes a store for writing. Transactions under way finish first.
#[derive(Debug)]
pub struct Close {
    pub mark: Outgoing,
}

/// What became of a [`Close`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Closed {
    /// It is closed under this mark: the given one, or the one of an earlier run of the same move.
    Closed(Outgoing),
    /// It is closed for a move to somewhere else.
    Elsewhere(Outgoing),
}

impl Operation for Close {
    type Output = Closed;
    const NAME: &'static str = "close_store";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Closed> {
        if let Some(found) = mark::read(conn).await?.outgoing {
            let is_ours = found.ticket == self.mark.ticket;
            return Ok(if is_ours { Closed::Closed(found) } else { Closed::Elsewhere(found) });
        }
        for sql in &scripts::<C>().close {
            conn.execute(sql, &[]).await?;
        }
        conn.execute(PUT, &[OUTGOING.into(), Value::Blob(&mark::encode(&self.mark)?)]).await?;
        Ok(Closed::Closed(self.mark.clone()))
    }
}

/// Opens a store for writing again, when the move was given up.
#[derive(Debug)]
pub struct Reopen;

impl Operation for Reopen {
    /// Whether it is open now. One that has moved stays closed: its copy may be in use.
    type Output = bool;
    const NAME: &'static str = "reopen_store";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<bool> {
        let marks = mark::read(conn).await?;
        if marks.is_moved {
            return Ok(false);
        }
        let Some(found) = marks.outgoing else { return Ok(true) };
        for sql in &scripts::<C>().reopen {
            conn.execute(sql, &[]).await?;
        }
        let removed = conn.execute(REMOVE_MARK, &[Value::Blob(&mark::encode(&found)?)]).await?;
        if removed == 1 { Ok(true) } else { Err(Error::Corrupt("the mark of a move")) }
    }
}

/// Says for good that the store has moved. From here on its copy may be opened, and it may not.
#[derive(Debug)]
pub struct MarkMoved {
    /// The mark under which it was closed.
    pub mark: Outgoing,
}

impl Operation for MarkMoved {
    /// Whether it was still closed under that mark. If not, it has been written to since.
    type Output = bool;
    const NAME: &'static str = "mark_moved";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<bool> {
        if mark::read(conn).await?.outgoing.as_ref() != Some(&self.mark) {
            return Ok(false);
        }
        conn.execute(PUT, &[MOVED.into(), Value::Blob(self.mark.to.as_bytes())]).await?;
        Ok(true)
    }
}
