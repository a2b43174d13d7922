//! The hallpass server and command line.
//!
//! A request passes the [`layer`]s (request id, headers, log), is read by [`extract`], answered by a [`route`] that
//! calls one use case of `hallpass_auth`, and refused by a [`problem`]. [`serve`] puts the router on sockets.

pub mod cmd;
pub mod config;
pub mod extract;
pub mod lab;
pub mod layer;
pub mod log;
pub mod openapi;
pub mod problem;
pub mod route;
pub mod serve;
pub mod state;
mod streams;
pub mod ui;

pub use crate::route::{operator_router, router};
