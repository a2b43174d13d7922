//! Verification of access tokens: the signature, then the claims. In this order, and once.

use hallpass_jose::{KeySet, Members, Verified, verify_with};

use crate::Error;
use crate::claims::AccessClaims;
use crate::policy::{FromClaims, Policy};

/// Verifies an access token of ours, and lends its claims to `read`. `now` in seconds since the epoch.
///
/// The claims live in a buffer of this call: `read` keeps what it needs of them, and nothing else is allocated.
///
/// # Errors
/// The first reason to refuse it.
pub fn verify<T>(
    token: &str,
    keys: &KeySet,
    policy: &Policy,
    now: i64,
    read: impl FnOnce(&AccessClaims<'_>) -> T,
) -> Result<Verified<T>, Error> {
    verify_with(token, keys, Some(policy.typ), |payload| {
        // Checked once as a whole: from bytes, the parser would check each text by itself.
        let payload = str::from_utf8(payload).map_err(|_| Error::Claims)?;
        // The parser would take a list of the values for the claims. It refuses duplicates and unknown members.
        if !payload.trim_ascii_start().starts_with('{') {
            return Err(Error::Claims);
        }
        let claims = serde_json::from_str(payload).map_err(|_| Error::Claims)?;
        policy.check(&claims, now)?;
        Ok(read(&claims))
    })
}

/// Verifies a token with other claims, such as another issuer's.
///
/// # Errors
/// The first reason to refuse it.
pub fn verify_as<C: FromClaims>(token: &str, keys: &KeySet, policy: &Policy, now: i64) -> Result<Verified<C>, Error> {
    verify_with(token, keys, Some(policy.typ), |payload| {
        let members = Members::parse(payload)?;
        policy.check_members(&members, now)?;
        C::from_members(members).ok_or(Error::Claims)
    })
}
