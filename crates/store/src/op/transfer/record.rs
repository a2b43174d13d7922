//! A row of any table, as it is.

use std::fmt;

use aws_lc_rs::digest::{Context, SHA256};

use super::table::{Kind, Table};
use crate::conn::{FromRow, OwnedValue, Row};
use crate::{Error, Result};

/// One row, its primary key first. It may hold password hashes and sealed keys, so it shows only its key.
#[derive(Clone, PartialEq, Eq)]
pub struct Record(Vec<OwnedValue>);

impl OwnedValue {
    fn read(row: &dyn Row, column: usize, kind: Kind) -> Result<Self> {
        let cell = match kind {
            Kind::Int => row.int(column)?.map(Self::Int),
            Kind::Text => row.text(column)?.map(Self::Text),
            Kind::Blob => row.blob(column)?.map(Self::Blob),
        };
        Ok(cell.unwrap_or(Self::Null))
    }

    /// As bytes from which it can be had back: what kind it is, how long it is, what it is.
    pub(super) fn encode(&self) -> Vec<u8> {
        let (tag, bytes) = match self {
            Self::Null => (0, Vec::new()),
            Self::Int(number) => (1, number.to_be_bytes().to_vec()),
            Self::Text(text) => (2, text.clone().into_bytes()),
            Self::Blob(bytes) => (3, bytes.clone()),
        };
        [&[tag][..], &(bytes.len() as u64).to_be_bytes(), &bytes].concat()
    }

    pub(super) fn decode(encoded: &[u8]) -> Result<Self> {
        let damaged = Error::Corrupt("the place that a copy had reached");
        let Some((tag, rest)) = encoded.split_first() else { return Err(damaged) };
        let bytes = rest.get(8..).ok_or(damaged.clone())?;
        match tag {
            1 => bytes.try_into().map(|bytes| Self::Int(i64::from_be_bytes(bytes))).map_err(|_| damaged),
            2 => String::from_utf8(bytes.to_vec()).map(Self::Text).map_err(|_| damaged),
            3 => Ok(Self::Blob(bytes.to_vec())),
            _ => Err(damaged),
        }
    }
}

impl Record {
    #[cfg(test)]
    pub(crate) const fn of(cells: Vec<OwnedValue>) -> Self {
        Self(cells)
    }

    /// The primary key.
    pub fn key(&self) -> &OwnedValue {
        &self.0[0]
    }

    pub(super) fn cells(&self) -> &[OwnedValue] {
        &self.0
    }

    /// A fingerprint of every column.
    pub fn digest(&self) -> [u8; 32] {
        let mut context = Context::new(&SHA256);
        for cell in &self.0 {
            context.update(&cell.encode());
        }
        let mut digest = [0; 32];
        digest.copy_from_slice(context.finish().as_ref());
        digest
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Record({:?})", self.0.first())
    }
}

/// The first column says which table the row is of, and so of which kinds the others are.
impl FromRow for Record {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let number = row.int(0)?.and_then(|number| usize::try_from(number).ok());
        let table = number.and_then(|number| Table::ALL.get(number)).ok_or(Error::Corrupt("a row of no table"))?;
        let cells = table.columns().iter().zip(1..).map(|((_, kind), column)| OwnedValue::read(row, column, *kind));
        cells.collect::<Result<Vec<_>>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_had_back_from_its_bytes() {
        for cell in [
            OwnedValue::Int(-7),
            OwnedValue::Int(i64::MAX),
            OwnedValue::Text("ä".to_owned()),
            OwnedValue::Blob(vec![0, 255]),
        ] {
            assert_eq!(OwnedValue::decode(&cell.encode()).as_ref(), Ok(&cell));
        }
        for damaged in [&b""[..], &[1, 0], &[9; 12], &OwnedValue::Null.encode()] {
            assert!(OwnedValue::decode(damaged).is_err());
        }
    }

    #[test]
    fn what_stands_in_another_column_gives_another_digest() {
        let of = |cells: &[OwnedValue]| Record(cells.to_vec()).digest();
        let (text, null) = (|text: &str| OwnedValue::Text(text.to_owned()), OwnedValue::Null);
        let rows = [
            of(&[text("ab"), text("c")]),
            of(&[text("a"), text("bc")]),
            of(&[text("abc"), null.clone()]),
            of(&[null.clone(), text("abc")]),
            of(&[OwnedValue::Blob(b"abc".to_vec()), null]),
        ];
        for (n, row) in rows.iter().enumerate() {
            assert!(rows[n + 1..].iter().all(|other| other != row));
        }
    }
}
