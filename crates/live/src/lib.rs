//! Fast shared state: the denylist every verification asks.
//!
//! It is a replica. The database is the truth; whatever is here can be rebuilt from it, and is, at every start.

mod denylist;

pub use denylist::{Denylist, Presented};
