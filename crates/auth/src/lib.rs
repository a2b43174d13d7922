//! The use cases of the auth server, without HTTP: a file each.
//!
//! Everything a use case may know of the outside comes with the [`Ctx`] of the request: the instant, randomness, the
//! client address, the request id. What it may do to the world goes through `store` (durable) and `live` (fast).

pub mod admin;
mod attempts;
pub mod clients;
mod core;
mod ctx;
mod error;
mod feed;
mod follow;
mod guard;
mod hash_work;
mod introspect;
pub mod keys;
mod limits;
mod login;
mod logout;
mod maintain;
mod master;
mod notice;
mod one_time;
mod password;
mod readiness;
mod refresh;
mod register;
pub mod relocate;
mod sessions;
mod settings;
mod survey;
mod tokens;
mod verify;

pub use crate::admin::Admin;
pub use crate::clients::{ClientCredential, ClientPrincipal};
pub use crate::core::{Auth, Deps, StartError};
pub use crate::ctx::{Caller, Clock, Ctx, Random, RandomError};
pub use crate::error::Error;
pub use crate::feed::{FeedPage, FeedReader};
pub use crate::guard::network;
pub use crate::introspect::Active;
pub use crate::limits::Refused;
pub use crate::login::Login;
pub use crate::logout::Ending;
pub use crate::maintain::Maintained;
pub use crate::master::MasterKey;
pub use crate::one_time::generate_password;
pub use crate::refresh::Refreshed;
pub use crate::sessions::SessionView;
pub use crate::settings::{Consistency, OnOutage, Registration, Settings};
pub use crate::survey::Survey;
pub use crate::tokens::{AccessToken, LoggedIn, RefreshIssued};
pub use crate::verify::Principal;

/// What every use case answers with.
pub type Result<T, E = Error> = std::result::Result<T, E>;
