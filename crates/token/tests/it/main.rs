//! Tokens against attacks, properties and another implementation.

#![allow(unreachable_pub, reason = "a test binary has no public side")]

mod attacks;
mod claims;
mod compile_fail;
mod differential;
mod properties;
mod support;
