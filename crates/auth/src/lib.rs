//! The use cases of the auth server, without HTTP: a file each.
//!
//! Everything a use case may know of the outside comes with the [`Ctx`] of the request: the instant, randomness, the
//! client address, the request id. What it may do to the world goes through `store` (durable) and `shared` (fast).

pub mod admin;
mod attempts;
mod background;
mod breach_service;
pub mod clients;
mod core;
mod ctx;
mod device;
mod error;
mod feed;
mod hash_work;
mod introspect;
pub mod keys;
mod lab_dump;
mod legacy;
mod login;
mod logout;
mod mail;
mod master;
mod notice;
mod one_time;
mod own_data;
mod password;
mod principal;
mod rate_limit;
mod readiness;
mod redis_sync;
mod refresh;
mod register;
mod rooms;
mod sessions;
mod settings;
mod signer;
mod state;
mod tokens;
pub mod transfer;
mod verify;
mod webhook;

pub use crate::admin::Admin;
pub use crate::background::TickReport;
pub use crate::clients::{ClientCredential, ClientPrincipal};
pub use crate::core::{Auth, Deps, StartError};
pub use crate::ctx::{Caller, Clock, Ctx, Random, RandomError};
pub use crate::device::DEVICE_LIVES;
pub use crate::error::Error;
pub use crate::feed::{FeedPage, FeedReader};
pub use crate::introspect::Active;
pub use crate::lab_dump::LabDump;
pub use crate::login::Login;
pub use crate::logout::Ending;
pub use crate::mail::{Delivery, MailSettings, Place, Presented, PresentedValue, SignInByMail, Started, ToldByMail};
pub use crate::master::MasterKey;
pub use crate::one_time::generate_password;
pub use crate::own_data::{OwnData, OwnEvent};
pub use crate::principal::Principal;
pub use crate::rate_limit::{Refused, network};
pub use crate::refresh::Refreshed;
pub use crate::register::Registered;
pub use crate::rooms::{Accounts, Background, Mail, Services, Sessions};
pub use crate::sessions::SessionView;
pub use crate::settings::{
    AccountSettings, BreachService, Consistency, DenylistSettings, KeySettings, LegacySettings, OnOutage, Registration,
    Settings, TokenSettings,
};
pub use crate::tokens::{AccessToken, LoggedIn, RefreshIssued};
pub use crate::webhook::{ENDPOINTS_AT_ONCE, Told};

/// What every use case answers with.
pub type Result<T, E = Error> = std::result::Result<T, E>;
