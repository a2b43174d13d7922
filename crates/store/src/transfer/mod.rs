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
use crate::op::transfer::{CountRecords, Incoming, OwnedValue, ReadPage, ReadPlaces, Record, Table, WritePage};
use crate::{Error, Store};

pub use self::compare::Tally;

/// Rows of a page: a few hundred kilobytes, and a fraction of a second.
const PAGE: u32 = 1000;

/// Two stores, of which the second becomes a copy of the first.
#[derive(Debug)]
pub struct Copier {
    source: Store,
    target: Store,
    mark: Vec<u8>,
}

/// Why a pass could not be finished.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CopyError {
    /// The source failed.
    #[error("the source: {0}")]
    Source(Error),
    /// The copy failed.
    #[error("the target: {0}")]
    Target(Error),
    /// The copy no longer carries the mark of this move: another process has finished it.
    #[error("the target is not the copy of this move any more")]
    NotOurs,
}

/// What a pass found in one table, before it repaired the copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compared {
    pub table: Table,
    /// What the source holds.
    pub source: Tally,
    /// What the copy held.
    pub target: Tally,
    /// Rows that were missing, different, or too many.
    pub differences: u64,
}

/// Called for every page, with its table and the number of its rows.
pub type OnProgress<'a> = &'a mut dyn FnMut(Table, u64);

impl Copier {
    /// Two stores, the second of which carries `mark`.
    ///
    /// # Errors
    /// [`CopyError::Target`], which cannot be.
    pub fn new(source: Store, target: Store, mark: &Incoming) -> Result<Self, CopyError> {
        let mark = mark.encode().map_err(CopyError::Target)?;
        Ok(Self { source, target, mark })
    }

    /// The first pass. It notes in the copy how far it has come, and begins where an earlier one was interrupted.
    ///
    /// # Errors
    /// A [`CopyError`]; what was written stays.
    pub async fn fill(&self, on_progress: OnProgress<'_>) -> Result<Vec<Compared>, CopyError> {
        let mut places = self.target.read(ReadPlaces).await.map_err(CopyError::Target)?;
        self.pass(Some(&mut places), on_progress).await
    }

    /// A further pass, over everything.
    ///
    /// # Errors
    /// A [`CopyError`]; what was written stays.
    pub async fn catch_up(&self, on_progress: OnProgress<'_>) -> Result<Vec<Compared>, CopyError> {
        self.pass(None, on_progress).await
    }

    /// How many rows the databases themselves count, source and copy.
    ///
    /// # Errors
    /// A [`CopyError`].
    pub async fn counts(&self, table: Table) -> Result<(u64, u64), CopyError> {
        let (source, target) =
            tokio::join!(self.source.read(CountRecords { table }), self.target.read(CountRecords { table }));
        Ok((source.map_err(CopyError::Source)?, target.map_err(CopyError::Target)?))
    }

    async fn pass(
        &self,
        mut places: Option<&mut HashMap<Table, OwnedValue>>,
        on_progress: OnProgress<'_>,
    ) -> Result<Vec<Compared>, CopyError> {
        let mut compared = Vec::new();
        for table in Table::ALL.iter().copied() {
            let begin = places.as_mut().and_then(|places| places.remove(&table));
            compared.push(self.table(table, begin, places.is_some(), on_progress).await?);
        }
        Ok(compared)
    }

    async fn table(
        &self,
        table: Table,
        mut after: Option<OwnedValue>,
        keeps_place: bool,
        on_progress: OnProgress<'_>,
    ) -> Result<Compared, CopyError> {
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
            on_progress(table, gone_through);
            if after.is_none() {
                return Ok(found);
            }
        }
    }

    async fn read(&self, table: Table, after: Option<OwnedValue>) -> Result<(Vec<Record>, Vec<Record>), CopyError> {
        let page = || ReadPage { table, after: after.clone(), limit: PAGE };
        let (source, target) = tokio::join!(self.source.read(page()), self.target.read(page()));
        Ok((source.map_err(CopyError::Source)?, target.map_err(CopyError::Target)?))
    }

    async fn repair(&self, table: Table, step: Step, keeps_place: bool) -> Result<(), CopyError> {
        let Step { upserts, deletes, upto, .. } = step;
        let place = upto.filter(|_| keeps_place);
        if upserts.is_empty() && deletes.is_empty() && place.is_none() {
            return Ok(());
        }
        let page = WritePage { table, mark: self.mark.clone(), upserts, deletes, place };
        match self.target.write(page).await.map_err(CopyError::Target)? {
            Some(_) => Ok(()),
            None => Err(CopyError::NotOurs),
        }
    }
}
