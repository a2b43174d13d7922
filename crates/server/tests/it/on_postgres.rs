//! The contract once more, on PostgreSQL, and what only several replicas on one database can show.

#![allow(unreachable_pub, reason = "a test binary exports nothing")]

mod cli_export;
mod crash;
#[allow(dead_code, reason = "some of it is for tests of several replicas")]
mod dice;
mod http_admin;
mod http_assertions;
mod http_audit;
mod http_authority;
mod http_breached;
mod http_browser;
mod http_check;
mod http_faults;
mod http_feed;
mod http_feed_readers;
mod http_flow;
mod http_headers;
mod http_input;
mod http_layers;
mod http_locks;
mod http_login;
mod http_mail;
mod http_matrix;
mod http_one_time;
mod http_refresh;
mod http_refusals;
mod http_service;
mod http_sessions;
mod http_shapes;
mod http_sockets;
mod http_webhooks;
mod metrics;
mod migrate;
mod one_database;
#[allow(dead_code, reason = "some of it is for tests that are not of the store")]
mod process;
#[allow(dead_code, reason = "some of it is for tests that are not of the store")]
mod support;
mod verifier;
