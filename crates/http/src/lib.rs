//! The HTTP face of the auth server, without a socket: the router, its state, and what every request passes.
//!
//! A request passes the [`layer`]s (request id, headers, log), is read by [`extract`], answered by a [`route`] that
//! calls one use case of `hallpass_auth`, and refused by a [`problem`].

pub mod extract;
mod gateway_question;
pub mod layer;
mod openapi;
pub mod places;
pub mod problem;
pub mod route;
pub mod state;
mod streams;
pub mod ui;

pub use crate::streams::STREAMS;
