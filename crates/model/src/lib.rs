//! Plain data of the auth server and its transitions: no I/O, no clock, no randomness of its own.
//!
//! What a row *means* is decided here; `store` only moves rows, `auth` only asks.

pub mod audit;
pub mod client;
pub mod email;
mod hex;
pub mod id;
pub mod key;
pub mod one_time;
pub mod outbox;
pub mod page;
pub mod rate_limit;
pub mod refresh_token;
pub mod revocation;
pub mod role;
pub mod secret;
pub mod session;
mod special_address;
pub mod time;
pub mod trail;
pub mod user;
pub mod webhook;

pub use email::Email;
pub use hex::hex;
pub use id::{ClientId, MessageId, OneTimeId, SessionId, StuckId, UserId, WebhookId};
pub use role::Role;
pub use special_address::special_use;
pub use time::Timestamp;
