//! Making one store equal to another one, while the other goes on living.
//!
//! No column tells reliably that a row has changed, and none that it is gone. So a pass walks through both stores in the
//! order of keys, compares whole rows, and repairs the copy: what is missing or different is written, what the source
//! has no more is deleted. The first pass of that kind copies everything, every further one catches up, one that was
//! killed is finished by the next, and one that finds nothing while the source is closed is the proof that both hold
//! the same.

mod compare;

use std::collections::HashMap;

use self::compare::{Step, compare};
use crate::op::copy::{Cell, CountRecords, Incoming, ReadPage, ReadPlaces, Record, Table, WritePage};
use crate::{Error, Store};

pub use self::compare::Tally;

/// Rows of a page: a few hundred kilobytes, and a fraction of a second.
const PAGE: u32 = 1000;

/// Two stores, of which the second becomes a copy of the first.
#[derive(Debug)]
pub struct Mirror {
    source: Store,
    target: Store,
    mark: Vec<u8>,
}

/// Why a pass could not be finished.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MirrorError {
    /// The source failed.
    #[error("the source: {0}")]
    Source(Error),
    /// The copy failed.
    #[error("the target: {0}")]
    Target(Error),
    /// The copy no longer carries the mark of this move: somebody else has finished it.
    #[error("the target is not the copy of this move any more")]
    NotOurs,
}

/// What a pass found in one table, before it repaired the copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compared {
    /// Which.
    pub table: Table,
    /// What the source holds.
    pub source: Tally,
    /// What the copy held.
    pub target: Tally,
    /// Rows that were missing, different, or too many.
    pub differences: u64,
}

/// Hears of every page: of which table, and how many rows it had.
pub type Told<'a> = &'a mut dyn FnMut(Table, u64);

impl Mirror {
    /// Two stores, the second of which carries `mark`.
    ///
    /// # Errors
    /// [`MirrorError::Target`], which cannot be.
    pub fn new(source: Store, target: Store, mark: &Incoming) -> Result<Self, MirrorError> {
        let mark = mark.encode().map_err(MirrorError::Target)?;
        Ok(Self { source, target, mark })
    }

    /// The first pass. It notes in the copy how far it has come, and begins where an earlier one was interrupted.
    ///
    /// # Errors
    /// A [`MirrorError`]; what was written stays.
    pub async fn fill(&self, told: Told<'_>) -> Result<Vec<Compared>, MirrorError> {
        let mut places = self.target.read(ReadPlaces).await.map_err(MirrorError::Target)?;
        self.pass(Some(&mut places), told).await
    }

    /// A further pass, over everything.
    ///
    /// # Errors
    /// A [`MirrorError`]; what was written stays.
    pub async fn catch_up(&self, told: Told<'_>) -> Result<Vec<Compared>, MirrorError> {
        self.pass(None, told).await
    }

    /// How many rows the databases themselves count, source and copy.
    ///
    /// # Errors
    /// A [`MirrorError`].
    pub async fn counts(&self, table: Table) -> Result<(u64, u64), MirrorError> {
        let (source, target) =
            tokio::join!(self.source.read(CountRecords { table }), self.target.read(CountRecords { table }));
        Ok((source.map_err(MirrorError::Source)?, target.map_err(MirrorError::Target)?))
    }

    async fn pass(
        &self,
        mut places: Option<&mut HashMap<Table, Cell>>,
        told: Told<'_>,
    ) -> Result<Vec<Compared>, MirrorError> {
        let mut compared = Vec::new();
        for table in Table::ALL.iter().copied() {
            let begin = places.as_mut().and_then(|places| places.remove(&table));
            compared.push(self.table(table, begin, places.is_some(), told).await?);
        }
        Ok(compared)
    }

    async fn table(
        &self,
        table: Table,
        mut after: Option<Cell>,
        keeps_place: bool,
        told: Told<'_>,
    ) -> Result<Compared, MirrorError> {
        let mut found = Compared { table, source: Tally::default(), target: Tally::default(), differences: 0 };
        loop {
            let (source, target) = self.read(table, after.clone()).await?;
            let limit = if table.comes_whole() { usize::MAX } else { PAGE as usize };
            let step = compare(source, target, limit);
            let gone_through = step.source.rows.max(step.target.rows);
            found.source.add(&step.source);
            found.target.add(&step.target);
            found.differences += (step.upserts.len() + step.deletes.len()) as u64;
            after = step.upto.clone();
            self.repair(table, step, keeps_place).await?;
            told(table, gone_through);
            if after.is_none() {
                return Ok(found);
            }
        }
    }

    async fn read(&self, table: Table, after: Option<Cell>) -> Result<(Vec<Record>, Vec<Record>), MirrorError> {
        let page = || ReadPage { table, after: after.clone(), limit: PAGE };
        let (source, target) = tokio::join!(self.source.read(page()), self.target.read(page()));
        Ok((source.map_err(MirrorError::Source)?, target.map_err(MirrorError::Target)?))
    }

    async fn repair(&self, table: Table, step: Step, keeps_place: bool) -> Result<(), MirrorError> {
        let Step { upserts, deletes, upto, .. } = step;
        let place = upto.filter(|_| keeps_place);
        if upserts.is_empty() && deletes.is_empty() && place.is_none() {
            return Ok(());
        }
        let page = WritePage { table, mark: self.mark.clone(), upserts, deletes, place };
        match self.target.write(page).await.map_err(MirrorError::Target)? {
            Some(_) => Ok(()),
            None => Err(MirrorError::NotOurs),
        }
    }
}
