//! Locks, listed and ended, whoever counts: the store, or Redis.

#![allow(clippy::duplicate_mod, reason = "one text of rules for two drivers")]

mod in_redis;
mod in_the_store;
