//! How busy the pool is: for the metrics, and for administrators.

use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Debug, Default)]
pub(crate) struct Load {
    waiting: AtomicU64,
    shed: AtomicU64,
}

impl Load {
    /// A job begins to wait. Counted up and down, never set: of two threads that set it, the one with the older number
    /// may be last.
    pub(crate) fn begin_to_wait(&self) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        depth().increment(1.0);
    }

    /// A job no longer waits.
    pub(crate) fn end_to_wait(&self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        depth().decrement(1.0);
    }

    /// A job was turned away.
    pub(crate) fn shed(&self) {
        self.shed.fetch_add(1, Ordering::Relaxed);
        metrics::counter!("hallpass_hash_shed_total").increment(1);
    }

    pub(crate) fn waiting(&self) -> u64 {
        self.waiting.load(Ordering::Relaxed)
    }

    pub(crate) fn shed_so_far(&self) -> u64 {
        self.shed.load(Ordering::Relaxed)
    }
}

fn depth() -> metrics::Gauge {
    metrics::gauge!("hallpass_hash_queue_depth")
}
