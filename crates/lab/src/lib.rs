//! The lab: sandboxed instances of the real server core, one a visitor, to touch and to break.
//!
//! A sandbox is the real router over the real use cases, on a store in memory, with a clock of its own that its visitor
//! may move. It shares nothing with the installation: no account, no key, no denylist, no audit log, no metric. Sandboxes
//! are bounded in number, size, life and speed, and each visitor has a share that no other visitor's greed can touch.

mod bounds;
mod clock;
pub mod code;
mod lab;
mod quota;
mod refused;
mod registry;
mod route;
mod sandbox;
mod silent;
mod template;
mod trace;
mod view;

pub use crate::bounds::Bounds;
pub use crate::clock::TooFar;
pub use crate::lab::Lab;
pub use crate::refused::{LabSettings, Refused};
pub use crate::route::router;
pub use crate::sandbox::{Sandbox, USERS};
pub use crate::view::State;
