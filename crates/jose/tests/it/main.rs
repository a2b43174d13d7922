//! The layer against published vectors and refused keys.

#![allow(unreachable_pub, reason = "a test binary has no public side")]

mod keys;
mod refused_keys;
mod support;
mod vectors;
