//! HTTP requests to elsewhere, with rules against server-side request forgery.
//!
//! https only; no redirects, no cookies, no proxy of the environment; a name is resolved once, and the address that was
//! looked at is the one that is called; it must be global, unless the configuration names the host; time and size have
//! bounds.

mod address;
mod client;
mod resolver;

pub use crate::address::is_global;
pub use crate::client::{Answer, Client, Error, Headers, Receipt, Rules, Unusable};
