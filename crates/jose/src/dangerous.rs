//! Reading a token without verifying it: for tools that explain tokens. Nothing read here may be believed.

use serde_json::{Map, Value};

use crate::compact::Compact;
use crate::{Error, encode, json};

/// What a token says, true or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    /// The header.
    pub header: Map<String, Value>,
    /// The claims.
    pub claims: Map<String, Value>,
    /// The signature's bytes.
    pub signature: Vec<u8>,
}

/// Decodes without verifying.
///
/// # Errors
/// [`Error::TooLong`], [`Error::NotCompact`], [`Error::Base64`], [`Error::Json`].
pub fn decode(token: &str) -> Result<Decoded, Error> {
    let compact = Compact::split(token)?;
    Ok(Decoded {
        header: json::parse_object(&encode::decode(compact.header)?)?,
        claims: json::parse_object(&encode::decode(compact.payload)?)?,
        signature: encode::decode(compact.signature)?,
    })
}
