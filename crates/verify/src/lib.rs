//! Checks access tokens offline, and still refuses a revoked one within a second.
//!
//! For services behind [hallpass](https://docs.rs/hallpass-verify), and in front of any issuer that publishes a JWK set:
//! Keycloak, Auth0, Supabase.
//!
//! ```no_run
//! # #[cfg(feature = "http-client")]
//! # async fn example(headers: http::HeaderMap) -> Result<(), Box<dyn std::error::Error>> {
//! use hallpass_verify::{JwksUrl, Verifier};
//!
//! let verifier = Verifier::builder()
//!     .issuer("https://auth.example")
//!     .audience("https://api.example")
//!     .keys_from(JwksUrl::new("https://auth.example/.well-known/jwks.json")?)
//!     .build();
//! let claims = verifier.verify_headers(&headers).await?;
//! println!("{} with the role {:?}", claims.subject, claims.role);
//! # Ok(())
//! # }
//! ```
//!
//! # Revocation
//!
//! A signed token is good until it expires, unless it is revoked. hallpass publishes revocations on a stream, to services
//! that are registered (`hallpass clients create`), and the verifier keeps a replica:
//!
//! ```no_run
//! # #[cfg(feature = "http-client")]
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! # use hallpass_verify::{JwksUrl, Verifier};
//! use std::time::Duration;
//! use hallpass_verify::{Beyond, Feed, Staleness};
//!
//! let feed = Feed::new("https://auth.example", "client id", "hpc_secret")?;
//! let verifier = Verifier::builder()
//!     .issuer("https://auth.example")
//!     .audience("https://api.example")
//!     .keys_from(JwksUrl::new("https://auth.example/.well-known/jwks.json")?)
//!     .revocation_feed(feed, Staleness { at_most: Duration::from_secs(60), beyond: Beyond::Refuse })
//!     .build();
//! # Ok(())
//! # }
//! ```
//!
//! When the stream is cut it is resumed where it ended. What happens when no event came for longer than `at_most` is
//! your choice, and has to be made: [`Beyond`].
//!
//! # When something fails
//!
//! | what | what becomes of it |
//! |---|---|
//! | the key set is slow | tokens whose key is known do not notice; others wait, ten seconds at most, for one fetch shared by all |
//! | it is an error, garbage, empty, too large or a redirect | the last good keys stay, for [`Builder::max_stale_keys`], then 503; a fetch is tried again after a second, then ever less often |
//! | a key is gone from the set | its tokens are refused from the next fetch on; with a feed that is at once, and once more a second later |
//! | a token names an unknown key | one fetch a [`Builder::key_cooldown`], however many such tokens come, and whether their senders stay or not |
//! | the stream is cut, silent, or cannot be read | it is resumed where it ended; meanwhile the replica counts as it stands, for [`Staleness::at_most`], then [`Beyond`] decides |
//! | more is revoked than the replica may hold | it counts as not received: [`Beyond`] decides |
//! | the clock is set forward | tokens count as expired, and entries are forgotten |
//! | it is set back again | where something was forgotten too early, [`Beyond`] decides until the whole set was read anew |
//!
//! # Another issuer, claims of your own
//!
//! ```
//! use hallpass_verify::{TokenType, Verifier};
//! use serde::Deserialize;
//!
//! #[derive(Deserialize)]
//! struct Keycloak { preferred_username: String }
//!
//! # fn example(jwks: &str, token: &str) -> Result<(), Box<dyn std::error::Error>> {
//! let verifier = Verifier::builder()
//!     .issuer("https://sso.example/realms/shop")
//!     .audience("orders")
//!     .token_type(TokenType::Jwt)
//!     .claims::<Keycloak>()
//!     .jwks(jwks)?
//!     .build();
//! let claims = verifier.verify_offline(token)?;
//! println!("{}", claims.extra.preferred_username);
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//!
//! `http-client` (default): keys and revocations over HTTP. `axum`: extractors, in [`mod@axum`]. `testing`: an
//! issuer in memory.

#![warn(missing_docs)]

#[cfg(feature = "axum")]
pub mod axum;
mod builder;
mod claims;
mod clock;
#[cfg(feature = "http-client")]
mod feed;
mod keys;
mod layer;
mod refusal;
mod revocations;
#[cfg(feature = "testing")]
pub mod testing;
mod verifier;

pub use hallpass_jose::{Alg, Error as JwsError};
pub use hallpass_token::Error as TokenError;

pub use crate::builder::{Builder, Given, Missing, TokenType};
pub use crate::claims::{Claims, NoExtra};
pub use crate::clock::Clock;
#[cfg(feature = "http-client")]
pub use crate::feed::Feed;
pub use crate::keys::{FetchError, Fetching, JwksFile, KeySource};
#[cfg(feature = "http-client")]
pub use crate::keys::{JwksUrl, UnsafeUrl};
pub use crate::layer::{VerifyLayer, VerifyService};
pub use crate::refusal::Refusal;
pub use crate::revocations::{Beyond, Entry, FeedPage, Kind, Staleness};
pub use crate::verifier::{Stats, Verifier};
