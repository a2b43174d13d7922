//! The hallpass server and command line: configuration, commands, and the router of `hallpass_http` on sockets.

pub mod app;
pub mod cmd;
pub mod config;
pub mod log;
pub mod places;
pub mod serve;
pub mod terminal;
