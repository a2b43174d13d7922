//! The set of what is revoked: one implementation for the server and for services that keep a replica of it.
//!
//! Pure: no clock, no lock, no input or output. The caller says what time it is, and decides who may write.

mod ending;
mod set;
mod subject;

pub use crate::set::{Presented, Set};
pub use crate::subject::{Kind, Subject, UnknownKind};
