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
        let mut dots = memchr::memchr_iter(b'.', token.as_bytes());
        let (Some(first), Some(second), None) = (dots.next(), dots.next(), dots.next()) else {
            return Err(Error::NotCompact);
        };
        let (signed, signature) = (&token[..second], &token[second + 1..]);
        let (header, payload) = (&signed[..first], &signed[first + 1..]);
        if header.is_empty() || payload.is_empty() || signature.is_empty() {
            return Err(Error::NotCompact);
        }
        Ok(Self { header, payload, signature, signed })
    }
}
