//! The store on PostgreSQL: what holds on every engine, and what is PostgreSQL's alone.
#![allow(unreachable_pub)] // nothing is exported from a test

mod audit;
mod audit_verify;
mod clients;
mod copy;
mod faults;
mod keys;
mod login;
mod once;
mod outbox;
mod postgres;
mod prune;
mod refresh;
mod revocations;
mod sessions;
mod statements;
#[allow(dead_code, reason = "some of it is for tests of files")]
mod support;
mod user_changes;
mod user_search;
mod users;
mod webhooks;
