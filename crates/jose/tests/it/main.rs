//! The layer against published vectors, attacks and properties.

#![allow(unreachable_pub)]

mod support;
mod vectors;
