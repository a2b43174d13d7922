//! The use cases, driven without HTTP on a real store, with a clock that is turned and seeded randomness.

#![allow(unreachable_pub)]

mod authority;
mod feed;
mod keys;
mod model;
mod races;
mod support;
mod verified;
