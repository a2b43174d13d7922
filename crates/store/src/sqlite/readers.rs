//! The connections that read, each on its own snapshot, none of them ever in the writer's way.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use rusqlite::Connection;

use super::connection;
use crate::{Error, Result};

/// A slot is empty once the store is closed.
type Slot = Mutex<Option<Connection>>;

/// A fixed number of readers, taken in turn.
pub(super) struct Readers {
    slots: Vec<Slot>,
    next: AtomicUsize,
}

impl Readers {
    pub(super) fn open(path: &Path, count: usize) -> Result<Self> {
        let open = |_| connection::open_reader(path).map(|reader| Mutex::new(Some(reader)));
        let slots = (0..count.max(1)).map(open).collect::<Result<Vec<_>>>()?;
        Ok(Self { slots, next: AtomicUsize::new(0) })
    }

    pub(super) fn count(&self) -> usize {
        self.slots.len()
    }

    /// Works on a reader that is free, without waiting; gives the work back if none is.
    pub(super) fn try_with<T, W: FnOnce(&mut Connection) -> Result<T>>(
        &self,
        work: W,
    ) -> std::result::Result<Result<T>, W> {
        let start = self.next.fetch_add(1, Ordering::Relaxed);
        let slot = |offset| &self.slots[start.wrapping_add(offset) % self.slots.len()];
        match (0..self.slots.len()).find_map(|offset| try_lock(slot(offset))) {
            Some(mut free) => Ok(on(&mut free, work)),
            None => Err(work),
        }
    }

    /// Works on a reader that is free, or waits for the one whose turn it is.
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        let start = self.next.fetch_add(1, Ordering::Relaxed);
        let turn = |offset| &self.slots[start.wrapping_add(offset) % self.slots.len()];
        let free = (0..self.slots.len()).find_map(|offset| try_lock(turn(offset)));
        let mut slot = free.unwrap_or_else(|| turn(0).lock().unwrap_or_else(PoisonError::into_inner));
        on(&mut slot, work)
    }

    /// Lets go of the file, after the reads under way.
    pub(super) fn close(&self) {
        for slot in &self.slots {
            slot.lock().unwrap_or_else(PoisonError::into_inner).take();
        }
    }
}

fn on<T>(slot: &mut Option<Connection>, work: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
    work(slot.as_mut().ok_or_else(|| Error::unavailable("the store is closed"))?)
}

/// A panic leaves a reader as good as it was: its transaction only read, and has been ended.
fn try_lock(slot: &Slot) -> Option<MutexGuard<'_, Option<Connection>>> {
    match slot.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_given_back_when_every_reader_is_busy() {
        let slot = |_| Mutex::new(Connection::open_in_memory().ok());
        let readers = Readers { slots: (0..2).map(slot).collect(), next: AtomicUsize::default() };
        assert_eq!(readers.try_with(|_| Ok(1)).ok(), Some(Ok(1)));
        let mut busy: Vec<_> = readers.slots.iter().filter_map(try_lock).collect();
        assert_eq!(busy.len(), 2);
        assert!(readers.try_with(|_| Ok(2)).is_err(), "it waits for no reader");
        busy.pop();
        assert_eq!(readers.try_with(|_| Ok(3)).ok(), Some(Ok(3)), "the free one is found, whichever is next in turn");
    }
}
