//! JWS and JWK: a thin, strict layer over `aws-lc-rs`. What claims mean is `hallpass-token`'s.
//!
//! Pure: no I/O, no clock. Keys are parsed once and bound to one algorithm, so a token's header chooses nothing.
//! A payload is reachable only through [`Verified`].
//!
//! ```
//! use hallpass_jose::{Alg, KeySet, SigningKey, verify_payload};
//!
//! # fn main() -> Result<(), hallpass_jose::Error> {
//! let key = SigningKey::generate(Alg::Es256)?;
//! let token = key.sign_payload("text", b"a payload")?;
//!
//! let keys: KeySet = [key.verifying_key()].into_iter().collect();
//! let verified = verify_payload(&token, &keys)?;
//! assert_eq!(*verified, b"a payload");
//! # Ok(())
//! # }
//! ```

#![warn(missing_docs)]

mod alg;
mod compact;
pub mod dangerous;
mod ed25519;
mod encode;
mod error;
mod header;
mod hs256;
mod json;
mod jwk;
mod members;
mod rsa;
mod secret;
mod sign;
mod verify;
mod verifying_key;

pub use crate::alg::Alg;
pub use crate::error::Error;
pub use crate::json::{parse_object, parse_strict};
pub use crate::jwk::{Jwk, JwkSet};
pub use crate::members::{Member, Members};
pub use crate::secret::is_weak_secret;
pub use crate::sign::SigningKey;
pub use crate::verify::{Verified, verify_payload, verify_with};
pub use crate::verifying_key::{KeySet, VerifyingKey};

/// Tokens longer than this are refused before a byte of them is decoded.
pub const MAX_TOKEN_BYTES: usize = 8 * 1024;
