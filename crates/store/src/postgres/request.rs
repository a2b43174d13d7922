//! A statement on its way, and its answer.

use std::pin::pin;

use bytes::BytesMut;
use deadpool_postgres::ClientWrapper;
use futures_util::TryStreamExt;
use tokio_postgres::types::{BorrowToSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Error as DriverError, RowStream, Statement};

use crate::conn::{FromRow, Row, Value};
use crate::{Error, Result};

/// What a statement has brought.
#[derive(Default)]
pub(super) struct Answer {
    rows: Vec<tokio_postgres::Row>,
    pub(super) changed: u64,
}

impl Answer {
    pub(super) fn decode<T: FromRow>(&self) -> Result<Vec<T>> {
        self.rows.iter().map(|row| T::from_row(&PostgresRow(row))).collect()
    }

    /// The answers of several operations to one statement, whose last column is the place of an operation among them.
    pub(super) fn split(self, count: usize) -> Result<Vec<Self>> {
        let mut answers = Vec::new();
        answers.resize_with(count, Self::default);
        for row in self.rows {
            let place: i64 = row.try_get(row.len() - 1).map_err(|_| Error::Corrupt("a row without a place"))?;
            let place = usize::try_from(place - 1).ok();
            let answer =
                place.and_then(|place| answers.get_mut(place)).ok_or(Error::Corrupt("a row of no operation"))?;
            answer.changed += 1;
            answer.rows.push(row);
        }
        Ok(answers)
    }
}

/// A statement's parameters.
#[derive(Clone, Copy)]
pub(super) enum Params<'a> {
    Row(&'a [Value<'a>]),
    /// Each is an array.
    Columns(&'a [Vec<Value<'a>>]),
}

/// A statement with its parameters.
pub(super) struct Request<'a> {
    pub(super) client: &'a ClientWrapper,
    /// None behind a pooler, where a name given on one connection is unknown on the next.
    pub(super) statement: Option<Statement>,
    pub(super) sql: &'static str,
    pub(super) params: Params<'a>,
}

impl Request<'_> {
    pub(super) async fn prepare(
        client: &ClientWrapper,
        sql: &'static str,
        named: bool,
    ) -> std::result::Result<Option<Statement>, DriverError> {
        if named { client.prepare_cached(sql).await.map(Some) } else { Ok(None) }
    }

    pub(super) async fn run(&self) -> std::result::Result<Answer, DriverError> {
        let stream = match self.params {
            Params::Row(row) => self.send(row.iter().map(|value| (value, type_of(value)))).await?,
            Params::Columns(columns) => self.send(columns.iter().map(|column| (column, type_of_array(column)))).await?,
        };
        let mut stream = pin!(stream);
        let mut rows = Vec::new();
        while let Some(row) = stream.try_next().await? {
            rows.push(row);
        }
        Ok(Answer { rows, changed: stream.rows_affected().unwrap_or_default() })
    }

    async fn send<P, I>(&self, params: I) -> std::result::Result<RowStream, DriverError>
    where
        P: BorrowToSql,
        I: ExactSizeIterator<Item = (P, Type)>,
    {
        match &self.statement {
            Some(statement) => self.client.query_raw(statement, params.map(|(value, _)| value)).await,
            None => self.client.query_typed_raw(self.sql, params).await,
        }
    }
}

/// A text where no entry has a type: such a column of a table is one of texts.
fn type_of_array(column: &[Value<'_>]) -> Type {
    match column.iter().find(|value| !matches!(value, Value::Null)) {
        Some(Value::Int(_)) => Type::INT8_ARRAY,
        Some(Value::Blob(_)) => Type::BYTEA_ARRAY,
        Some(Value::Text(_) | Value::Null) | None => Type::TEXT_ARRAY,
    }
}

const fn type_of(value: &Value<'_>) -> Type {
    match value {
        Value::Null => Type::UNKNOWN,
        Value::Int(_) => Type::INT8,
        Value::Text(_) => Type::TEXT,
        Value::Blob(_) => Type::BYTEA,
    }
}

impl ToSql for Value<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match (self, ty) {
            (Self::Null, _) => Ok(IsNull::Yes),
            (Self::Int(number), &Type::INT8) => number.to_sql(ty, out),
            // PostgreSQL's text holds no NUL. SQLite's does; nothing that is looked for has one.
            (Self::Text(text), &Type::TEXT) if text.contains('\0') => text.replace('\0', "\u{fffd}").to_sql(ty, out),
            (Self::Text(text), &Type::TEXT) => text.to_sql(ty, out),
            (Self::Blob(bytes), &Type::BYTEA) => bytes.to_sql(ty, out),
            _ => Err(format!("a value of another type than {ty}").into()),
        }
    }

    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::INT8 | Type::TEXT | Type::BYTEA | Type::UNKNOWN)
    }

    to_sql_checked!();
}

struct PostgresRow<'a>(&'a tokio_postgres::Row);

impl Row for PostgresRow<'_> {
    fn int(&self, column: usize) -> Result<Option<i64>> {
        self.0.try_get(column).map_err(|_| Error::Corrupt("another type where an integer belongs"))
    }

    fn text(&self, column: usize) -> Result<Option<String>> {
        self.0.try_get(column).map_err(|_| Error::Corrupt("another type where a text belongs"))
    }

    fn blob(&self, column: usize) -> Result<Option<Vec<u8>>> {
        self.0.try_get(column).map_err(|_| Error::Corrupt("another type where bytes belong"))
    }
}
