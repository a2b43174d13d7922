//! The verifier from outside: `--all-features`.

#![cfg(all(feature = "testing", feature = "axum", feature = "http-client"))]
#![allow(unreachable_pub, reason = "a test binary exports nothing")]

mod compile_fail;
mod http;
mod keys;
mod revocations;
mod support;
mod tokens;
mod wire;
