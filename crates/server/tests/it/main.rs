//! The contract, rule by rule: `http_*` against the real router with a test clock and seeded randomness, the others
//! against the real binary.

#![allow(unreachable_pub, reason = "a test binary exports nothing")]

mod behind_nginx;
mod blacklist;
mod browser;
mod browser_lab;
mod certificate;
mod child;
mod cli;
mod cli_incident;
mod cli_sessions;
mod cluster;
mod config;
mod crash;
mod deploy;
mod dice;
mod examples;
mod foreign;
mod gateways;
mod http_admin;
mod http_assertions;
mod http_audit;
mod http_authority;
mod http_browser;
mod http_check;
mod http_faults;
mod http_feed;
mod http_flow;
mod http_headers;
mod http_input;
mod http_lab;
mod http_lab_bounds;
mod http_layers;
mod http_locks;
mod http_login;
mod http_matrix;
mod http_one_time;
mod http_pages;
mod http_refresh;
mod http_service;
mod http_sessions;
mod http_shapes;
mod http_sockets;
mod http_timeline;
mod metrics;
mod migrate;
mod people;
mod process;
mod readiness;
mod readme;
mod replicas;
mod signals;
mod start;
mod support;
mod verifier;
