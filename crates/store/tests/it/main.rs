//! The store on real files.
#![allow(unreachable_pub)] // nothing is exported from a test

mod audit;
mod audit_verify;
mod clients;
mod commit;
mod copy;
mod faults;
mod keys;
mod login;
mod memory;
mod once;
mod opening;
mod outbox;
mod prune;
mod refresh;
mod revocations;
mod schema;
mod sessions;
mod statements;
mod support;
mod user_changes;
mod user_search;
mod users;
mod webhooks;
