//! The use cases on PostgreSQL.

#![allow(unreachable_pub)]

mod authority;
mod feed;
mod keys;
mod model;
mod races;
mod support;
mod verified;
