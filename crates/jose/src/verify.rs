//! Verification: split, find the key, check the signature, then read the payload. In this order, and once.

use std::mem::MaybeUninit;
use std::ops::Deref;

use crate::compact::Compact;
use crate::header::Header;
use crate::verifying_key::{KeySet, VerifyingKey};
use crate::{Alg, Error, MAX_TOKEN_BYTES, encode};

/// Something that was read from a token after its material was found good. Nothing else makes one.
///
/// ```compile_fail
/// let forged = hallpass_jose::Verified { value: "admin" };
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified<T> {
    value: T,
}

impl<T> Verified<T> {
    /// Takes the value out.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T> Deref for Verified<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// Verifies a token's signature, and hands its payload to `read`. Nothing is read before the signature was found good.
///
/// `typ`, when given, is what the header's `typ` must be (RFC 8725 §3.11).
///
/// # Errors
/// The first reason to refuse it; what `read` returns.
pub fn verify_with<T, E: From<Error>>(
    token: &str,
    keys: &KeySet,
    typ: Option<&str>,
    read: impl FnOnce(&[u8]) -> Result<T, E>,
) -> Result<Verified<T>, E> {
    let mut buffer = encode::buffer::<MAX_TOKEN_BYTES>();
    let payload = open(token, keys, typ, &mut buffer)?;
    read(payload).map(|value| Verified { value })
}

/// Verifies the signature only: a JWS whose payload need not be claims.
///
/// # Errors
/// The first reason to refuse it.
pub fn verify_payload(token: &str, keys: &KeySet) -> Result<Verified<Vec<u8>>, Error> {
    verify_with(token, keys, None, |payload| Ok(payload.to_vec()))
}

/// The payload's bytes, after the signature was found good.
fn open<'b>(
    token: &str,
    keys: &KeySet,
    typ: Option<&str>,
    buffer: &'b mut [MaybeUninit<u8>],
) -> Result<&'b [u8], Error> {
    let compact = Compact::split(token)?;
    let key = find_key(&compact, keys, typ)?;
    let mut signature = encode::buffer::<1024>();
    let signature = encode::decode_into(compact.signature, &mut signature)?;
    key.verify_detached(compact.signed.as_bytes(), signature)?;
    encode::decode_into(compact.payload, buffer)
}

/// The one key that may have signed this token. The header names a key; the key, not the header, names the algorithm.
fn find_key<'k>(compact: &Compact<'_>, keys: &'k KeySet, typ: Option<&str>) -> Result<&'k VerifyingKey, Error> {
    // Our own tokens: the header is the one that this key writes, byte for byte, and need not be parsed.
    if let Some(key) = keys.by_own_header(compact.header, typ) {
        return Ok(key);
    }
    let header = Header::parse(compact.header)?;
    if typ.is_some_and(|expected| !header.is_of_type(expected)) {
        return Err(Error::WrongType);
    }
    let key = match header.kid.as_deref() {
        Some(kid) => keys.get(kid).ok_or(Error::UnknownKey)?,
        // Without a kid there is nothing to choose by: only a set of one can be meant.
        None => keys.only().ok_or(Error::UnknownKey)?,
    };
    if header.alg.parse::<Alg>()? == key.alg() { Ok(key) } else { Err(Error::AlgorithmMismatch) }
}
