//! JWS, JWK and JWT claims: a thin, strict layer over `aws-lc-rs`.
//!
//! Pure: no I/O, no clock. Keys are parsed once and bound to one algorithm, so a token's header chooses nothing.
//! Claims are reachable only through [`Verified`].
//!
//! ```
//! use hallpass_jose::{AccessClaims, Alg, KeySet, Policy, SigningKey, verify};
//!
//! # fn main() -> Result<(), hallpass_jose::Error> {
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
//! };
//! let token = key.sign("at+jwt", &claims)?;
//!
//! let keys: KeySet = [key.verifying_key()].into_iter().collect();
//! let policy = Policy {
//!     issuer: "https://auth.example".into(),
//!     audience: "https://api.example".into(),
//!     typ: "at+jwt",
//!     leeway_secs: 0,
//!     max_lifetime_secs: 900,
//! };
//! let verified = verify(&token, &keys, &policy, 1_800_000_001)?;
//! assert_eq!(verified.role, "user");
//! # Ok(())
//! # }
//! ```

#![warn(missing_docs)]

mod alg;
mod claims;
mod compact;
pub mod dangerous;
mod ed25519;
mod encode;
mod error;
mod flat;
mod header;
mod json;
mod jwk;
mod rsa;
mod secret;
mod sign;
mod verify;
mod verifying_key;

pub use crate::alg::Alg;
pub use crate::claims::{AccessClaims, FromClaims, Policy};
pub use crate::error::Error;
pub use crate::flat::Plain;
pub use crate::json::parse_strict;
pub use crate::jwk::{Jwk, JwkSet};
pub use crate::secret::is_weak_secret;
pub use crate::sign::SigningKey;
pub use crate::verify::{Verified, verify, verify_as, verify_payload};
pub use crate::verifying_key::{ACCESS_TOKEN_TYP, KeySet, VerifyingKey};

/// Tokens longer than this are refused before a byte of them is decoded.
pub const MAX_TOKEN_BYTES: usize = 8 * 1024;
