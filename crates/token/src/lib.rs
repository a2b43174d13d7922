//! Access tokens: their claims, and what a verifier demands of them, over the signatures of `hallpass-jose`.
//!
//! Pure: no I/O, no clock. Claims are reachable only through [`Verified`].
//!
//! ```
//! use hallpass_jose::{Alg, KeySet, SigningKey};
//! use hallpass_token::{ACCESS_TOKEN_TYP, AccessClaims, Policy, verify};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let key = SigningKey::generate(Alg::Es256)?;
//! let claims = AccessClaims {
//!     iss: "https://auth.example".into(),
//!     aud: "https://api.example".into(),
//!     sub: "0190…".into(),
//!     role: "user".into(),
//!     iat: 1_800_000_000,
//!     exp: 1_800_000_900,
//!     jti: "random".into(),
//!     sid: "0190…".into(),
//!     ..AccessClaims::default()
//! };
//! let token = key.sign(ACCESS_TOKEN_TYP, &claims)?;
//!
//! let keys: KeySet = [key.verifying_key()].into_iter().collect();
//! let policy = Policy {
//!     issuer: "https://auth.example".into(),
//!     audience: "https://api.example".into(),
//!     typ: ACCESS_TOKEN_TYP,
//!     leeway_secs: 0,
//!     max_lifetime_secs: 900,
//! };
//! let role = verify(&token, &keys, &policy, 1_800_000_001, |claims| claims.role.to_string())?;
//! assert_eq!(*role, "user");
//! # Ok(())
//! # }
//! ```

#![warn(missing_docs)]

mod cache;
mod claims;
mod error;
mod policy;
mod verify;

pub use hallpass_jose::Verified;

pub use crate::cache::TokenCache;
pub use crate::claims::{ACCESS_TOKEN_TYP, AccessClaims};
pub use crate::error::Error;
pub use crate::policy::{FromClaims, Policy};
pub use crate::verify::{verify, verify_as};
