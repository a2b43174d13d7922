//! Limits and denylist against real servers.

#![allow(unreachable_pub, reason = "a test binary exports nothing")]

mod cluster;
mod denylist;
mod faults;
mod limits;
mod sentinel;
mod support;
