//! Verification: split, find the key, check the signature, then read the claims. In this order, and once.

use std::mem::MaybeUninit;
use std::ops::Deref;

use crate::claims::{AccessClaims, FromClaims, Policy};
use crate::compact::Compact;
use crate::header::Header;
use crate::verifying_key::{KeySet, VerifyingKey};
use crate::{Alg, Error, MAX_TOKEN_BYTES, encode, flat, json};

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

/// Verifies an access token of ours. `now` in seconds since the epoch.
///
/// # Errors
/// The first reason to refuse it.
pub fn verify(token: &str, keys: &KeySet, policy: &Policy, now: i64) -> Result<Verified<AccessClaims>, Error> {
    let mut buffer = encode::buffer::<MAX_TOKEN_BYTES>();
    let payload = open(token, keys, Some(policy.typ), &mut buffer)?;
    let payload = str::from_utf8(payload).map_err(|_| Error::Claims)?;
    let claims = read_ours(payload).ok_or(Error::Claims)?;
    policy.check(&claims, now)?;
    Ok(Verified { value: claims })
}

/// One pass either way: duplicates, unknown members and wrong types are all refused by the reader.
fn read_ours(payload: &str) -> Option<AccessClaims> {
    if let Some(claims) = flat::read(payload).as_ref().and_then(AccessClaims::from_plain) {
        return Some(claims);
    }
    // The parser would take a list of the values for the claims.
    if payload.trim_ascii_start().starts_with('{') { serde_json::from_str(payload).ok() } else { None }
}

/// Verifies a token with other claims, such as another issuer's.
///
/// # Errors
/// The first reason to refuse it.
pub fn verify_as<C: FromClaims>(token: &str, keys: &KeySet, policy: &Policy, now: i64) -> Result<Verified<C>, Error> {
    let mut buffer = encode::buffer::<MAX_TOKEN_BYTES>();
    let payload = open(token, keys, Some(policy.typ), &mut buffer)?;
    if let Some(plain) = str::from_utf8(payload).ok().and_then(flat::read) {
        policy.check_plain(&plain, now)?;
        if let Some(value) = C::from_plain(plain) {
            return Ok(Verified { value });
        }
    }
    let members = json::parse_object(payload)?;
    policy.check_members(&members, now)?;
    C::from_members(members).map(|value| Verified { value }).ok_or(Error::Claims)
}

/// Verifies the signature only: a JWS whose payload need not be claims.
///
/// # Errors
/// The first reason to refuse it.
pub fn verify_payload(token: &str, keys: &KeySet) -> Result<Verified<Vec<u8>>, Error> {
    let mut buffer = encode::buffer::<MAX_TOKEN_BYTES>();
    open(token, keys, None, &mut buffer).map(|payload| Verified { value: payload.to_vec() })
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
