//! What the replicas share.

use std::sync::Arc;

use crate::process::Site;

/// The store behind the replicas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backing {
    /// One file, on one machine.
    Sqlite,
}

impl Backing {
    /// A place to run in for each replica.
    pub fn sites(self, count: usize, settings: &[&str]) -> Vec<Arc<Site>> {
        match self {
            Self::Sqlite => vec![Arc::new(Site::with(settings)); count],
        }
    }
}
