//! Splitting the compact serialization, RFC 7515 §7.1.

use crate::{Error, MAX_TOKEN_BYTES};

/// A token in its three segments, nothing decoded yet.
#[derive(Clone, Copy)]
pub(crate) struct Compact<'a> {
    /// The header segment.
    pub(crate) header: &'a str,
    /// The payload segment.
    pub(crate) payload: &'a str,
    /// The signature segment.
    pub(crate) signature: &'a str,
    /// `header.payload`, which is what is signed.
    pub(crate) signed: &'a str,
}

impl<'a> Compact<'a> {
    pub(crate) fn split(token: &'a str) -> Result<Self, Error> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(Error::TooLong);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(Error::NotCompact)?;
        let (header, payload) = signed.split_once('.').ok_or(Error::NotCompact)?;
        if payload.contains('.') || header.is_empty() || payload.is_empty() || signature.is_empty() {
            return Err(Error::NotCompact);
        }
        Ok(Self { header, payload, signature, signed })
    }
}
