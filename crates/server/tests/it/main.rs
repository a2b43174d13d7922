//! The HTTP contract, rule by rule, against the real router with a test clock and seeded randomness.

mod http_flow;
mod http_login;
mod http_refresh;
mod support;
